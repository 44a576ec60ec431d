// Puts the output of a container into its service's log, with the engine's times, and each line once. After a killed
// supervisor the engine sends old lines again; lines already in the log are left out.

import type { ServiceName } from '../../core/model/project.ts';
import type { ContainerEngine, Follower, LogRecord } from '../../system/container-engine.ts';
import type { LogFile } from '../../system/system.ts';
import type { ContainerContext } from '../container-starts/container-context.ts';

/** How far back lines are compared: our own lines between them may be slightly newer. */
const OVERLAP_MS = 2_000;
const MOST_COMPARED = 5_000;

export interface FollowRequest {
  readonly service: ServiceName;
  readonly id: string;
  /** Older output is not requested: it is from an earlier container. */
  readonly since: string | undefined;
  /** It ran before this session began: the log may have a part of it. */
  readonly isTakenOver: boolean;
}

export function followContainer(
  { logs, terminals }: Pick<ContainerContext, 'logs' | 'terminals'>,
  engine: ContainerEngine,
  { service, id, since, isTakenOver }: FollowRequest,
): ContainerLog {
  const file = logs.file(service);
  const newest = new NewestRecords();
  const known = isTakenOver ? new KnownLines(file) : undefined;
  const resumesAt = known?.sinceMs === undefined ? undefined : new Date(known.sinceMs).toISOString();
  const write = (record: LogRecord): void => {
    file.append(record.bytes, record.stream, record.atMs);
    terminals.output(service, record.bytes);
  };
  const follower = engine.followLogs(id, {
    since: resumesAt ?? since,
    onRecord: (record) => {
      newest.add(record);
      if (known?.has(record) !== true) write(record);
    },
  });
  const catchUp = (): Promise<void> => {
    const { atMs } = newest;
    const onRecord = (record: LogRecord): void => {
      if (!newest.has(record) && known?.has(record) !== true) write(record);
    };
    const from = atMs === undefined ? (resumesAt ?? since) : new Date(atMs).toISOString();
    return engine.followLogs(id, { since: from, onRecord }).ended;
  };
  return { ...follower, catchUp };
}

export interface ContainerLog extends Follower {
  /**
   * After the container has ended, reads the last output again. The engine writes a last line without an end only
   * then, and its answer may end before.
   */
  catchUp(): Promise<void>;
}

/** The lines of the newest instant, to recognise them when they come again. */
class NewestRecords {
  atMs: number | undefined;
  #keys: string[] = [];

  add(record: LogRecord): void {
    if (this.atMs === undefined || record.atMs > this.atMs) {
      this.atMs = record.atMs;
      this.#keys = [];
    }
    if (record.atMs === this.atMs) this.#keys.push(keyOf(record));
  }

  /** Once for each time that it came. */
  has(record: LogRecord): boolean {
    if (this.atMs === undefined || record.atMs > this.atMs) return false;
    if (record.atMs < this.atMs) return true;
    const index = this.#keys.indexOf(keyOf(record));
    if (index !== -1) this.#keys.splice(index, 1);
    return index !== -1;
  }
}

function keyOf({ stream, bytes }: LogRecord): string {
  return `${stream} ${bytes.toString('latin1')}`;
}

/** The last lines of a log, to recognise them when they come again. */
class KnownLines {
  /** The time from which the engine is asked; undefined if the log is empty. */
  readonly sinceMs: number | undefined;
  readonly #untilMs: number;
  readonly #counts = new Map<string, number>();
  readonly #parts = { out: [] as Buffer[], err: [] as Buffer[] };

  constructor(file: LogFile) {
    const lines = file.read(file.next - MOST_COMPARED, MOST_COMPARED);
    this.#untilMs = Math.max(Number.NEGATIVE_INFINITY, ...lines.map(({ timeMs }) => timeMs));
    if (lines.length > 0) this.sinceMs = this.#untilMs - OVERLAP_MS;
    for (const { timeMs, text } of lines) {
      const key = `${timeMs} ${text}`;
      if (timeMs >= (this.sinceMs ?? 0)) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  /** A long line comes in parts; the log has it whole. */
  has({ bytes, stream, atMs }: LogRecord): boolean {
    if (atMs > this.#untilMs) return false;
    const parts = this.#parts[stream];
    parts.push(bytes);
    if (!bytes.includes(10)) return true;
    const text = Buffer.concat(parts.splice(0))
      .toString('utf8')
      .replace(/\r?\n$/, '');
    const key = `${atMs} ${text}`;
    const count = this.#counts.get(key) ?? 0;
    if (count > 0) this.#counts.set(key, count - 1);
    return count > 0;
  }
}
