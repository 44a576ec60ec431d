// The output of a service on its way to disk and back. It joins chunks to lines, numbers and stamps them, and writes
// them in batches. Reads combine the disk, pending lines and lines without an end into one list. Trap: disk problems
// must never reach the service. Lines then wait in memory, the oldest are dropped and counted, and a line in the file
// says how many.

import type { FoldMemory } from '../../core/logs/earlier-folds.ts';
import type { LogSpec } from '../../core/model/project.ts';
import { BugError } from '../../errors.ts';
import { FoldFile, foldPath, readFolds } from './fold-file.ts';
import { BufferPool, PendingLines } from './log-pending.ts';
import { LogReader } from './log-reader.ts';
import { LF, type RawLine, STAMP_BYTES, stampOf } from './log-record.ts';
import { logPath } from './log-rotation.ts';
import { type LineSink, LineSplitter } from './log-splitter.ts';
import { LogWriter } from './log-writer.ts';
import type { Clock, LinePlace, LogFiles, StoredLog } from '../system.ts';

/** A prompt ("password: ") has no line end and must be seen all the same. */
const SHOW_PARTIAL_AFTER_MS = 200;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5000;
/** Kept in memory for a disk that is expected to recover, and for a file that could never be opened. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024;
const MAX_UNOPENED_BYTES = 1024 * 1024;
/** How many stretches of old files are looked at in one turn of the event loop, to number the oldest line. */
const STRETCHES_PER_TURN = 16;
const NO_PREFIX = Buffer.alloc(0);

/** @param options.dir the folder of the log files; made when a first file is opened */
export function createLogFiles(options: { readonly dir: string; readonly clock: Clock }): LogFiles {
  const pool = new BufferPool();
  return {
    pathOf: (service) => logPath(options.dir, service),
    open(service, spec, { onLines }) {
      if (service.includes('/')) throw new BugError(`service name with a slash: ${service}`);
      return new ServiceLog(logPath(options.dir, service), { spec, clock: options.clock, pool, onLines });
    },
  };
}

interface ServiceLogOptions {
  readonly spec: LogSpec;
  readonly clock: Clock;
  readonly pool: BufferPool;
  readonly onLines: () => void;
}

interface StreamState {
  readonly splitter: LineSplitter;
  /** The line without end counts as the newest one. */
  showsPartial: boolean;
}

class ServiceLog implements StoredLog {
  readonly path: string;
  readonly #options: ServiceLogOptions;
  readonly #pending: PendingLines;
  readonly #reader: LogReader;
  readonly #writer: LogWriter;
  readonly #folds: FoldFile;
  readonly #streams: { readonly out: StreamState; readonly err: StreamState };
  #nextSeq = 0;
  #wallMs = Number.NaN;
  #stamp: Buffer = Buffer.alloc(STAMP_BYTES);
  #watcher: ((line: Buffer, place: LinePlace) => void) | null = null;
  #trouble: { readonly error: unknown; readonly retryMs: number } | undefined;
  /** Between a failed write and the next attempt. */
  #isWaiting = false;
  #lostLines = 0;
  #turnIsDue = false;
  #partialIsDue = false;
  #isLookingBack = false;
  #isClosed = false;

  constructor(path: string, options: ServiceLogOptions) {
    this.path = path;
    this.#options = options;
    this.#pending = new PendingLines(options.pool, options.spec);
    this.#reader = new LogReader(path, options.spec);
    this.#folds = new FoldFile(foldPath(path));
    this.#writer = new LogWriter(path, options.spec, this.#reader.index);
    this.#streams = { out: this.#stream(), err: this.#stream() };
    this.#flush();
  }

  get next(): number {
    return this.#nextSeq + Number(this.#streams.out.showsPartial) + Number(this.#streams.err.showsPartial);
  }

  get problem(): string | null {
    if (this.#trouble !== undefined) {
      const lost = this.#lostLines === 0 ? 'kept in memory for now' : `${this.#lostLines} lines are lost so far`;
      return `the log cannot be written: ${reasonOf(this.#trouble.error)}; ${lost}`;
    }
    const rotation = this.#writer.rotationError;
    if (rotation === undefined) return null;
    return `the log grows beyond its size, it cannot be rotated: ${reasonOf(rotation)}`;
  }

  append(bytes: Buffer, stream: 'out' | 'err', atMs?: number): void {
    if (this.#isClosed) return;
    this.#setTime(atMs);
    const { splitter } = this.#streams[stream];
    splitter.push(bytes);
    if (splitter.hasPartial) this.#showPartialSoon();
  }

  endLine(): void {
    if (this.#isClosed) return;
    this.#setTime();
    this.#streams.out.splitter.end();
    this.#streams.err.splitter.end();
  }

  note(text: string): void {
    if (this.#isClosed) return;
    this.#setTime();
    const bytes = Buffer.from(text.replaceAll(/[\r\n]+/g, ' '));
    this.#add(NO_PREFIX, bytes, 0, bytes.length);
  }

  setLimits(limits: LogSpec): void {
    this.#pending.setLimit(limits);
    this.#reader.setLimit(limits);
    this.#writer.setLimits(limits);
  }

  first(): number {
    this.#lookBackInTurns();
    return this.#oldest;
  }

  /**
   * Looks as far back as `from` says, at once. Continue after the last line of an answer that ended early.
   * A line without an end is the last one, marked `partial`; its number stays with it unless another stream ends a line first.
   */
  read(from: number, count: number, mostBytes?: number): readonly RawLine[] {
    while (from < this.#oldest && this.#reader.lookBack());
    const start = Math.max(from, this.#oldest);
    const to = start + count;
    const { lines, complete } = this.#reader.read(start, to, mostBytes);
    if (!complete) return lines;
    return [...lines, ...this.#pending.read(start, to), ...this.#partialLines(start, to)];
  }

  /** The bytes are only valid during the call. Of a line that is cut, each piece is a line. */
  watchLines(listener: ((line: Buffer, place: LinePlace) => void) | null): void {
    this.#watcher = listener;
  }

  rememberFold(timeMs: number, text: string): void {
    this.#folds.add(timeMs, text);
  }

  foldedBefore(): FoldMemory | undefined {
    return readFolds(foldPath(this.path));
  }

  close(): void {
    if (this.#isClosed) return;
    this.endLine();
    this.#isWaiting = false;
    this.#isClosed = true;
    this.#flush();
    this.#writer.close();
  }

  get #oldest(): number {
    return this.#reader.index.first ?? this.#pending.head?.firstSeq ?? this.#nextSeq;
  }

  #stream(): StreamState {
    const sink: LineSink = (prefix, source, start, end) => {
      state.showsPartial = false;
      this.#add(prefix, source, start, end);
      this.#watcher?.(source.subarray(start, end), {
        seq: this.#nextSeq - 1,
        timeMs: this.#wallMs,
        continues: prefix.length > 0,
      });
    };
    const state = { splitter: new LineSplitter(sink), showsPartial: false };
    return state;
  }

  #add(prefix: Buffer, source: Buffer, start: number, end: number): void {
    this.#pending.add(this.#nextSeq, this.#stamp, prefix, source, start, end);
    this.#nextSeq += 1;
    if (this.#pending.isFull) this.#flush();
    if (this.#turnIsDue) return;
    this.#turnIsDue = true;
    setImmediate(() => {
      this.#turnIsDue = false;
      if (this.#isClosed) return;
      this.#flush();
      this.#options.onLines();
    });
  }

  #setTime(wallMs = this.#options.clock.wallMs()): void {
    if (wallMs === this.#wallMs) return;
    this.#wallMs = wallMs;
    this.#stamp = stampOf(wallMs);
  }

  #showPartialSoon(): void {
    if (this.#partialIsDue) return;
    this.#partialIsDue = true;
    this.#options.clock.after(SHOW_PARTIAL_AFTER_MS, () => {
      this.#partialIsDue = false;
      if (this.#isClosed) return;
      const { out, err } = this.#streams;
      out.showsPartial = out.splitter.hasPartial;
      err.showsPartial = err.splitter.hasPartial;
      if (out.showsPartial || err.showsPartial) this.#options.onLines();
    });
  }

  #partialLines(from: number, to: number): RawLine[] {
    return [this.#streams.out, this.#streams.err]
      .filter((stream) => stream.showsPartial)
      .map(({ splitter }, index) => ({
        seq: this.#nextSeq + index,
        timeMs: this.#wallMs,
        text: splitter.partial().toString(),
        partial: true,
      }))
      .filter(({ seq }) => seq >= from && seq < to);
  }

  /** Writes all that is pending, unless the disk was in trouble a moment ago. */
  #flush(): void {
    if (this.#isWaiting) {
      this.#lostLines += this.#pending.dropBeyond(this.#writer.isOpen ? MAX_PENDING_BYTES : MAX_UNOPENED_BYTES);
      return;
    }
    const nowMs = this.#options.clock.nowMs();
    try {
      this.#writer.prepare({ head: this.#pending.head, nextSeq: this.#nextSeq, nowMs });
      this.#insertGap();
      for (let block = this.#pending.head; block !== undefined; block = this.#pending.head) {
        this.#writer.write(block, nowMs);
        this.#pending.shift();
      }
      this.#trouble = undefined;
    } catch (error) {
      this.#waitAndRetry(error);
    }
  }

  #insertGap(): void {
    if (this.#lostLines === 0) return;
    this.#setTime();
    const text = `— ${this.#lostLines} lines lost: ${reasonOf(this.#trouble?.error)} —`;
    const record = Buffer.concat([this.#stamp, Buffer.from(text), Buffer.from([LF])]);
    this.#pending.insertGap(record, this.#lostLines);
    this.#lostLines = 0;
  }

  #waitAndRetry(error: unknown): void {
    const retryMs = Math.min(LONGEST_RETRY_MS, (this.#trouble?.retryMs ?? FIRST_RETRY_MS / 2) * 2);
    this.#trouble = { error, retryMs };
    if (this.#isClosed) return;
    this.#isWaiting = true;
    this.#options.clock.after(retryMs, () => {
      this.#isWaiting = false;
      if (!this.#isClosed) this.#flush();
    });
  }

  #lookBackInTurns(): void {
    if (this.#isLookingBack || this.#isClosed) return;
    for (let stretch = 0; stretch < STRETCHES_PER_TURN; stretch += 1) if (!this.#reader.lookBack()) return;
    this.#isLookingBack = true;
    setImmediate(() => {
      this.#isLookingBack = false;
      this.#lookBackInTurns();
    });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ELOOP':
      return 'it is a symbolic link';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOENT':
      return 'its folder was removed';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'its folder is not a folder';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many open files';
    default:
      return error instanceof Error ? error.message : 'unknown trouble';
  }
}
