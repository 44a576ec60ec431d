// The processes of the runs: for each service at most one live child and its tree.

import type { ServiceName } from '../../core/model/project.ts';
import type { ContainerRecord } from '../../system/state/state-files.ts';
import type { ChildProcessHandle, TreeRoot } from '../../system/system.ts';

export interface LiveRun {
  readonly service: ServiceName;
  readonly number: number;
  readonly child: ChildProcessHandle;
  readonly root: TreeRoot;
  /** Milliseconds since the epoch. */
  readonly beganAtMs: number;
  /** Set once the leader has ended and its output is drained. */
  hasExited: boolean;
}

/** What a session records to be found again after a killed supervisor. */
export interface RecordedLife {
  readonly runs: readonly LiveRun[];
  readonly containers: readonly ContainerRecord[];
}

export class Runs {
  readonly #byService = new Map<ServiceName, LiveRun>();

  add(run: LiveRun): void {
    this.#byService.set(run.service, run);
  }

  /** The live run with that number; undefined if it is over. */
  find(service: ServiceName, number: number): LiveRun | undefined {
    const run = this.#byService.get(service);
    return run?.number === number ? run : undefined;
  }

  current(service: ServiceName): LiveRun | undefined {
    return this.#byService.get(service);
  }

  remove(run: LiveRun): void {
    if (this.#byService.get(run.service) === run) this.#byService.delete(run.service);
  }

  all(): readonly LiveRun[] {
    return [...this.#byService.values()];
  }
}
