// Waits until nothing of a run is left: first by its groups and descendants, and at last by a sweep through
// every process's environment, which also finds what forked away twice, and by the end of its control group.
// One poll serves all runs that end.

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
    // The exit must be told first, with its code; a leader that is a zombie has not been told yet.
    if (!run.hasExited) return;
    const { processes, onGone } = this.#options;
    if (processes.members(run.root, { sweep: false }).length > 0) return this.#chase(run);
    if (!processes.isGone(run.root)) return;
    this.#watched.delete(run);
    onGone(run);
  }

  /** Only a control group shows daemons that were born while the run was told to end. */
  #chase({ root }: LiveRun): void {
    if (root.group !== undefined) this.#options.processes.signalNewcomers(root);
  }

  #schedule(): void {
    if (this.#isPolling || this.#watched.size === 0) return;
    this.#isPolling = true;
    this.#options.clock.after(this.#pollMs, () => {
      this.#isPolling = false;
      this.#pollMs = Math.min(LONGEST_POLL_MS, this.#pollMs * 1.5);
      // A look that the system refuses is not the last one.
      try {
        for (const run of this.#watched) this.#look(run);
      } finally {
        this.#schedule();
      }
    });
  }
}
