// Passes events to the history, and what the services used in each minute. It works off the hot path: events wait in
// memory for a few seconds and are written together. A history that is locked, full or broken delays nothing. Dropped
// events are reported.

import type { HistoryItem, MinuteRow } from '../../core/session/history.ts';
import type { EventFact, SessionFact } from '../../core/session/events.ts';
import type { Clock } from '../../system/system.ts';
import type { HistoryReader } from '../../system/history/history-reader.ts';
import type { HistoryStore, HistoryTrouble } from '../../system/history/history-store.ts';
import type { EventLog } from './event-log.ts';
import { MinuteTally } from './minute-tally.ts';
import type { Supervisor } from '../supervisor.ts';

/** Loaded only after the services have started. */
const FIRST_WRITE_MS = 3_000;
const WRITE_EVERY_MS = 2_000;
const RETRY_MS = 10_000;
const THIN_EVERY_MS = 3_600_000;
const THIN_PIECE_MS = 500;
const MOST_WAITING = 5_000;

export interface HistoryFile {
  /** @throws the database's error */
  open(): HistoryStore;
  /** Undefined before the first write. @throws the database's error */
  openReader(): HistoryReader | undefined;
  troubleOf(error: unknown): HistoryTrouble;
  /** Returns the new place of the broken file. @throws the system's error */
  putAside(): string;
}

interface HistoryFeedOptions {
  readonly supervisor: Pick<Supervisor, 'state' | 'onChange' | 'metrics' | 'logs' | 'errors'>;
  readonly events: Pick<EventLog, 'onFact' | 'add'>;
  readonly clock: Clock;
  /** Loads the code for it. */
  readonly file: () => Promise<HistoryFile>;
  readonly onProblem: (message: string) => void;
}

export class HistoryFeed {
  readonly #options: HistoryFeedOptions;
  readonly #minutes: MinuteTally;
  readonly #listeners = new Set<() => void>();
  #items: HistoryItem[] = [];
  #rows: MinuteRow[] = [];
  #file: HistoryFile | undefined;
  #store: HistoryStore | undefined;
  #isDue = false;
  #isClosed = false;
  #lost = 0;
  #lostRows = 0;
  #problem = '';
  #thinnedAtMs: number | undefined;

  constructor(options: HistoryFeedOptions) {
    this.#options = options;
    options.events.onFact((fact) => this.#take(fact));
    this.#minutes = new MinuteTally({
      ...options,
      onMinute: (rows) => {
        this.#rows.push(...rows);
        this.#lostRows += Math.max(0, this.#rows.length - MOST_WAITING);
        this.#rows = this.#rows.slice(-MOST_WAITING);
        this.#writeWithin(WRITE_EVERY_MS);
      },
    });
  }

  /** Calls after every write. */
  onWritten(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Undefined if the history is missing or unreadable; the writer reports that. */
  async read<Answer>(ask: (reader: HistoryReader) => Answer): Promise<Answer | undefined> {
    await this.#load();
    try {
      const reader = this.#file?.openReader();
      if (reader === undefined) return undefined;
      const answer = ask(reader);
      reader.close();
      return answer;
    } catch {
      return undefined;
    }
  }

  /** Writes what waits, because a reader comes next. */
  async sync(): Promise<void> {
    await this.#load();
    this.#write();
  }

  /**
   * The session has ended, and this process ends soon. What cannot be written now is lost and reported. The database
   * stays open: closing it merges its log and waits twice for the disk, a delay of a tenth of a second. The next
   * session finds it complete.
   */
  async close(): Promise<void> {
    await this.#load();
    this.#rows.push(...this.#minutes.end());
    this.#write();
    this.#isClosed = true;
    const [facts, rows] = [this.#items.length + this.#lost, this.#rows.length + this.#lostRows];
    if (facts + rows > 0) this.#tell(`${lostInWords(facts, rows)} of this session are not in the history`);
  }

  #take({ time, ...fact }: SessionFact): void {
    const actor = 'actor' in fact && fact.actor !== undefined ? fact.actor : null;
    this.#items.push({ at: time, ...fact, actor });
    if (this.#items.length > MOST_WAITING) {
      this.#items.shift();
      this.#lost += 1;
    }
    this.#writeWithin(this.#file === undefined ? FIRST_WRITE_MS : WRITE_EVERY_MS);
  }

  #writeWithin(delayMs: number): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#options.clock.after(delayMs, () => {
      this.#isDue = false;
      void this.#load().then(() => this.#write());
    });
  }

  async #load(): Promise<void> {
    this.#file ??= await this.#options.file();
  }

  #write(): void {
    const file = this.#file;
    if (file === undefined || this.#isClosed || (this.#items.length === 0 && this.#rows.length === 0)) return;
    try {
      this.#store ??= file.open();
      this.#store.write({ items: this.#items, minutes: this.#rows });
      this.#items = [];
      this.#rows = [];
      this.#problem = '';
      if (this.#lost + this.#lostRows > 0) this.#tellLost();
      this.#thinSoon();
      for (const listener of this.#listeners) listener();
    } catch (error) {
      this.#onTrouble(error, file);
    }
  }

  #onTrouble(error: unknown, file: HistoryFile): void {
    const trouble = file.troubleOf(error);
    if (trouble === 'broken') {
      this.#store?.close();
      this.#store = undefined;
      return this.#putAside(file);
    }
    this.#tell(trouble === 'locked' ? 'the history is locked by another process' : `the history: ${String(error)}`);
    this.#writeWithin(RETRY_MS);
  }

  #putAside(file: HistoryFile): void {
    try {
      const message = `the history was broken, and is now ${file.putAside()} now; a new one has begun`;
      this.#tell(message);
      this.#options.events.add({ type: 'history', state: 'put aside', message });
    } catch (error) {
      this.#tell(`the history is broken, and cannot be put aside: ${String(error)}`);
    }
    this.#writeWithin(RETRY_MS);
  }

  #tellLost(): void {
    const what = lostInWords(this.#lost, this.#lostRows);
    const message = `${what} are missing before this one: the history could not be written`;
    this.#lost = 0;
    this.#lostRows = 0;
    const fact: EventFact = { type: 'history', state: 'lost', message };
    this.#options.events.add(fact);
  }

  /** Once for each problem. */
  #tell(problem: string): void {
    if (problem !== this.#problem) this.#options.onProblem(problem);
    this.#problem = problem;
  }

  #thinSoon(): void {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#thinnedAtMs !== undefined && nowMs - this.#thinnedAtMs < THIN_EVERY_MS) return;
    this.#thinnedAtMs = nowMs;
    const next = (): void => {
      try {
        if (this.#store?.thin(clock.wallMs()) === true) clock.after(THIN_PIECE_MS, next);
      } catch (error) {
        this.#tell(`the history cannot be thinned: ${String(error)}`);
      }
    };
    clock.after(THIN_PIECE_MS, next);
  }
}

function lostInWords(facts: number, rows: number): string {
  return [...(facts === 0 ? [] : [`${facts} facts`]), ...(rows === 0 ? [] : [`${rows} minutes of usage`])].join(
    ' and ',
  );
}
