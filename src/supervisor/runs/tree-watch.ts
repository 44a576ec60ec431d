// Waits until nothing of a run is left. First it checks the groups and descendants. At last it checks every process's
// environment, which also finds processes that forked away twice, and the end of the control group. One poll serves
// all ending runs.

import type { Clock, Processes } from '../../system/system.ts';
import type { LiveRun } from './runs.ts';

const FIRST_POLL_MS = 5;
const LONGEST_POLL_MS = 100;

interface TreeWatchOptions {
  readonly clock: Clock;
  readonly processes: Processes;
  readonly onGone: (run: LiveRun) => void;
}

export class TreeWatch {
  readonly #options: TreeWatchOptions;
  readonly #watched = new Set<LiveRun>();
  #pollMs = FIRST_POLL_MS;
  #isPolling = false;

  constructor(options: TreeWatchOptions) {
    this.#options = options;
  }

  add(run: LiveRun): void {
    this.#watched.add(run);
    this.#pollMs = FIRST_POLL_MS;
    try {
      this.#look(run);
    } finally {
      this.#schedule();
    }
  }

  /** The leader has ended: usually the whole tree has too. */
  noticeExit(run: LiveRun): void {
    if (!this.#watched.has(run)) return;
    this.#pollMs = FIRST_POLL_MS;
    this.#look(run);
  }

  #look(run: LiveRun): void {
    // The exit and its code must be reported first; a zombie leader is not reported yet.
    if (!run.hasExited) return;
    const { processes, onGone } = this.#options;
    if (processes.members(run.root, { sweep: false }).length > 0) return this.#chase(run);
    if (!processes.isGone(run.root)) return;
    this.#watched.delete(run);
    onGone(run);
  }

  /** Only a control group shows daemons that were born during the stop. */
  #chase({ root }: LiveRun): void {
    if (root.group !== undefined) this.#options.processes.signalNewcomers(root);
  }

  #schedule(): void {
    if (this.#isPolling || this.#watched.size === 0) return;
    this.#isPolling = true;
    this.#options.clock.after(this.#pollMs, () => {
      this.#isPolling = false;
      this.#pollMs = Math.min(LONGEST_POLL_MS, this.#pollMs * 1.5);
      // After a refusal of the system, it looks again.
      try {
        for (const run of this.#watched) this.#look(run);
      } finally {
        this.#schedule();
      }
    });
  }
}
