// The sessions of this user on this machine: who is announced in the ledger, and how to reach each.

import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KnownSession } from '../../cli/context/context.ts';
import type { ClientClaim } from '../../core/model/actor.ts';
import { connectSession } from '../../ipc/remote-session.ts';
import { readGitHead } from '../../system/history/git-head.ts';
import { openLedger } from './port-memory.ts';

/** @param client what each of them is told about us */
export async function knownSessions(
  env: NodeJS.ProcessEnv,
  { client, version }: { readonly client: ClientClaim; readonly version: string },
): Promise<readonly KnownSession[]> {
  const sessions = await openLedger(env).sessions();
  return sessions.map(({ root, project, pid, socket }) => ({
    project,
    root,
    pid,
    branch: readGitHead(root)?.branch ?? undefined,
    isFolderThere: existsSync(root),
    connect: async () => connectSession({ socketPath: socket, role: 'command', client, version }),
  }));
}

export function realFolder(folder: string): string {
  const path = resolve(folder);
  return existsSync(path) ? realpathSync(path) : path;
}
