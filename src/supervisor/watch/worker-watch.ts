// Finds a server that has died under a reloader which keeps its socket open (uvicorn --reload): the port still listens
// and the kernel accepts connections, but no process answers them. The proof has two parts. One of the processes that
// shared the socket is left, and the others have ended. And a connection to the port, on which nothing is sent, stays
// with the kernel. Trap: most programs with workers look like this while they replace one. Only two checks in a row
// count, and a process that has taken a connection is never suspected again.

import type { TreeFacts } from '../../core/view/view.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Clock, Knock, Ports, ProcessIdentity, Processes } from '../../system/system.ts';

/** A server takes a connection within a few milliseconds; this allows for a busy machine. */
const ANSWER_MS = 500;
const NEXT_LOOK_MS = ANSWER_MS + 50;

interface WorkerWatchOptions {
  readonly clock: Clock;
  readonly processes: Pick<Processes, 'isAlive'>;
  readonly ports: Pick<Ports, 'knock'>;
  readonly lookWithin: (delayMs: number) => void;
}

interface Watched {
  readonly service: ServiceName;
  readonly run: number;
  readonly port: number;
  readonly tree: TreeFacts;
}

interface Known {
  readonly run: number;
  readonly port: number;
  /** Pids that shared the socket. */
  readonly shared: Set<number>;
  /** Pids that have it now. */
  holders: readonly ProcessIdentity[];
  /** The remaining process is known to take connections. */
  server: number | undefined;
  knock: Knock | 'on its way' | undefined;
  /** Since when each check found one process left, and no answer to the knock. */
  suspectedSinceMs: number | undefined;
  isDeserted: boolean;
}

export class WorkerWatch {
  readonly #options: WorkerWatchOptions;
  readonly #known = new Map<ServiceName, Known>();

  constructor(options: WorkerWatchOptions) {
    this.#options = options;
  }

  /** Whether the service's port listens, but none of its processes takes connections. */
  isDeserted(watched: Watched): boolean {
    const known = this.#recall(watched);
    const { port, tree } = watched;
    known.holders = tree.holders.filter((holder) => holder.port === port);
    if (known.holders.length > 1) for (const { pid } of known.holders) known.shared.add(pid);
    const survivor = survivorOf(known, tree.pids);
    if (known.knock === undefined && survivor !== undefined) void this.#begin(known, tree);
    else this.#hear(known, survivor);
    return known.isDeserted;
  }

  /** Something may have changed: a process with the socket has ended, or the knock was taken. */
  hasChanged(service: ServiceName): boolean {
    const known = this.#known.get(service);
    if (known === undefined) return false;
    const isHeard = typeof known.knock === 'object' && known.knock.state() !== 'waiting';
    return isHeard || known.holders.some((holder) => !this.#options.processes.isAlive(holder));
  }

  /** Forgets all services except these. */
  keep(services: ReadonlySet<ServiceName>): void {
    for (const [service, known] of this.#known) {
      if (services.has(service)) continue;
      endKnock(known);
      this.#known.delete(service);
    }
  }

  #recall({ service, run, port }: Watched): Known {
    const before = this.#known.get(service);
    if (before?.run === run && before.port === port) return before;
    if (before !== undefined) endKnock(before);
    const known: Known = {
      run,
      port,
      shared: new Set(),
      holders: [],
      server: undefined,
      knock: undefined,
      suspectedSinceMs: undefined,
      isDeserted: false,
    };
    this.#known.set(service, known);
    return known;
  }

  async #begin(known: Known, { listening }: TreeFacts): Promise<void> {
    const { ports } = this.#options;
    const address = listening.find(({ port, protocol }) => port === known.port && protocol === undefined)?.address;
    if (ports.knock === undefined || address === undefined) return;
    known.knock = 'on its way';
    known.knock = await ports.knock(known.port, address);
    this.#suspect(known);
  }

  #suspect(known: Known): void {
    known.suspectedSinceMs = this.#options.clock.nowMs();
    this.#options.lookWithin(NEXT_LOOK_MS);
  }

  #hear(known: Known, survivor: number | undefined): void {
    if (typeof known.knock !== 'object') return;
    const state = known.knock.state();
    if (state === 'waiting') return this.#doubt(known, survivor);
    if (state === 'taken') known.server = survivor;
    endKnock(known);
  }

  #doubt(known: Known, survivor: number | undefined): void {
    const { suspectedSinceMs } = known;
    // A new process may need a while to load.
    if (survivor === undefined) known.suspectedSinceMs = undefined;
    else if (suspectedSinceMs === undefined) this.#suspect(known);
    else if (this.#options.clock.nowMs() - suspectedSinceMs >= ANSWER_MS) known.isDeserted = true;
  }
}

/** The one remaining process of several with the socket, unless it is known to be a server itself. */
function survivorOf({ holders, shared, server }: Known, living: readonly number[]): number | undefined {
  const [holder, another] = holders;
  if (holder === undefined || another !== undefined || !shared.has(holder.pid) || holder.pid === server)
    return undefined;
  // A server that closes properly gives up the socket first and lives on for its last answers.
  return living.some((pid) => pid !== holder.pid && shared.has(pid)) ? undefined : holder.pid;
}

function endKnock(known: Known): void {
  if (typeof known.knock === 'object') known.knock.end();
  known.knock = undefined;
  known.suspectedSinceMs = undefined;
  known.isDeserted = false;
}
