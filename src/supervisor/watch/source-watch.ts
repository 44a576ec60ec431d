// Watches the files that the services name, from the first start of each. A burst of changes, as from a save of many
// files or a checkout, counts as one. Left to others: what follows (core/machine/watching).

import type { Observation } from '../../core/messages/inputs.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Clock, FileWatch } from '../../system/system.ts';

/** A burst ends after this long without a change … */
const QUIET_MS = 200;
/** … but no change waits longer than this. */
const LONGEST_MS = 2_000;
const MOST_NAMES = 100;

interface SourceWatchOptions {
  /** Of the project. */
  readonly root: string;
  readonly globsOf: (service: ServiceName) => readonly string[];
  readonly clock: Clock;
  readonly fileWatch: FileWatch;
  readonly report: (observation: Observation) => void;
  readonly note: (service: ServiceName, text: string) => void;
}

interface Burst {
  readonly files: Set<string>;
  readonly sinceMs: number;
  lastMs: number;
}

export class SourceWatch {
  readonly #options: SourceWatchOptions;
  readonly #watched = new Map<ServiceName, { readonly globs: readonly string[]; readonly stop: () => void }>();
  readonly #bursts = new Map<ServiceName, Burst>();

  constructor(options: SourceWatchOptions) {
    this.#options = options;
  }

  /** May be called again after the globs have changed. */
  begin(service: ServiceName): void {
    const { root, globsOf, fileWatch, note, report } = this.#options;
    const globs = globsOf(service);
    const watched = this.#watched.get(service);
    if (watched !== undefined && watched.globs.join('\n') === globs.join('\n')) return;
    watched?.stop();
    const watch = {
      root,
      globs,
      onChange: (file: string) => this.#onChange(service, file),
      onUnmatched: (unmatched: readonly string[]) => report({ type: 'globsUnmatched', service, globs: unmatched }),
      onProblem: (problem: string) => note(service, `watch: ${problem}`),
    };
    this.#watched.set(service, { globs, stop: globs.length === 0 ? () => {} : fileWatch.watch(watch) });
  }

  #onChange(service: ServiceName, file: string): void {
    const nowMs = this.#options.clock.nowMs();
    const burst = this.#bursts.get(service);
    if (burst === undefined) {
      this.#bursts.set(service, { files: new Set([file]), sinceMs: nowMs, lastMs: nowMs });
      this.#options.clock.after(QUIET_MS, () => this.#onQuiet(service));
      return;
    }
    burst.lastMs = nowMs;
    if (burst.files.size < MOST_NAMES) burst.files.add(file);
  }

  #onQuiet(service: ServiceName): void {
    const burst = this.#bursts.get(service);
    if (burst === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    const quietInMs = Math.min(burst.lastMs + QUIET_MS, burst.sinceMs + LONGEST_MS) - nowMs;
    if (quietInMs > 0) return this.#options.clock.after(quietInMs, () => this.#onQuiet(service));
    this.#bursts.delete(service);
    this.#options.report({ type: 'filesChanged', service, files: [...burst.files] });
  }
}
