// Who a session's record says its supervisor is, when that can be proven.
// Trap: the record lies in the project's folder, where anybody may have put it. Believed is only one whose pid, start time
// and boot are those of a process that lives and works in the project's folder, as supervisors do.

import type { Platform } from '../platform.ts';
import { isAlive } from '../process/process-tree.ts';
import type { RuntimePaths } from './runtime-dir.ts';
import { readSessionRecord, type SessionRecord } from './state-files.ts';

/** Undefined when there is no record, or its process is gone, or is another one. */
export function recordedSupervisor(
  paths: Pick<RuntimePaths, 'root' | 'sessionFile'>,
  platform: Platform,
): SessionRecord | undefined {
  const record = readSessionRecord(paths.sessionFile);
  if (record === undefined || record.bootId !== platform.currentBoot()) return undefined;
  return isAlive(platform.processes, record) && platform.mayWorkIn(record.pid, paths.root) ? record : undefined;
}
