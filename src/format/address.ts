// Where something listens, where a file lies, and which checkout a project is, as a person writes it.

/** IPv6 in brackets. */
export function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** As `hostPort`, and the protocol where it is not TCP: `127.0.0.1:5353/udp`. */
export function listeningAt({ address, port, protocol }: ListeningAt): string {
  return hostPort(address, port) + (protocol === undefined ? '' : `/${protocol}`);
}

interface ListeningAt {
  readonly address: string;
  readonly port: number;
  readonly protocol?: 'udp';
}

/** A path inside the project's folder from there on ("backend/logs", "." for the folder itself), any other one whole. */
export function projectPath(path: string, root: string | undefined): string {
  if (root === undefined) return path;
  if (path === root) return '.';
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/**
 * `shop`, or `shop (shop-feature)`: what tells it from the same project elsewhere on this machine.
 * @param worktree the top folder of the linked worktree that the root lies in
 */
export function projectLabel(name: string, root: string, worktree: string | undefined): string {
  const folder = worktree ?? root.slice(root.lastIndexOf('/') + 1);
  return folder === '' || folder === name ? name : `${name} (${folder})`;
}
