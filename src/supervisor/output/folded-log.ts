// A log with folded lines: the ones that a probe of ours caused, and all but the last form of lines redrawn in place.
// On disk all of them stay. A reader with folds gets the others, numbered without holes. Plain output costs only a
// search for ESC, as long as nothing is redrawn and no probe runs. Trap: rows that may still change come as `partial`
// lines, and come again after a change.

import { cleanLine } from '../../core/output/log-line.ts';
import { HiddenLines } from '../../core/logs/hidden-lines.ts';
import { ProbeLines } from '../../core/logs/probe-lines.ts';
import type { LogSpec } from '../../core/model/project.ts';
import type { LogFolds } from '../../core/session/log-query.ts';
import { goesUp, MOST_ROWS, RedrawnBlock } from '../../core/terminal/redrawn-block.ts';
import { UpwardScanner } from '../../core/terminal/upward-scanner.ts';
import { numbersOfAll, type LineNumbers } from './line-numbers.ts';
import type { Clock, LinePlace, LogFile, StoredLog } from '../../system/system.ts';

/** A block that is not redrawn for this time is final. */
const SETTLED_AFTER_MS = 1_000;
const MOST_ROWS_SINCE_UP = 200;
/** The number of lines to check after output that may have moved the cursor up. */
const LOOKED_AT_LINES = 64;
/** Servers write their access log with the answer, or a moment later. */
const PROBE_ECHO_MS = 1_000;
const STRIDE_LINES = 2_000;
/** At most this many rows are remembered with a text unlike their line on disk. */
const MOST_TEXTS = 2_000;

type LineListener = (line: Buffer, place: LinePlace) => void;
type RawLine = ReturnType<LogFile['read']>[number];

/** `seq` counts the shown lines. */
export interface ShownLine extends RawLine {
  /** Its number in the log on disk, or that of its first line. */
  readonly rawSeq: number;
}

interface LiveBlock {
  readonly block: RedrawnBlock;
  /** Its first line on disk. */
  from: number;
  timeMs: number;
}

interface FoldedLogOptions {
  readonly clock: Clock;
  /** Of the service's terminal. */
  readonly columns: () => number;
  /** The shown lines have changed. */
  readonly onChange: () => void;
}

/** A log with folds. */
export interface FoldedView {
  /** One past the newest shown line. */
  readonly next: number;
  /** One past the newest final line; undefined if nothing is redrawn. */
  readonly settled: number | undefined;
  first(): number;
  /** Reads like LogFile, by the numbers of shown lines. */
  read(from: number, count: number, mostBytes?: number): readonly ShownLine[];
}

/** The log file itself, with every line by its number on disk, and two views of it with folds. */
export class FoldedLog implements LogFile {
  readonly #file: StoredLog;
  readonly #options: FoldedLogOptions;
  readonly #hidden: Readonly<Record<LogFolds, HiddenLines>> = { all: new HiddenLines(), redrawn: new HiddenLines() };
  readonly #texts = new Map<number, string>();
  readonly #upward = new UpwardScanner();
  #live: LiveBlock | undefined;
  #linesToLookAt = 0;
  #isSettling = false;
  #lastUpMs = 0;
  #probeLines: ProbeLines | undefined;
  /** Until this time, lines count as answers to a probe. */
  #probedUntilMs = 0;
  readonly #numbers: Readonly<Record<LogFolds, LineNumbers>>;
  #listener: LineListener | null = null;
  #isWatching = false;

  constructor(file: StoredLog, options: FoldedLogOptions) {
    this.#file = file;
    this.#options = options;
    const { all, redrawn } = this.#hidden;
    this.#numbers = { all: numbersOfAll(all, file), redrawn };
  }

  /** With nothing folded, the numbers are those on disk. */
  get isPlain(): boolean {
    return this.#live === undefined && this.#hidden.all.isEmpty;
  }

  append(bytes: Buffer, stream: 'out' | 'err', atMs?: number): void {
    if (this.#upward.mayGoUp(bytes)) {
      this.#linesToLookAt = LOOKED_AT_LINES;
      this.#lastUpMs = this.#options.clock.nowMs();
      this.#settleSoon();
    }
    this.#watch();
    this.#file.append(bytes, stream, atMs);
  }

  endLine(): void {
    this.#watch();
    this.#file.endLine();
    this.#settle();
  }

  note(text: string): void {
    this.#settle();
    this.#file.note(text);
  }

  /** Called with each complete line while set; null to stop. */
  watchLines(listener: LineListener | null): void {
    this.#listener = listener;
    this.#watch();
  }

  /** A probe begins. The service's lines about it are hidden until a moment after the returned call. */
  beginProbe(path: string): () => void {
    const { clock } = this.#options;
    const lines = this.#probeLines?.path === path ? this.#probeLines : new ProbeLines(path);
    this.#probeLines = lines;
    lines.begin();
    this.#probedUntilMs = Infinity;
    this.#watch();
    return () => {
      if (this.#probeLines !== lines) return;
      this.#probedUntilMs = clock.nowMs() + PROBE_ECHO_MS;
      clock.after(PROBE_ECHO_MS, () => this.#watch());
    };
  }

  get path(): string {
    return this.#file.path;
  }

  get next(): number {
    return this.#file.next;
  }

  get problem(): string | null {
    return this.#file.problem;
  }

  first(): number {
    return this.#file.first();
  }

  read(from: number, count: number, mostBytes?: number): readonly RawLine[] {
    return this.#file.read(from, count, mostBytes);
  }

  setLimits(limits: LogSpec): void {
    this.#file.setLimits(limits);
  }

  close(): void {
    this.#file.close();
  }

  folded(folds: LogFolds): FoldedView {
    const next = (): number => this.#nextOf(folds);
    const settled = (): number | undefined => {
      this.#pullOpenLine();
      return this.#live === undefined ? undefined : this.#numbers[folds].shownOf(this.#live.from);
    };
    return {
      get settled() {
        return settled();
      },
      get next() {
        return next();
      },
      first: () => this.#numbers[folds].shownOf(this.#file.first()),
      read: (from, count, mostBytes) => this.#readFolded(folds, from, count, mostBytes),
    };
  }

  /** The number on disk of a shown line. */
  seqOnDisk(folds: LogFolds, shown: number): number {
    return this.#numbers[folds].seqOf(shown);
  }

  #nextOf(folds: LogFolds): number {
    this.#pullOpenLine();
    if (this.#live === undefined) return this.#hidden[folds].shownOf(this.#file.next);
    return this.#hidden[folds].shownOf(this.#live.from) + this.#live.block.rows().length;
  }

  #readFolded(folds: LogFolds, from: number, count: number, mostBytes = Infinity): readonly ShownLine[] {
    this.#pullOpenLine();
    const hidden = this.#numbers[folds];
    const live = this.#live;
    // Looks back as far as needed to know the oldest line.
    this.#file.read(hidden.seqOf(from), 0);
    const start = Math.max(from, hidden.shownOf(this.#oldest(hidden.seqOf(from))));
    const end = start + count;
    const liveAt = live === undefined ? Infinity : hidden.shownOf(live.from);
    const lines: ShownLine[] = [];
    let length = 0;
    const limit = Math.min(end, live === undefined ? hidden.shownOf(this.#file.next) : liveAt);
    for (let at = start; at < limit && length < mostBytes;) {
      const seq = hidden.seqOf(at);
      const to = Math.min(hidden.seqOf(limit - 1) + 1, seq + STRIDE_LINES);
      for (const line of this.#file.read(seq, to - seq, mostBytes - length)) {
        if (line.seq >= to || hidden.has(line.seq)) continue;
        const text = this.#texts.get(line.seq) ?? line.text;
        length += text.length;
        lines.push({ ...line, text, rawSeq: line.seq, seq: hidden.shownOf(line.seq) });
      }
      at = Math.max(at + 1, hidden.shownOf(to));
    }
    if (live === undefined || length >= mostBytes) return lines;
    const rows = live.block.rows().map((text, index) => {
      return { seq: liveAt + index, timeMs: live.timeMs, text, partial: true, rawSeq: live.from };
    });
    return [...lines, ...rows.filter(({ seq }) => seq >= start && seq < end)];
  }

  /** For the lines from here on. */
  #oldest(seq: number): number {
    return Math.max(seq, this.#file.first());
  }

  #watch(): void {
    const isNeeded = this.#listener !== null || this.#live !== undefined || this.#linesToLookAt > 0 || this.#isProbed;
    if (isNeeded === this.#isWatching) return;
    this.#isWatching = isNeeded;
    this.#file.watchLines(isNeeded ? (line, place) => this.#takeLine(line, place) : null);
  }

  #takeLine(bytes: Buffer, place: LinePlace): void {
    const { seq, continues } = place;
    this.#listener?.(bytes, place);
    if (this.#live !== undefined) {
      this.#live.timeMs = this.#options.clock.wallMs();
      this.#live.block.writeLine(bytes.toString(), { continues });
      if (this.#live.block.rowsSinceUp > MOST_ROWS_SINCE_UP) this.#settle();
      return;
    }
    if (this.#linesToLookAt > 0) {
      this.#linesToLookAt -= 1;
      const text = bytes.toString();
      if (goesUp(text)) return this.#begin(seq).writeLine(text, { continues });
    }
    if (this.#namesProbe(bytes) && this.#isProbed && this.#probeLines?.takes(cleanLine(bytes)) === true) {
      this.#hidden.all.add(seq, seq + 1);
      this.#file.rememberFold(place.timeMs, bytes.toString());
    }
  }

  /** A quick test first: cleaning each line of a flood costs ten times as much as keeping it. */
  #namesProbe(bytes: Buffer): boolean {
    return this.#probeLines !== undefined && bytes.includes(this.#probeLines.path) && bytes.includes('GET');
  }

  get #isProbed(): boolean {
    return this.#options.clock.nowMs() < this.#probedUntilMs;
  }

  #begin(from: number): RedrawnBlock {
    const block: RedrawnBlock = new RedrawnBlock({
      columns: this.#options.columns,
      takeAbove: () => this.#takeAbove(),
    });
    this.#live = { block, from, timeMs: this.#options.clock.wallMs() };
    return block;
  }

  /** The shown line above the block, which now belongs to it. */
  #takeAbove(): string | undefined {
    const live = this.#live;
    if (live === undefined) return undefined;
    const { all } = this.#hidden;
    const seq = all.seqOf(all.shownOf(live.from) - 1);
    const [line] = this.#file.read(seq, 1);
    if (line === undefined || line.seq !== seq) return undefined;
    live.from = seq;
    return this.#texts.get(seq) ?? line.text;
  }

  /** A line without an end may move up too. */
  #pullOpenLine(): void {
    if (this.#live === undefined && this.#linesToLookAt === 0) return;
    const open = this.#file.read(this.#file.next - 1, 1).find(({ partial }) => partial === true);
    if (open === undefined) return;
    if (this.#live === undefined && goesUp(open.text)) this.#begin(open.seq);
    this.#live?.block.writeOpen(open.text);
  }

  #settleSoon(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    this.#options.clock.after(SETTLED_AFTER_MS, () => {
      this.#isSettling = false;
      if (this.#options.clock.nowMs() - this.#lastUpMs < SETTLED_AFTER_MS) return this.#settleSoon();
      this.#settle();
      this.#linesToLookAt = 0;
      this.#watch();
    });
  }

  /** The block is final: its rows take the places of its last lines, and the lines before them are hidden. */
  #settle(): void {
    const live = this.#live;
    if (live === undefined || live.block.isMidLine) return;
    this.#live = undefined;
    const partials = this.#file.read(this.#file.next - 2, 4).filter(({ partial }) => partial === true).length;
    const end = this.#file.next - partials;
    const rows = live.block.rows();
    for (const hidden of Object.values(this.#hidden)) {
      const excess = hidden.shownOf(end) - hidden.shownOf(live.from) - rows.length;
      if (excess > 0) hidden.add(live.from, hidden.seqOf(hidden.shownOf(live.from) + excess));
    }
    const { all } = this.#hidden;
    const at = all.shownOf(live.from);
    const shown = Math.min(rows.length, all.shownOf(end) - at);
    for (let index = 0; index < shown; index += 1) this.#remember(all.seqOf(at + index), rows.at(index - shown) ?? '');
    this.#watch();
    this.#options.onChange();
  }

  #remember(seq: number, text: string): void {
    this.#texts.set(seq, text);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= Math.max(MOST_TEXTS, MOST_ROWS)) return;
      this.#texts.delete(oldest);
    }
  }
}
