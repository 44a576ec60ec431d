// After each sample of the process trees: does every run listen where it should? Reports each change of the verdict
// once. Left to others: the verdict (core/ports/drift) and its effect (core/machine/listening).

import { judgeListeners, type ForeignListener, type ListenerVerdict } from '../../core/ports/drift.ts';
import type { Observation } from '../../core/messages/inputs.ts';
import { currentRun, isUp, type Service } from '../../core/model/service.ts';
import type { Run } from '../../core/model/run.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Listening } from '../../core/session/snapshot.ts';
import type { OwnerCard } from '../../core/model/port-owner.ts';
import type { TreeFacts } from '../../core/view/view.ts';
import type { Clock, OwnerContext, Ports, Processes } from '../../system/system.ts';
import type { WorkerWatch } from './worker-watch.ts';

/** A dead server is noticed after this time and the second check. */
const PORTS_EVERY_MS = 700;
/** After a check of the ports, the pause is this many times as long as the check. */
const REST = 150;
/** While a service starts and listens elsewhere, the second check that proves it comes before the next sample. */
const SECOND_LOOK_MS = 1_000;

interface ListenerWatchOptions {
  readonly clock: Clock;
  readonly ports: Ports;
  readonly processes: Pick<Processes, 'isAlive'>;
  readonly ownerContext: () => OwnerContext;
  readonly report: (observation: Observation) => void;
  readonly lookWithin: (delayMs: number) => void;
}

interface Seen {
  readonly service: ServiceName;
  readonly run: number;
  readonly listening: readonly Listening[];
  readonly verdict: string;
  /** Its port, and whether it listened there at the last check. */
  readonly port: number;
  readonly isListening: boolean;
  /** It was seen on its port. Only then its silence means something: a container's port is never its own. */
  readonly hasListened: boolean;
}

export class ListenerWatch {
  readonly #options: ListenerWatchOptions;
  readonly #seen = new Map<ServiceName, Seen>();
  #current: ReadonlyMap<ServiceName, Service> = new Map();
  #isPortLookDue = false;
  /** Loaded for the first service with a socket that several processes share. */
  #workers: WorkerWatch | 'loading' | undefined;

  constructor(options: ListenerWatchOptions) {
    this.#options = options;
  }

  /** `trees` as of right now. */
  look(services: ReadonlyMap<ServiceName, Service>, trees: ReadonlyMap<ServiceName, TreeFacts>): void {
    for (const [name, service] of services) {
      const run = currentRun(service);
      const tree = trees.get(name);
      if (service.port === undefined || run === undefined || tree === undefined || !isUp(service)) continue;
      if (run.external === undefined) this.#judge(service, service.port, run, tree);
    }
    this.#current = services;
    if (typeof this.#workers === 'object') this.#workers.keep(new Set(this.#watched().map(({ service }) => service)));
    this.#lookAtPortsAfter(PORTS_EVERY_MS);
  }

  /** Between two samples of the processes, which may be far apart: whether each port is unchanged. This costs far less. */
  #lookAtPortsAfter(delayMs: number): void {
    if (this.#isPortLookDue || this.#watched().length === 0) return;
    this.#isPortLookDue = true;
    this.#options.clock.after(delayMs, () => {
      this.#isPortLookDue = false;
      const { clock, ports, lookWithin } = this.#options;
      const beganMs = clock.nowMs();
      try {
        const hasChanged = this.#watched().some(
          ({ service, port, isListening }) =>
            ports.isListening(port) !== isListening ||
            (typeof this.#workers === 'object' && this.#workers.hasChanged(service)),
        );
        if (hasChanged) lookWithin(0);
      } finally {
        this.#lookAtPortsAfter(Math.max(PORTS_EVERY_MS, (clock.nowMs() - beganMs) * REST));
      }
    });
  }

  /** Running services that were seen on their port. */
  #watched(): readonly Seen[] {
    return [...this.#seen].flatMap(([name, seen]) => {
      const service = this.#current.get(name);
      const run = service === undefined ? undefined : currentRun(service);
      const isWatched = service !== undefined && run?.number === seen.run && isUp(service) && seen.hasListened;
      return isWatched ? [seen] : [];
    });
  }

  #judge(service: Service, asked: number, run: Run, tree: TreeFacts): void {
    const { name } = service.spec;
    // A further port that opens before the first says nothing about the first.
    const more = new Set(Object.values(service.morePorts));
    // A UDP socket elsewhere is usually a client's.
    const counts = ({ port, protocol }: Listening) => protocol === undefined || port === asked;
    const now = tree.listening.filter((each) => !more.has(each.port) && counts(each));
    const last = this.#seen.get(name);
    const before = last?.run === run.number ? last : undefined;
    const upMs = this.#options.clock.nowMs() - run.startedAtMs;
    const foreign = this.#strangersOn(asked, tree);
    const verdict = judgeListeners({ asked, now, before: before?.listening ?? [], foreign, upMs });
    const hasListened = before?.hasListened === true || verdict.kind === 'as asked';
    const isQuiet = hasListened && now.length === 0;
    const isSilent = isQuiet && before?.listening.length === 0;
    const isUnproven = service.state.status === 'starting' ? now.length > 0 : isQuiet && !isSilent;
    if (verdict.kind === 'not yet' && isUnproven) this.#options.lookWithin(SECOND_LOOK_MS);
    const isDeserted = this.#isDeserted(name, run.number, asked, tree);
    const told: ListenerVerdict = isSilent ? { kind: 'silent' } : isDeserted ? { kind: 'deserted' } : verdict;
    const text = JSON.stringify(told);
    const isListening = now.some(({ port }) => port === asked);
    const listening = { listening: now, isListening, hasListened };
    this.#seen.set(name, { service: name, run: run.number, verdict: text, port: asked, ...listening });
    if (before?.verdict !== text) void this.#tell(name, asked, run.number, told);
  }

  #isDeserted(service: ServiceName, run: number, port: number, tree: TreeFacts): boolean {
    if (typeof this.#workers === 'object') return this.#workers.isDeserted({ service, run, port, tree });
    if (tree.holders.filter((holder) => holder.port === port).length > 1) void this.#loadWorkers();
    return false;
  }

  async #loadWorkers(): Promise<void> {
    if (this.#workers !== undefined) return;
    this.#workers = 'loading';
    const { WorkerWatch } = await import('./worker-watch.ts');
    this.#workers = new WorkerWatch(this.#options);
    this.#options.lookWithin(0);
  }

  /** Beside our own listener, each other one with its address. In its place, only whether there is one: that explains the move. */
  #strangersOn(port: number, { listening, strangers }: TreeFacts): ForeignListener[] {
    if (listening.some((own) => own.port === port && own.protocol === undefined))
      return strangers.map((other) => ({ ...other, pid: undefined }));
    return this.#options.ports.isListening(port) ? [{ address: '::', port, pid: undefined }] : [];
  }

  async #tell(service: ServiceName, asked: number, run: number, verdict: ListenerVerdict): Promise<void> {
    const { ports, ownerContext, report } = this.#options;
    const look = async (port: number) => (await ports.use(port, ownerContext())).owners;
    switch (verdict.kind) {
      case 'ignores its port': {
        // `npm run dev` does not name the program that listens; the owner of the port does.
        const [port] = verdict.listening;
        const owners = port === undefined ? [] : await look(port);
        return report({
          type: 'listenersJudged',
          service,
          run,
          verdict,
          commands: owners.map((owner) => owner.command),
        });
      }
      case 'second listener': {
        const { ours } = ownerContext();
        const holds = (owner: OwnerCard) =>
          owner.listening.some(({ address, port }) => port === asked && address === verdict.address);
        const owner = (await look(asked)).find((other) => holds(other) && !ours.has(other.pid));
        const named = { ...verdict, pid: owner?.pid };
        return report({
          type: 'listenersJudged',
          service,
          run,
          verdict: named,
          commands: owner ? [owner.command] : [],
        });
      }
      default:
        return report({ type: 'listenersJudged', service, run, verdict, commands: [] });
    }
  }
}
