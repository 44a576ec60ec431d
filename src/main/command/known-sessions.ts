// The sessions of this user on this machine: found in the ledger, each with its address.
// The ledger knows a folder by its path. Since then it may have been moved, or another one put in its place, so where a
// session works is what its supervisor's own working folder says, where the system tells that.

import { existsSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KnownSession } from '../../cli/context/context.ts';
import type { ClientClaim } from '../../core/model/actor.ts';
import { DevError, EXIT } from '../../errors.ts';
import { connectSession } from '../../ipc/remote-session.ts';
import { readGitHead } from '../../system/history/git-head.ts';
import type { LedgerSession } from '../../system/ledger/ledger-tables.ts';
import type { Platform } from '../../system/platform.ts';
import { createPlatform } from '../platform/platform.ts';
import { openLedger } from './port-memory.ts';

/** @param client what each of them is told about us @throws DevError when the ledger cannot be read */
export async function knownSessions(
  env: NodeJS.ProcessEnv,
  { client, version }: { readonly client: ClientClaim; readonly version: string },
): Promise<readonly KnownSession[]> {
  const ledger = openLedger(env);
  const platform = createPlatform();
  const known = async (session: LedgerSession): Promise<KnownSession> => {
    const { project, pid, socket } = session;
    const folder = await folderOf(session, platform);
    return {
      project,
      root: folder ?? session.root,
      pid,
      branch: folder === undefined ? undefined : (readGitHead(folder)?.branch ?? undefined),
      isFolderThere: folder !== undefined,
      connect: async () => connectSession({ socketPath: socket, role: 'command', client, version }),
    };
  };
  const sessions = await ledger.sessions();
  // What cannot be known is not "none".
  if (ledger.problem !== undefined) {
    throw new DevError({ code: 'system', exitCode: EXIT.notReady, message: ledger.problem });
  }
  return Promise.all(sessions.map(known));
}

/** Where it works now; undefined when that folder was removed. */
async function folderOf({ root, pid }: LedgerSession, platform: Platform): Promise<string | undefined> {
  if (mayWorkIn(platform, pid, root)) return root;
  const moved = (await platform.processes.details(pid))?.cwd;
  return moved !== undefined && mayWorkIn(platform, pid, moved) ? moved : undefined;
}

function mayWorkIn(platform: Platform, pid: number, folder: string): boolean {
  try {
    const { dev, ino } = statSync(folder, { bigint: true });
    return platform.mayWorkIn(pid, { rootDevice: String(dev), rootInode: String(ino) });
  } catch {
    return false;
  }
}

export function realFolder(folder: string): { readonly path: string; readonly isThere: boolean } {
  const path = resolve(folder);
  const isThere = existsSync(path);
  return { path: isThere ? realpathSync(path) : path, isThere };
}
