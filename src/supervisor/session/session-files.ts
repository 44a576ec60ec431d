// The session's files in `.devdeck/` for others and for the next session: its identity, the processes that it started,
// pid files, status.json. A disk that refuses a write is reported once in the supervisor's log and stops nothing.
// `keep` writes missing files again. Trap: the project may be moved while the session runs, and another one made at
// its old path. Nothing is written there.

import { isRootInPlace, prepareStateDir, type RuntimePaths } from '../../system/state/runtime-dir.ts';
import {
  clearPidFiles,
  readSessionRecord,
  removeIfOurs,
  removePidFile,
  writePidFile,
  writeRunRecords,
  writeSessionRecord,
  writeStatus,
  type SessionRecord,
} from '../../system/state/state-files.ts';
import type { Clock } from '../../system/system.ts';
import type { SessionSnapshot } from '../../core/session/snapshot.ts';
import type { RecordedLife } from '../runs/runs.ts';

const STATUS_EVERY_MS = 250;

export interface SessionFilesOptions {
  readonly paths: RuntimePaths;
  readonly clock: Clock;
  readonly record: SessionRecord;
  /** The control group of the session. */
  readonly group: string | undefined;
  /** The id of the session that its record proves to live here, this one or another. */
  readonly livingSession: () => string | undefined;
  readonly onProblem: (error: unknown) => void;
  readonly status?: StatusReader | undefined;
}

/** The keeper of the answers that repeat status.json. */
export interface StatusReader {
  /** Its content; undefined if it could not be written. */
  update(status: { readonly snapshot: SessionSnapshot; readonly json: string } | undefined): void;
}

export class SessionFiles {
  readonly #options: SessionFilesOptions;
  readonly #pidFiles = new Map<string, number>();
  #record: SessionRecord;
  #isStatusDue = false;
  #areRunsDue = false;
  /** A write has failed since the last `keep`. */
  #isIncomplete = false;
  readonly #told = new Set<string>();
  #isClosed = false;

  constructor(options: SessionFilesOptions) {
    this.#options = options;
    this.#record = options.record;
    this.#try(() => clearPidFiles(options.paths.pidsDir));
    this.#try(() => writeSessionRecord(options.paths.sessionFile, this.#record));
  }

  /** The session no longer belongs to a screen, or listens elsewhere. */
  update(change: Partial<Pick<SessionRecord, 'openedBy' | 'socket'>>): void {
    this.#record = { ...this.#record, ...change };
    this.#try(() => writeSessionRecord(this.#options.paths.sessionFile, this.#record));
  }

  /** The running processes, for the next session if this one is killed. Several starts in one turn make one write. */
  scheduleRuns(runs: () => RecordedLife): void {
    if (this.#areRunsDue) return;
    this.#areRunsDue = true;
    setImmediate(() => {
      this.#areRunsDue = false;
      if (!this.#isClosed) this.#writeRuns(runs());
    });
  }

  #writeRuns({ runs, containers }: RecordedLife): void {
    const { paths, group } = this.#options;
    const { pid, startTicks, bootId, rootDevice, rootInode, sessionId } = this.#record;
    const records = runs.map(({ service, root }) => ({ service, ...root.leader }));
    const written = { pid, startTicks, bootId, rootDevice, rootInode, sessionId, group, runs: records, containers };
    this.#try(() => writeRunRecords(paths.runsFile, written));
    const pids = new Map(runs.map(({ service, root }) => [service, root.leader.pid]));
    for (const [service, pid] of this.#pidFiles) {
      if (pids.get(service) === pid) continue;
      this.#pidFiles.delete(service);
      this.#try(() => removePidFile(paths.pidsDir, service, pid));
    }
    for (const [service, pid] of pids) {
      if (this.#pidFiles.get(service) === pid) continue;
      this.#pidFiles.set(service, pid);
      this.#try(() => writePidFile(paths.pidsDir, service, pid));
    }
  }

  /** Writes status.json soon; many calls make one write. */
  scheduleStatus(snapshot: () => SessionSnapshot): void {
    if (this.#isStatusDue) return;
    this.#isStatusDue = true;
    this.#options.clock.after(STATUS_EVERY_MS, () => {
      this.#isStatusDue = false;
      this.writeStatusNow(snapshot());
    });
  }

  writeStatusNow(snapshot: SessionSnapshot): void {
    const json = JSON.stringify(snapshot);
    const isWritten = this.#try(() => writeStatus(this.#options.paths.statusFile, json));
    this.#options.status?.update(isWritten ? { snapshot, json } : undefined);
  }

  /** Called every few seconds: writes everything again if a write failed, or a file was removed or replaced. */
  keep(now: { readonly runs: () => RecordedLife; readonly snapshot: () => SessionSnapshot }): void {
    const { paths } = this.#options;
    if (this.#isClosed) return;
    if (!this.#isIncomplete && this.#isRecorded()) return;
    this.#isIncomplete = false;
    this.#pidFiles.clear();
    this.#try(() => prepareStateDir(paths));
    this.#try(() => writeSessionRecord(paths.sessionFile, this.#record));
    this.#writeRuns(now.runs());
    this.writeStatusNow(now.snapshot());
  }

  /** The session has ended: its records are removed, except those of surviving processes. */
  close(survivors: RecordedLife): void {
    const { paths } = this.#options;
    this.#isClosed = true;
    this.#writeRuns(survivors);
    if (survivors.runs.length + survivors.containers.length === 0)
      this.#try(() => removeIfOurs(paths.runsFile, this.#record.sessionId));
    this.#try(() => removeIfOurs(paths.sessionFile, this.#record.sessionId));
  }

  /** By our own record, or that of another session that lives here: then we must not replace it. */
  #isRecorded(): boolean {
    const { paths, livingSession } = this.#options;
    return readSessionRecord(paths.sessionFile)?.sessionId === this.#record.sessionId || livingSession() !== undefined;
  }

  /** Whether it was written. */
  #try(write: () => void): boolean {
    try {
      if (!isRootInPlace(this.#options.paths)) return false;
      write();
      return true;
    } catch (error) {
      this.#isIncomplete = true;
      const problem = String(error);
      if (!this.#told.has(problem)) this.#options.onProblem(error);
      this.#told.add(problem);
      return false;
    }
  }
}
