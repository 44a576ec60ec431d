// Starts processes a few at a time. A fork blocks the supervisor, on a terminal for up to 30 ms. A hundred at once
// would leave every client without an answer for seconds, and clients give up after four. The rest waits for the next
// turn of the event loop, in order.

import type { Clock } from '../../system/system.ts';

/** The time of one turn; a start in progress is finished. Shorter turns made fifty services start a quarter slower. */
const BUSY_MS = 200;

export class SpawnTurns {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #waiting: (() => void)[] = [];
  #spentMs = 0;
  #isTurnDue = false;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  /** Starts it now, unless this turn has started enough. */
  take(start: () => void): void {
    if (this.#waiting.length > 0 || this.#spentMs >= BUSY_MS) this.#waiting.push(start);
    else this.#do(start);
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    setImmediate(() => this.#nextTurn());
  }

  #nextTurn(): void {
    this.#isTurnDue = false;
    this.#spentMs = 0;
    while (this.#waiting.length > 0 && this.#spentMs < BUSY_MS) {
      const start = this.#waiting.shift();
      if (start !== undefined) this.#do(start);
    }
    if (this.#waiting.length === 0 || this.#isTurnDue) return;
    this.#isTurnDue = true;
    setImmediate(() => this.#nextTurn());
  }

  #do(start: () => void): void {
    const beganMs = this.#clock.nowMs();
    start();
    this.#spentMs += this.#clock.nowMs() - beganMs;
  }
}
