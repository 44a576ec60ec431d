// What the records in `.devdeck/` prove. They lie in the project's folder, where a copy, a backup, a checkout or a person
// may have put them. So a record counts only when it was written for this very root folder in this boot of the machine.
// Its supervisor lives when the process of that pid has the recorded start time, is this user's, and works in the root
// folder, as supervisors do.

import type { Platform } from '../platform.ts';
import { isAlive } from '../process/process-tree.ts';
import type { ProcessIdentity } from '../system.ts';
import type { RuntimePaths } from './runtime-dir.ts';
import {
  readRunRecords,
  readSessionRecord,
  type RecordMark,
  type RunRecords,
  type SessionRecord,
} from './state-files.ts';

export type RecordPaths = Pick<RuntimePaths, 'rootDevice' | 'rootInode' | 'sessionFile' | 'runsFile'>;

export interface RecordedSupervisor extends ProcessIdentity {
  readonly sessionId: string;
  /** Its address; undefined when the record of it was removed. */
  readonly socket?: string;
}

/** What is written into a record of this root folder. See Platform.currentBoot. */
export function markOf(
  { rootDevice, rootInode }: Pick<RecordPaths, 'rootDevice' | 'rootInode'>,
  boot: string,
): RecordMark {
  return { bootId: boot, rootDevice, rootInode };
}

/** Written for another root folder, whenever that was. */
export function isForeign(record: RecordMark, { rootDevice, rootInode }: RecordPaths, boot: string): boolean {
  // After a reboot a file system may have another device number: then the record is only an old one.
  if (record.bootId !== boot) return record.rootInode !== rootInode;
  return record.rootDevice !== rootDevice || record.rootInode !== rootInode;
}

/** The session that runs here, by its own record. Undefined when its supervisor has ended or is another process. */
export function recordedSession(paths: RecordPaths, platform: Platform): SessionRecord | undefined {
  const record = readSessionRecord(paths.sessionFile);
  return record !== undefined && isLiving(record, paths, platform) ? record : undefined;
}

/** The supervisor that runs and works here, by either record: the other one may have been removed. */
export function recordedSupervisor(paths: RecordPaths, platform: Platform): RecordedSupervisor | undefined {
  const session = recordedSession(paths, platform);
  if (session !== undefined) return session;
  const runs = readRunRecords(paths.runsFile);
  return runs !== undefined && isLiving(runs, paths, platform) ? runs : undefined;
}

/** What a session of this root folder left behind in this boot. Undefined while its supervisor lives: then nothing is left. */
export function leftRuns(paths: RecordPaths, platform: Platform): RunRecords | undefined {
  const runs = readRunRecords(paths.runsFile);
  const boot = platform.currentBoot();
  if (runs === undefined || runs.bootId !== boot || isForeign(runs, paths, boot)) return undefined;
  return isLiving(runs, paths, platform) ? undefined : runs;
}

function isLiving(record: ProcessIdentity & RecordMark, paths: RecordPaths, platform: Platform): boolean {
  const boot = platform.currentBoot();
  if (record.bootId !== boot || isForeign(record, paths, boot)) return false;
  return isAlive(platform.processes, record) && platform.mayWorkIn(record.pid, paths);
}
