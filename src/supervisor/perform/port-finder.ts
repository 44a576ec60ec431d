// Finds the port that a service moves to: the one that a person typed, the one that it had before, or the next free one.
// What is taken is written to the machine's ledger at once, so that no two sessions take the same.

import type { ServiceName, ServiceSpec } from '../../core/model/project.ts';
import { BugError } from '../../errors.ts';
import type { OwnerContext, System } from '../../system/system.ts';

interface PortFinderContext {
  readonly system: Pick<System, 'ports' | 'ledger'>;
  /** Ports in force right now. */
  readonly ports: () => Readonly<Record<ServiceName, number>>;
  readonly ownerContext: () => OwnerContext;
}

/**
 * The port for the service: `exact` or a refusal; without it, to `move` there or only to `suggest` it.
 * @throws Error whose message tells the person why there is none
 */
export function portFor(
  context: PortFinderContext,
  spec: ServiceSpec,
  { purpose, exact }: { readonly purpose: 'suggest' | 'move'; readonly exact: number | undefined },
): Promise<number> {
  if (exact !== undefined) return claimExact(context, spec, exact);
  return purpose === 'move' ? claimAny(context, spec) : suggest(context, spec);
}

/** The message is for the person who asked for the port. */
class PortRefused extends Error {}

async function claimExact(context: PortFinderContext, { name }: ServiceSpec, port: number): Promise<number> {
  const { ports, ledger } = context.system;
  const neighbour = Object.entries(context.ports()).find(([other, used]) => used === port && other !== name);
  if (neighbour !== undefined) throw new PortRefused(`port ${port} is the port of ${neighbour[0]}`);
  const use = await ports.use(port, context.ownerContext());
  if (use.addresses.length > 0) {
    const owner = use.owners[0];
    const by = owner === undefined ? 'a hidden process' : `${owner.name} (pid ${owner.pid})`;
    throw new PortRefused(`port ${port} is taken too, by ${by}`);
  }
  if ((await ledger.claim(name, [port], (candidate) => ports.isFree(candidate))) !== undefined) return port;
  const holder = await ledger.holderOf(port);
  throw new PortRefused(
    holder === undefined
      ? `the system does not give port ${port} to a service`
      : `port ${port} is kept for ${holder.service} of the project in ${holder.root}`,
  );
}

async function claimAny(context: PortFinderContext, spec: ServiceSpec): Promise<number> {
  const { ports, ledger } = context.system;
  const { wanted, range, known } = portToMove(context, spec);
  const kept = await ledger.find(spec.name);
  function* candidates(): Generator<number> {
    if (kept !== undefined && !known.has(kept)) yield kept;
    for (const port of ports.candidates(wanted, range)) if (!known.has(port)) yield port;
  }
  const port = await ledger.claim(spec.name, candidates(), (candidate) => ports.isFree(candidate));
  if (port === undefined) throw new PortRefused(`no port is free for ${spec.name}`);
  return port;
}

/** What `claimAny` would most likely give. Binds nothing: others may be about to listen there. */
async function suggest(context: PortFinderContext, spec: ServiceSpec): Promise<number> {
  const { ports, ledger } = context.system;
  const { wanted, range, known } = portToMove(context, spec);
  const taken = new Set([...known, ...(await ledger.taken(spec.name))]);
  const kept = await ledger.find(spec.name);
  if (kept !== undefined && !taken.has(kept) && !ports.isListening(kept)) return kept;
  return ports.nextFree(wanted, range, taken);
}

function portToMove(context: PortFinderContext, { name, port }: ServiceSpec) {
  const current = context.ports();
  const wanted = current[name];
  if (port === undefined || wanted === undefined) throw new BugError(`${name} has no port to move`);
  return { wanted, range: port.range, known: new Set(Object.values(current)) };
}
