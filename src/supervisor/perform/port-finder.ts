// Finds the new port of a service: the port that a person typed, its previous port, or the next free one. The
// machine's ledger records it at once, so that no two sessions take the same.

import type { PortSpec, ServiceSpec } from '../../core/model/project.ts';
import { portKey, portOfKey, type PortKey } from '../../core/session/service-ports.ts';
import { BugError } from '../../errors.ts';
import type { OwnerContext, System } from '../../system/system.ts';

interface PortFinderContext {
  readonly system: Pick<System, 'ports' | 'ledger'>;
  /** Ports in use right now. */
  readonly ports: () => Readonly<Record<PortKey, number>>;
  readonly ownerContext: () => OwnerContext;
}

/**
 * The port for the service: `exact` or a refusal; without it, to `move` there or only to `suggest` it.
 * @throws Error with the reason if there is none
 */
export function portFor(
  context: PortFinderContext,
  spec: ServiceSpec,
  { name, purpose, exact }: Wish,
): Promise<number> {
  const key = name === undefined ? spec.name : portKey(spec.name, name);
  if (exact !== undefined) return claimExact(context, key, exact);
  const wanted = portToMove(context, spec, key);
  return purpose === 'move' ? claimAny(context, key, wanted) : suggest(context, key, wanted);
}

interface Wish {
  /** The entry under `ports:`; undefined for the first. */
  readonly name: string | undefined;
  readonly purpose: 'suggest' | 'move';
  readonly exact: number | undefined;
}

/** The message is for the person who asked for the port. */
class PortRefused extends Error {}

async function claimExact(context: PortFinderContext, key: PortKey, port: number): Promise<number> {
  const { ports, ledger } = context.system;
  const neighbour = Object.entries(context.ports()).find(([other, used]) => used === port && other !== key);
  if (neighbour !== undefined) throw new PortRefused(`port ${port} is the port of ${neighbour[0]}`);
  const use = await ports.use(port, context.ownerContext());
  if (use.addresses.length > 0) {
    const owner = use.owners[0];
    const by = owner === undefined ? 'a hidden process' : `${owner.name} (pid ${owner.pid})`;
    throw new PortRefused(`port ${port} is taken too, by ${by}`);
  }
  if ((await ledger.claim(key, [port], (candidate) => ports.isFree(candidate))) !== undefined) return port;
  const holder = await ledger.holderOf(port);
  throw new PortRefused(
    holder === undefined
      ? `the system refuses port ${port} to a service`
      : `port ${port} is kept for ${holder.service} of the project in ${holder.root}`,
  );
}

async function claimAny(
  context: PortFinderContext,
  key: PortKey,
  { wanted, range, known }: PortToMove,
): Promise<number> {
  const { ports, ledger } = context.system;
  const kept = await ledger.find(key);
  function* candidates(): Generator<number> {
    if (kept !== undefined && !known.has(kept)) yield kept;
    for (const port of ports.candidates(wanted, range)) if (!known.has(port)) yield port;
  }
  const port = await ledger.claim(key, candidates(), (candidate) => ports.isFree(candidate));
  if (port === undefined) throw new PortRefused(`no port is free for ${key}`);
  return port;
}

/** What `claimAny` would most likely give. It binds nothing: other services may be about to listen there. */
async function suggest(
  context: PortFinderContext,
  key: PortKey,
  { wanted, range, known }: PortToMove,
): Promise<number> {
  const { ports, ledger } = context.system;
  const taken = new Set([...known, ...(await ledger.taken(key))]);
  const kept = await ledger.find(key);
  if (kept !== undefined && !taken.has(kept) && !ports.isListening(kept)) return kept;
  return ports.nextFree(wanted, range, taken);
}

interface PortToMove {
  /** As it is in use. */
  readonly wanted: number;
  readonly range: PortSpec['range'];
  readonly known: ReadonlySet<number>;
}

function portToMove(context: PortFinderContext, spec: ServiceSpec, key: PortKey): PortToMove {
  const current = context.ports();
  const wanted = current[key];
  const { name } = portOfKey(key);
  const port = name === undefined ? spec.port : spec.morePorts?.find((more) => more.name === name);
  if (port === undefined || wanted === undefined) throw new BugError(`there is no port ${key} to move`);
  return { wanted, range: port.range, known: new Set(Object.values(current)) };
}
