// Offers a session on a private Unix socket: no TCP, mode 0600, in a folder that is ours alone.
// The caller holds the lock of the project, so what lies at the path is a leftover and is replaced by a rename.
// Who may keep a session alive, and what a hang-up means, is for the supervisor to decide.

import { chmodSync, lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import type { Session, SessionEvent } from '../core/model/session.ts';
import { DevError, EXIT } from '../errors.ts';
import { encodeFrame } from './frames.ts';
import { Peer } from './peer.ts';
import type { Role } from './protocol.ts';

const MAX_CLIENTS = 256;
const SOCKET_CHECK_MS = 2_000;
const GOODBYE_LIMIT_MS = 1_000;

export interface ServeOptions {
  /** At most 100 bytes. Its folder exists, is ours, and has mode 0700. */
  readonly socketPath: string;
  readonly session: Session;
  readonly version: string;
  /** All clients that have said hello, whenever one comes or goes. */
  readonly onClients: (clients: readonly { readonly role: Role }[]) => void;
  /** Called after `onClients`. Without a goodbye (detach or shutdown) it is a hang-up. */
  readonly onClientGone: (client: { readonly role: Role; readonly saidGoodbye: boolean }) => void;
  /** An error that nobody expected; the client has been told. */
  readonly onBug: (error: unknown) => void;
}

export interface SessionServer {
  /** Sends what is queued to each client, ends the connections, and removes the socket if it is still ours. */
  close(): Promise<void>;
}

/**
 * Listens from the moment the promise resolves. A socket that vanishes later (a cleaner of temporary files) is made again
 * within 5 s; clients that are connected do not notice.
 * @throws DevError `permission` when something at the path is not a socket of ours
 */
export async function serveSession(options: ServeOptions): Promise<SessionServer> {
  const clients = new ConnectedClients(options);
  let socket = await listen(options.socketPath, clients);

  let isRestoring = false;
  const watch = setInterval(() => {
    if (isRestoring) return;
    isRestoring = true;
    restoreIfGone()
      .catch(options.onBug)
      .finally(() => {
        isRestoring = false;
      });
  }, SOCKET_CHECK_MS);
  watch.unref();

  async function restoreIfGone(): Promise<void> {
    if (inodeOf(options.socketPath) !== undefined) return;
    const folder = dirname(options.socketPath);
    if (inodeOf(folder) === undefined) mkdirSync(folder, { mode: 0o700 });
    const previous = socket;
    socket = await listen(options.socketPath, clients);
    previous.server.close();
  }

  return {
    async close() {
      clearInterval(watch);
      if (inodeOf(options.socketPath) === socket.inode) rmSync(options.socketPath, { force: true });
      const closed = new Promise((resolve) => socket.server.close(resolve));
      // One turn of the loop for answers that are being written: that to the shutdown which led here.
      await new Promise(setImmediate);
      clients.end();
      await closed;
    },
  };
}

/** Those who have connected, and one subscription to the session for all of them. */
class ConnectedClients {
  private readonly peers = new Set<Peer>();
  private unsubscribe: (() => void) | undefined;
  private readonly options: ServeOptions;

  constructor(options: ServeOptions) {
    this.options = options;
  }

  accept(server: Server): void {
    server.maxConnections = MAX_CLIENTS;
    // Too many open files and the like: this client is lost, the server is not.
    server.on('error', this.options.onBug);
    server.on('connection', (socket) => {
      this.peers.add(
        new Peer(socket, {
          session: this.options.session,
          version: this.options.version,
          onBug: this.options.onBug,
          onHello: () => this.options.onClients(this.present()),
          onSubscribe: () => {
            this.unsubscribe ??= this.options.session.subscribe((event) => this.broadcast(event));
          },
          onClose: (peer) => this.forget(peer),
        }),
      );
    });
  }

  end(): void {
    this.unsubscribe?.();
    for (const peer of this.peers) peer.end(GOODBYE_LIMIT_MS);
  }

  private broadcast(event: SessionEvent): void {
    const frame = encodeFrame({ event });
    for (const peer of this.peers) peer.push(event, frame);
  }

  private forget(peer: Peer): void {
    this.peers.delete(peer);
    if (![...this.peers].some((other) => other.isSubscribed)) {
      this.unsubscribe?.();
      this.unsubscribe = undefined;
    }
    if (peer.role === undefined) return;
    this.options.onClients(this.present());
    this.options.onClientGone({ role: peer.role, saidGoodbye: peer.saidGoodbye });
  }

  private present(): { readonly role: Role }[] {
    return [...this.peers].flatMap(({ role }) => (role === undefined ? [] : [{ role }]));
  }
}

let socketsMade = 0;

/** Listens under another name first, so that whoever finds the final name finds somebody listening, in mode 0600. */
async function listen(
  socketPath: string,
  clients: ConnectedClients,
): Promise<{ readonly server: Server; readonly inode: number | undefined }> {
  refuseOthersFile(socketPath);
  socketsMade += 1;
  const newPath = join(dirname(socketPath), `.${process.pid}-${socketsMade}`);
  rmSync(newPath, { force: true });
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(newPath, () => {
      server.off('error', reject);
      resolve();
    });
  });
  clients.accept(server);
  chmodSync(newPath, 0o600);
  renameSync(newPath, socketPath);
  return { server, inode: inodeOf(socketPath) };
}

function refuseOthersFile(socketPath: string): void {
  const found = lstatSync(socketPath, { throwIfNoEntry: false });
  if (found === undefined || (found.isSocket() && found.uid === process.getuid?.())) return;
  throw new DevError({
    code: 'permission',
    exitCode: EXIT.config,
    message: `Cannot listen on ${socketPath}: what lies there is not a socket of yours.`,
    hint: `look at it, and move it away: ls -l ${socketPath}`,
  });
}

function inodeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}
