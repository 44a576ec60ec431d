// Who a session's record says its supervisor is, when that can be proven.
// Trap: the record lies in the project's folder, where anybody may have put it. Believed is only one whose pid, start time
// and boot are those of a process that lives and works in the project's folder, as supervisors do.

import { readlinkSync } from 'node:fs';
import { currentBoot } from './boot.ts';
import { createProcesses } from '../process/processes.ts';
import type { RuntimePaths } from './runtime-dir.ts';
import { readSessionRecord, type SessionRecord } from './state-files.ts';

/** Undefined when there is no record, or its process is gone, or is another one. */
export function recordedSupervisor(paths: Pick<RuntimePaths, 'root' | 'sessionFile'>): SessionRecord | undefined {
  const record = readSessionRecord(paths.sessionFile);
  if (record === undefined || record.bootId !== currentBoot()) return undefined;
  return createProcesses().isAlive(record) && worksIn(record.pid, paths.root) ? record : undefined;
}

function worksIn(pid: number, root: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === root;
  } catch {
    return false;
  }
}
