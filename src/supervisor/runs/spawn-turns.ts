// Starts processes a few at a time. A fork holds the supervisor up, from a terminal for as much as 30 ms: a hundred in one
// go would leave every client without an answer for seconds, and those give up after four. What has to wait, waits for
// the next turn of the event loop, in order.

import type { Clock } from '../../system/system.ts';

/** In one turn; the one that is under way then is finished. Shorter ones made fifty services a quarter slower to start. */
const BUSY_MS = 200;

export class SpawnTurns {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #waiting: (() => void)[] = [];
  #spentMs = 0;
  #isTurnDue = false;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  /** Does it now, unless enough has been started in this turn. */
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
