// Remembers the command lines of a starting service's processes. If it dies of a taken port without naming it, the
// processes can no longer be asked.

import type { ServiceName } from '../../core/model/project.ts';
import { currentRun, isUp, type Service } from '../../core/model/service.ts';
import type { TreeFacts } from '../../core/view/view.ts';
import type { Clock, Processes } from '../../system/system.ts';
import type { Runs } from '../runs/runs.ts';

const MOST_COMMANDS = 50;
/** Few programs open their port later than this. */
const STARTING_MS = 60_000;

interface Remembered {
  readonly run: number;
  readonly pids: readonly number[];
  readonly commands: ReadonlySet<string>;
}

interface CommandWatchOptions {
  readonly clock: Clock;
  readonly processes: Pick<Processes, 'describe'>;
  readonly runs: Runs;
}

export class CommandWatch {
  readonly #clock: Clock;
  readonly #processes: Pick<Processes, 'describe'>;
  readonly #runs: Runs;
  readonly #known = new Map<ServiceName, Remembered>();

  constructor({ clock, processes, runs }: CommandWatchOptions) {
    this.#clock = clock;
    this.#processes = processes;
    this.#runs = runs;
  }

  /** Command lines of the last watched run, the latest first. */
  of(service: ServiceName): readonly string[] {
    return [...(this.#known.get(service)?.commands ?? [])].toReversed();
  }

  /** `trees` as of right now. */
  look(services: ReadonlyMap<ServiceName, Service>, trees: ReadonlyMap<ServiceName, TreeFacts>): void {
    for (const [name, service] of services) {
      const run = currentRun(service);
      const pids = trees.get(name)?.pids;
      if (run === undefined || pids === undefined || !isUp(service)) continue;
      if (this.#clock.nowMs() - run.startedAtMs > STARTING_MS) continue;
      const known = this.#known.get(name);
      const isNew = known?.run !== run.number || pids.some((pid) => !known.pids.includes(pid));
      if (isNew) void this.#remember(name, run.number, pids);
    }
  }

  async #remember(name: ServiceName, run: number, pids: readonly number[]): Promise<void> {
    const live = this.#runs.current(name);
    if (live?.number !== run) return;
    const before = this.#known.get(name);
    const commands = before?.run === run ? before.commands : new Set<string>();
    this.#known.set(name, { run, pids, commands });
    const found = (await this.#processes.describe(live.root)).map(({ argv }) => argv.join(' '));
    const all = new Set([...commands, ...found].slice(-MOST_COMMANDS));
    if (this.#known.get(name)?.run === run) this.#known.set(name, { run, pids, commands: all });
  }
}
