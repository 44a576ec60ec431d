// The data plane: bytes of services → their files; windows of lines → clients; "there is more" at most 30 times a
// second. Lines never pass through the core. A reader pays only for the lines that it reads.

import { withoutColour } from '../../core/output/plain-line.ts';
import { cleanLine } from '../../core/output/log-line.ts';
import { formatLineTime } from '../../core/output/log-time.ts';
import type { Pattern } from '../../core/output/pattern.ts';
import type { LogSpec, Probe, ServiceName, ServiceSpec } from '../../core/model/project.ts';
import type { FoldedNext } from '../../core/session/session.ts';
import type { LogFindings, LogLine, LogQuery, LogSearch, LogWindow } from '../../core/session/log-query.ts';
import type { Mask } from '../../core/secrets/masker.ts';
import { BugError } from '../../errors.ts';
import type { Clock, LogFile, LogFiles } from '../../system/system.ts';
import { FoldedLog } from './folded-log.ts';
import { searchLog } from './log-search.ts';

const TELL_EVERY_MS = 33;
const MOST_LINES = 5_000;
/** The most that one answer cleans: lines may be long, and other clients wait. */
const MOST_BYTES = 1024 * 1024;
/** Where an ended service says why. */
const LAST_WORDS_LINES = 200;
const NEWEST_STEP = 20;
const NEWEST_LENGTH = 256 * 1024;
const LAST_WORDS_LINE_LENGTH = 4 * 1024;
/** How many runs, and how many of our own lines, are remembered; a crash loop has many. */
const MOST_RUNS = 1_000;
const MOST_NOTES = 500;

/** One past the newest line of each service that has more; see SessionEvent. */
export interface LogNews {
  readonly next: Readonly<Record<ServiceName, number>>;
  readonly folded: FoldedNext;
}

interface RunStart {
  readonly run: number;
  readonly seq: number;
}

interface LogHubOptions {
  readonly clock: Clock;
  readonly logFiles: LogFiles;
  readonly specOf: (service: ServiceName) => Pick<ServiceSpec, 'log'> | undefined;
  /** How wide the terminal of the service is. */
  readonly columnsOf: (service: ServiceName) => number;
  /** New lines could not be written; see `problems`. */
  readonly onProblem: () => void;
  /** For devdeck's own lines. */
  readonly mask: Mask;
}

export class LogHub {
  readonly #options: LogHubOptions;
  readonly #files = new Map<ServiceName, FoldedLog>();
  readonly #listeners = new Set<(news: LogNews) => void>();
  readonly #fresh = new Set<ServiceName>();
  /** The first lines of the runs, the oldest first. */
  readonly #runStarts = new Map<ServiceName, RunStart[]>();
  /** The newest of devdeck's own lines. */
  readonly #notes = new Map<ServiceName, Set<number>>();
  readonly #lineListeners = new Map<ServiceName, Set<(line: string) => void>>();
  /** Calls that wait for a line that makes a service ready. */
  readonly #awaited = new Map<ServiceName, { readonly stop: () => void; readonly lookAtOpenLine: () => void }>();
  readonly #writtenListeners = new Set<(service: ServiceName) => void>();
  #isTelling = false;

  constructor(options: LogHubOptions) {
    this.#options = options;
  }

  /** Calls with each service that has written, at most as often as its file reports it. */
  onWritten(listener: (service: ServiceName) => void): void {
    this.#writtenListeners.add(listener);
  }

  /** The last line of the current run, cleaned, if it has no end yet. */
  openLine(service: ServiceName): string | undefined {
    const file = this.file(service);
    const line = file.read(file.next - 2, 4).findLast(({ partial }) => partial === true);
    return line === undefined ? undefined : cleanLine(line.text);
  }

  /** Opened when first used, so that waiting services do not slow down a start. */
  file(service: ServiceName): FoldedLog {
    const known = this.#files.get(service);
    if (known !== undefined) return known;
    const spec = this.#options.specOf(service);
    if (spec === undefined) throw new BugError(`no log file for ${service}`);
    const onChange = (): void => this.#noticeLines(service);
    const file = new FoldedLog(this.#options.logFiles.open(service, spec.log, { onLines: onChange }), {
      clock: this.#options.clock,
      columns: () => this.#options.columnsOf(service),
      onChange,
    });
    this.#files.set(service, file);
    return file;
  }

  /** How much is kept, from the next rotation on. */
  setLimits(service: ServiceName, limits: LogSpec): void {
    this.#files.get(service)?.setLimits(limits);
  }

  isOpen(service: ServiceName): boolean {
    return this.#files.has(service);
  }

  /** The disk problem of each opened log, in one sentence, or null. */
  problems(): readonly (readonly [ServiceName, string | null])[] {
    return [...this.#files].map(([service, file]) => [service, file.problem]);
  }

  pathOf(service: ServiceName): string {
    return this.#options.logFiles.pathOf(service);
  }

  subscribe(listener: (news: LogNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  read(query: LogQuery): LogWindow {
    const file = this.#viewOf(query);
    const count = Math.max(0, Math.min(query.count, MOST_LINES));
    const read = withinBytes(file.read(query.from, count, MOST_BYTES));
    const lines = read.map(({ seq, rawSeq = seq, timeMs, text, partial }): LogLine => ({
      seq,
      time: formatLineTime(timeMs),
      text: this.#textOf(text, query),
      ...this.#originOf(query.service, rawSeq),
      ...(partial === true ? { partial } : {}),
    }));
    const last = lines.at(-1);
    const isCut = last !== undefined && last.seq + 1 < Math.min(query.from + count, file.next);
    const cut = isCut ? { isCut } : {};
    return { service: query.service, lines, first: file.first(), next: file.next, ...cut };
  }

  #textOf(text: string, { raw, masked }: LogQuery): string {
    const shown = raw === true ? text : cleanLine(text);
    return masked === true ? this.#options.mask(shown) : shown;
  }

  /** Looks for a few milliseconds; see `LogFindings`. */
  search(search: LogSearch): LogFindings {
    const { service, folds } = search;
    const found = searchLog(this.#viewOf(search), search, this.#options.clock);
    const file = this.file(service);
    const originOf = (seq: number) => this.#originOf(service, folds === undefined ? seq : file.seqOnDisk(folds, seq));
    return { ...found, lines: found.lines.map((line) => ({ ...line, ...originOf(line.seq) })) };
  }

  /** From now on, output belongs to a new run. */
  beginRun(service: ServiceName, run: number): void {
    const starts = this.#runStarts.get(service) ?? [];
    starts.push({ run, seq: this.file(service).next });
    if (starts.length > MOST_RUNS) starts.shift();
    this.#runStarts.set(service, starts);
  }

  /** The last lines of the current run, cleaned, oldest first; at most 200, fewer if they are long. */
  lastWords(service: ServiceName): readonly string[] {
    const file = this.file(service);
    const from = Math.max(this.#runStarts.get(service)?.at(-1)?.seq ?? 0, file.first(), file.next - LAST_WORDS_LINES);
    const notes = this.#notes.get(service);
    const said = newestLines(file, from).filter(({ seq }) => notes?.has(seq) !== true);
    return said.map(({ text }) => cleanLine(text.slice(0, LAST_WORDS_LINE_LENGTH)));
  }

  /** The newest lines, cleaned, oldest first; fewer if they are long. The last one may have no end yet. */
  lastLines(service: ServiceName, count: number): readonly string[] {
    const file = this.file(service);
    return newestLines(file, file.next - count).map(({ text }) => cleanLine(text));
  }

  /** A line of devdeck's own among the service's. */
  note(service: ServiceName, text: string): void {
    const file = this.file(service);
    const notes = this.#notes.get(service) ?? new Set();
    this.#notes.set(service, notes.add(file.next));
    const [oldest = 0] = notes;
    if (notes.size > MOST_NOTES) notes.delete(oldest);
    file.note(this.#options.mask(text));
  }

  /** Whether the line is one of devdeck's own, as far back as they are remembered. */
  isNote(service: ServiceName, seq: number): boolean {
    return this.#notes.get(service)?.has(seq) === true;
  }

  /** The number of lines written in this session; 0 for a log that was never opened. */
  countOf(service: ServiceName): number {
    return this.#files.get(service)?.next ?? 0;
  }

  /**
   * Calls once when a line matches, unless the next call for the service comes first. A line that stays without an end
   * for a moment counts too: some programs never end their last line.
   */
  watchFor(service: ServiceName, pattern: Pattern, onMatch: () => void): void {
    this.#awaited.get(service)?.stop();
    // A person reads the words, not the colours between them.
    const look = (line: string | undefined): void => {
      if (line === undefined || !pattern.test(withoutColour(line))) return;
      stop();
      onMatch();
    };
    const stopLines = this.onLine(service, look);
    const stop = (): void => {
      stopLines();
      if (this.#awaited.get(service)?.stop === stop) this.#awaited.delete(service);
    };
    this.#awaited.set(service, { stop, lookAtOpenLine: () => look(this.openLine(service)) });
  }

  /**
   * A probe begins. The service's lines about it are folded, until a moment after the returned call. Only an HTTP
   * request has a path that identifies its lines.
   */
  beginProbe(service: ServiceName, { check }: Probe): () => void {
    const path = check.kind === 'http' ? pathOf(check.url) : undefined;
    return path === undefined ? () => {} : this.file(service).beginProbe(path);
  }

  /** Calls with every complete line, cleaned. Returns the function that stops it. */
  onLine(service: ServiceName, listener: (line: string) => void): () => void {
    const file = this.file(service);
    const listeners = this.#lineListeners.get(service) ?? new Set();
    this.#lineListeners.set(service, listeners.add(listener));
    file.watchLines((bytes) => {
      const line = cleanLine(bytes);
      for (const each of listeners) each(line);
    });
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) file.watchLines(null);
    };
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
  }

  #viewOf({ service, folds }: Pick<LogQuery, 'service' | 'folds'>): LogView {
    const file = this.file(service);
    return folds === undefined ? file : file.folded(folds);
  }

  /** The run of a line, and whether it is devdeck's own. */
  #originOf(service: ServiceName, seq: number): Pick<LogLine, 'run' | 'own'> {
    const start = this.#runStarts.get(service)?.findLast((start) => start.seq <= seq);
    const isOwn = this.#notes.get(service)?.has(seq) === true;
    return { ...(start === undefined ? {} : { run: start.run }), ...(isOwn ? { own: true } : {}) };
  }

  #noticeLines(service: ServiceName): void {
    this.#awaited.get(service)?.lookAtOpenLine();
    for (const listener of this.#writtenListeners) listener(service);
    this.#fresh.add(service);
    if (this.file(service).problem !== null) this.#options.onProblem();
    if (this.#isTelling || this.#listeners.size === 0) return;
    this.#isTelling = true;
    this.#options.clock.after(TELL_EVERY_MS, () => {
      this.#isTelling = false;
      const fresh = [...this.#fresh].map((name) => [name, this.file(name)] as const);
      this.#fresh.clear();
      const next = Object.fromEntries(fresh.map(([name, file]) => [name, file.next]));
      const folded = Object.fromEntries(
        fresh.flatMap(([name, file]) =>
          file.isPlain ? [] : [[name, { all: file.folded('all').next, redrawn: file.folded('redrawn').next }]],
        ),
      );
      for (const listener of this.#listeners) listener({ next, folded });
    });
  }
}

type Lines = ReturnType<LogFile['read']>;
type LogView = Pick<LogFile, 'first' | 'next'> & {
  readonly settled?: number | undefined;
  read(from: number, count: number, mostBytes?: number): readonly (Lines[number] & { readonly rawSeq?: number })[];
};

/** The newest lines from `from` on, oldest first. Read in steps from the end: lines may be long, and this is called often. */
function newestLines(file: LogFile, from: number): Lines {
  const steps: Lines[] = [];
  let length = 0;
  for (let to = file.next; to > from && length < NEWEST_LENGTH; to -= NEWEST_STEP) {
    const start = Math.max(from, to - NEWEST_STEP);
    const lines = file.read(start, to - start);
    length += lines.reduce((sum, { text }) => sum + text.length, 0);
    steps.push(lines);
  }
  return steps.toReversed().flat();
}

function pathOf(url: string): string | undefined {
  if (url.startsWith('/')) return url;
  if (!URL.canParse(url)) return undefined;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** As many of the first lines as one read may return; at least one. */
function withinBytes<Line extends Lines[number]>(lines: readonly Line[]): readonly Line[] {
  let length = 0;
  const tooMuch = lines.findIndex(({ text }, index) => {
    length += text.length;
    return index > 0 && length > MOST_BYTES;
  });
  return tooMuch === -1 ? lines : lines.slice(0, tooMuch);
}
