// Counts error lines soon after a service writes them, a few milliseconds at a time. It reads a flood of output to its
// end later, at two hundredths of a core.

import { isErrorLevel, levelOf } from '../../core/output/log-level.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { LogFilter, LogLine } from '../../core/session/log-query.ts';
import type { Clock } from '../../system/system.ts';
import type { LogHub } from '../output/log-hub.ts';

const LOOK_AFTER_MS = 500;
/** Pause for each millisecond of work. */
const REST = 50;
const MOST_FOUND = 1_000;
const ERRORS: LogFilter = { matching: [], excluding: [], errorsOnly: true };

export interface ErrorsFound {
  readonly service: ServiceName;
  /** When each line was written: milliseconds since the epoch. Never empty. */
  readonly atMs: readonly number[];
  /** The last one, cleaned. */
  readonly line: string;
}

interface ErrorTallyOptions {
  readonly clock: Clock;
  readonly logs: Pick<LogHub, 'onWritten' | 'search' | 'isNote'>;
}

export class ErrorTally {
  readonly #options: ErrorTallyOptions;
  readonly #listeners = new Set<(found: ErrorsFound) => void>();
  readonly #counts = new Map<ServiceName, number>();
  /** Where to continue in each log. */
  readonly #reached = new Map<ServiceName, number>();
  /** The line without an end that was counted, until it is read again with its end. */
  readonly #counted = new Map<ServiceName, string>();
  readonly #unread = new Set<ServiceName>();
  #isDue = false;

  constructor(options: ErrorTallyOptions) {
    this.#options = options;
    options.logs.onWritten((service) => {
      this.#unread.add(service);
      this.#lookAfter(LOOK_AFTER_MS);
    });
  }

  countOf(service: ServiceName): number {
    return this.#counts.get(service) ?? 0;
  }

  onErrors(listener: (found: ErrorsFound) => void): void {
    this.#listeners.add(listener);
  }

  #lookAfter(delayMs: number): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#options.clock.after(delayMs, () => {
      this.#isDue = false;
      const beganMs = this.#options.clock.nowMs();
      const [service] = this.#unread;
      if (service === undefined) return;
      // The next log has its turn, and then this one again if it has more.
      this.#unread.delete(service);
      if (!this.#read(service)) this.#unread.add(service);
      if (this.#unread.size > 0) this.#lookAfter((this.#options.clock.nowMs() - beganMs) * REST);
    });
  }

  /** False if there is more. */
  #read(service: ServiceName): boolean {
    const from = this.#reached.get(service) ?? 0;
    const { logs } = this.#options;
    const findings = logs.search({ service, filter: ERRORS, from, direction: 'newer', limit: MOST_FOUND });
    this.#reached.set(service, findings.reached);
    const errors = [...findings.lines, ...(findings.open ?? [])].filter(
      (line) => isErrorLevel(levelOf(line.text)) && !logs.isNote(service, line.seq) && !this.#isCounted(service, line),
    );
    const last = errors.at(-1);
    if (last !== undefined) {
      this.#counts.set(service, this.countOf(service) + errors.length);
      const found = { service, atMs: errors.map(({ time }) => Date.parse(time)), line: last.text };
      for (const listener of this.#listeners) listener(found);
    }
    return findings.reached >= findings.next;
  }

  /** A line without an end counts once. It comes again, longer, and perhaps after a line of ours. */
  #isCounted(service: ServiceName, { text, partial }: LogLine): boolean {
    const counted = this.#counted.get(service);
    const isSame = counted !== undefined && text.startsWith(counted);
    if (partial === true) this.#counted.set(service, text);
    else if (isSame) this.#counted.delete(service);
    return isSame;
  }
}
