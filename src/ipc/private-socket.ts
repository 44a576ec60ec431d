// A Unix socket that only this user can connect to: mode 0600, in a private folder. Says when it is no longer where
// clients look for it, and who is in the way.

import { chmodSync, lstatSync, renameSync, rmSync, type Stats } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { DevError, EXIT } from '../errors.ts';
import { pathProblem, privacyProblem } from '../system/state/private-folder.ts';

export interface PrivateSocket {
  readonly path: string;
  readonly server: Server;
  readonly inode: number | undefined;
}

let socketsMade = 0;

/**
 * Listens under another name first, so that the final name always has a listener, in mode 0600.
 * The caller holds the lock of the project, so a socket at the path is a leftover and is replaced by a rename.
 * @param accept is called before anybody can connect
 * @throws DevError `permission` when something at the path is not a socket of ours; the system's error
 */
export async function listenAt(path: string, accept: (server: Server) => void): Promise<PrivateSocket> {
  refuseOthersFile(path);
  socketsMade += 1;
  const newPath = join(dirname(path), `.${process.pid}-${socketsMade}`);
  rmSync(newPath, { force: true });
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(newPath, () => {
      server.off('error', reject);
      resolve();
    });
  });
  accept(server);
  try {
    chmodSync(newPath, 0o600);
    renameSync(newPath, path);
  } catch (error) {
    server.close();
    throw error;
  }
  return { path, server, inode: lookAt(path)?.ino };
}

/** Why clients cannot find the socket, or should not trust what they find. Undefined while it is as it was made. */
export function whyLost({ path, inode }: PrivateSocket): string | undefined {
  const folder = dirname(path);
  const problem = privacyProblem(folder) ?? pathProblem(folder);
  if (problem !== undefined) return `${problem.folder} ${problem.why}`;
  const found = lookAt(path);
  if (found === undefined) return `${path} was removed`;
  return found.isSocket() && found.ino === inode ? undefined : `another file is at ${path}`;
}

/** Removes the socket's file, if it is still ours. */
export function removeSocket({ path, inode }: PrivateSocket): void {
  try {
    if (lookAt(path)?.ino === inode) rmSync(path, { force: true });
  } catch {
    // If it cannot be removed, it stays: no process listens there any more.
  }
}

function refuseOthersFile(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || (found.isSocket() && found.uid === process.getuid?.())) return;
  throw new DevError({
    code: 'permission',
    exitCode: EXIT.config,
    message: `Cannot listen on ${path}: the file there is not a socket of yours.`,
    hint: `look at it, and move it away: ls -l ${path}`,
  });
}

/** Undefined also where we may not look. */
function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
