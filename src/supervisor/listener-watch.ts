// After each look at the process trees: does every run listen where it was told to? Reports a verdict once, when it changes.
// Left to others: the verdict (core/drift) and what follows from it (core/listening).

import { judgeListeners, type ListenerVerdict } from '../core/drift.ts';
import type { Observation } from '../core/inputs.ts';
import { currentRun, isUp, type Run, type Service } from '../core/service.ts';
import type { ServiceName } from '../core/project.ts';
import type { Listening } from '../core/snapshot.ts';
import type { TreeFacts } from '../core/view.ts';
import type { Clock, OwnerContext, Ports } from '../system/system.ts';

/** While a service starts and listens elsewhere, the second look that proves it need not wait for the next sample. */
const SECOND_LOOK_MS = 1_000;

interface ListenerWatchOptions {
  readonly clock: Clock;
  readonly ports: Ports;
  readonly ownerContext: () => OwnerContext;
  readonly report: (observation: Observation) => void;
  readonly lookWithin: (delayMs: number) => void;
}

interface Seen {
  readonly run: number;
  readonly listening: readonly Listening[];
  readonly verdict: string;
}

export class ListenerWatch {
  readonly #options: ListenerWatchOptions;
  readonly #seen = new Map<ServiceName, Seen>();

  constructor(options: ListenerWatchOptions) {
    this.#options = options;
  }

  /** `trees` as of right now. */
  look(services: ReadonlyMap<ServiceName, Service>, trees: ReadonlyMap<ServiceName, TreeFacts>): void {
    for (const [name, service] of services) {
      const run = currentRun(service);
      const tree = trees.get(name);
      if (
        service.port === undefined ||
        run === undefined ||
        run.external !== undefined ||
        tree === undefined ||
        !isUp(service)
      )
        continue;
      this.#judge(service, service.port, run, tree.listening);
    }
  }

  #judge(service: Service, asked: number, run: Run, now: readonly Listening[]): void {
    const { name } = service.spec;
    const last = this.#seen.get(name);
    const before = last?.run === run.number ? last : undefined;
    const upMs = this.#options.clock.nowMs() - run.startedAtMs;
    const foreign = this.#strangersOn(asked, now);
    const verdict = judgeListeners({ asked, now, before: before?.listening ?? [], foreign, upMs });
    if (verdict.kind === 'not yet' && now.length > 0 && service.state.status === 'starting') {
      this.#options.lookWithin(SECOND_LOOK_MS);
    }
    const text = JSON.stringify(verdict);
    this.#seen.set(name, { run: run.number, listening: now, verdict: text });
    if (before?.verdict !== text) void this.#tell(name, run.number, verdict);
  }

  /** Only whether there is one, and only where it explains why the service went elsewhere: its address does not matter. */
  #strangersOn(port: number, now: readonly Listening[]): { address: string; port: number; pid: undefined }[] {
    const isOurs = now.some((listening) => listening.port === port);
    return !isOurs && this.#options.ports.isListening(port) ? [{ address: '::', port, pid: undefined }] : [];
  }

  async #tell(service: ServiceName, run: number, verdict: ListenerVerdict): Promise<void> {
    const { ports, ownerContext, report } = this.#options;
    // `npm run dev` says nothing of the program that listens; the owner of the port does.
    const port = verdict.kind === 'ignores its port' ? verdict.listening[0] : undefined;
    const owners = port === undefined ? [] : (await ports.use(port, ownerContext())).owners;
    report({ type: 'listenersJudged', service, run, verdict, commands: owners.map(({ command }) => command) });
  }
}
