// The data plane: bytes of services → their files; windows of lines → clients; "there is more" at most 30 times a second.
// Lines never pass through the core. Who reads pays only for what it reads.

import { withoutColour } from '../../core/output/plain-line.ts';
import { cleanLine } from '../../core/output/log-line.ts';
import { formatLineTime } from '../../core/output/log-time.ts';
import type { Pattern } from '../../core/output/pattern.ts';
import type { LogSpec, ServiceName, ServiceSpec } from '../../core/model/project.ts';
import type { LogFindings, LogLine, LogQuery, LogSearch, LogWindow } from '../../core/model/session.ts';
import type { Mask } from '../../core/secrets/masker.ts';
import { BugError } from '../../errors.ts';
import type { Clock, LogFile, LogFiles } from '../../system/system.ts';
import { searchLog } from './log-search.ts';

const TELL_EVERY_MS = 33;
const MOST_LINES = 5_000;
/** What one answer has to clean: lines may be long, and others wait meanwhile. */
const MOST_BYTES = 1024 * 1024;
/** Where a service that ended says why. */
const LAST_WORDS_LINES = 200;
const NEWEST_STEP = 20;
const NEWEST_LENGTH = 256 * 1024;
const LAST_WORDS_LINE_LENGTH = 4 * 1024;
/** Of how many runs, and how many of our own, the lines are told apart; those of a crash loop are many. */
const MOST_RUNS = 1_000;
const MOST_NOTES = 500;

interface RunStart {
  readonly run: number;
  readonly seq: number;
}

interface LogHubOptions {
  readonly clock: Clock;
  readonly logFiles: LogFiles;
  readonly specOf: (service: ServiceName) => Pick<ServiceSpec, 'log'> | undefined;
  /** Lines came that could not be written; see `problems`. */
  readonly onProblem: () => void;
  /** For what devdeck itself writes among the lines. */
  readonly mask: Mask;
}

export class LogHub {
  readonly #options: LogHubOptions;
  readonly #files = new Map<ServiceName, LogFile>();
  readonly #listeners = new Set<(next: Readonly<Record<ServiceName, number>>) => void>();
  readonly #fresh = new Set<ServiceName>();
  /** The lines with which the runs begin, the oldest first. */
  readonly #runStarts = new Map<ServiceName, RunStart[]>();
  /** The newest lines that are devdeck's own. */
  readonly #notes = new Map<ServiceName, Set<number>>();
  readonly #lineListeners = new Map<ServiceName, Set<(line: string) => void>>();
  /** How to stop waiting for a line that makes a service ready. */
  readonly #awaited = new Map<ServiceName, () => void>();
  readonly #writtenListeners = new Set<(service: ServiceName) => void>();
  #isTelling = false;

  constructor(options: LogHubOptions) {
    this.#options = options;
  }

  /** Calls with each service that has written, at most as often as its file tells. */
  onWritten(listener: (service: ServiceName) => void): void {
    this.#writtenListeners.add(listener);
  }

  /** The last line of the current run, cleaned, when it has no end yet. */
  openLine(service: ServiceName): string | undefined {
    const file = this.file(service);
    const line = file.read(file.next - 2, 4).findLast(({ partial }) => partial === true);
    return line === undefined ? undefined : cleanLine(line.text);
  }

  /** Opened when first used: a session of many services starts no slower for those that wait. */
  file(service: ServiceName): LogFile {
    const known = this.#files.get(service);
    if (known !== undefined) return known;
    const spec = this.#options.specOf(service);
    if (spec === undefined) throw new BugError(`no log file for ${service}`);
    const file = this.#options.logFiles.open(service, spec.log, { onLines: () => this.#noticeLines(service) });
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

  /** Trouble of each log with its disk, in one sentence, or null; of those that were opened. */
  problems(): readonly (readonly [ServiceName, string | null])[] {
    return [...this.#files].map(([service, file]) => [service, file.problem]);
  }

  pathOf(service: ServiceName): string {
    return this.#options.logFiles.pathOf(service);
  }

  subscribe(listener: (next: Readonly<Record<ServiceName, number>>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  read(query: LogQuery): LogWindow {
    const file = this.file(query.service);
    const count = Math.max(0, Math.min(query.count, MOST_LINES));
    const read = withinBytes(file.read(query.from, count, MOST_BYTES));
    const lines = read.map(({ seq, timeMs, text, partial }): LogLine => ({
      seq,
      time: formatLineTime(timeMs),
      text: this.#textOf(text, query),
      ...this.#originOf(query.service, seq),
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
    const found = searchLog(this.file(search.service), search, this.#options.clock);
    return { ...found, lines: found.lines.map((line) => ({ ...line, ...this.#originOf(search.service, line.seq) })) };
  }

  /** What is written from now on belongs to a new run. */
  beginRun(service: ServiceName, run: number): void {
    const starts = this.#runStarts.get(service) ?? [];
    starts.push({ run, seq: this.file(service).next });
    if (starts.length > MOST_RUNS) starts.shift();
    this.#runStarts.set(service, starts);
  }

  /** The last lines that the current run wrote, cleaned, oldest first; at most 200, fewer when they are long. */
  lastWords(service: ServiceName): readonly string[] {
    const file = this.file(service);
    const from = Math.max(this.#runStarts.get(service)?.at(-1)?.seq ?? 0, file.first(), file.next - LAST_WORDS_LINES);
    const notes = this.#notes.get(service);
    const said = newestLines(file, from).filter(({ seq }) => notes?.has(seq) !== true);
    return said.map(({ text }) => cleanLine(text.slice(0, LAST_WORDS_LINE_LENGTH)));
  }

  /** The newest lines, cleaned, oldest first; fewer when they are long. The last one may have no end yet. */
  lastLines(service: ServiceName, count: number): readonly string[] {
    const file = this.file(service);
    return newestLines(file, file.next - count).map(({ text }) => cleanLine(text));
  }

  /** A line of devdeck's own among those of the service. */
  note(service: ServiceName, text: string): void {
    const file = this.file(service);
    const notes = this.#notes.get(service) ?? new Set();
    this.#notes.set(service, notes.add(file.next));
    const [oldest = 0] = notes;
    if (notes.size > MOST_NOTES) notes.delete(oldest);
    file.note(this.#options.mask(text));
  }

  /** Whether the line is devdeck's own, as far back as it is remembered. */
  isNote(service: ServiceName, seq: number): boolean {
    return this.#notes.get(service)?.has(seq) === true;
  }

  /** How many lines were written in this session; none for a log that nobody has opened. */
  countOf(service: ServiceName): number {
    return this.#files.get(service)?.next ?? 0;
  }

  /** Calls once when a line matches, unless the next call for the same service comes before. */
  watchFor(service: ServiceName, pattern: Pattern, onMatch: () => void): void {
    this.#awaited.get(service)?.();
    const stop = this.onLine(service, (line) => {
      // A person reads words, not the colours between them.
      if (!pattern.test(withoutColour(line))) return;
      stop();
      onMatch();
    });
    this.#awaited.set(service, stop);
  }

  /** Calls with every line that is complete, cleaned; returns how to stop it. */
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

  /** Which run a line belongs to, and whether it is devdeck's own. */
  #originOf(service: ServiceName, seq: number): Pick<LogLine, 'run' | 'own'> {
    const start = this.#runStarts.get(service)?.findLast((start) => start.seq <= seq);
    const isOwn = this.#notes.get(service)?.has(seq) === true;
    return { ...(start === undefined ? {} : { run: start.run }), ...(isOwn ? { own: true } : {}) };
  }

  #noticeLines(service: ServiceName): void {
    for (const listener of this.#writtenListeners) listener(service);
    this.#fresh.add(service);
    if (this.file(service).problem !== null) this.#options.onProblem();
    if (this.#isTelling || this.#listeners.size === 0) return;
    this.#isTelling = true;
    this.#options.clock.after(TELL_EVERY_MS, () => {
      this.#isTelling = false;
      const next = Object.fromEntries([...this.#fresh].map((name) => [name, this.file(name).next]));
      this.#fresh.clear();
      for (const listener of this.#listeners) listener(next);
    });
  }
}

type Lines = ReturnType<LogFile['read']>;

/** The newest lines from `from` on, oldest first. In steps from the end: lines may be long, and are looked at often. */
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

/** As many of the first lines as are read at once; at least one. */
function withinBytes(lines: Lines): Lines {
  let length = 0;
  const tooMuch = lines.findIndex(({ text }, index) => {
    length += text.length;
    return index > 0 && length > MOST_BYTES;
  });
  return tooMuch === -1 ? lines : lines.slice(0, tooMuch);
}
