// What a stopped service may have left on its port. A daemon that left its parents, its group and its mark is no
// longer provably ours, so it is named but not signalled. The port was free when the run began. So an owner that began
// later came from that run, or took its place.

import type { HeldPort } from '../../core/session/inspection.ts';
import type { Service } from '../../core/model/service.ts';
import { portsInOrder } from '../../core/session/service-ports.ts';
import type { OwnerContext, Ports, PortUse } from '../../system/system.ts';

/** Process start times count in ticks after a boot time, which is known only to the second. */
const CLOCK_SLACK_MS = 1_500;

export interface HeldPortsRequest {
  readonly services: readonly Service[];
  readonly ports: Pick<Ports, 'isListening' | 'examine'>;
  readonly ownerContext: () => OwnerContext;
  /** From the session's own clock to RFC 3339. */
  readonly toTime: (atMs: number) => string;
}

/** Ports of services that no longer run, now with an owner that began after their start. */
export async function findHeldPorts(request: HeldPortsRequest): Promise<readonly HeldPort[]> {
  const found = await Promise.all(
    request.services.flatMap((service) => portsInOrder(service).map((port) => heldPortOf(service, port, request))),
  );
  return found.flatMap((held) => held ?? []);
}

async function heldPortOf(service: Service, port: number, request: HeldPortsRequest): Promise<HeldPort | undefined> {
  const last = service.exits.at(-1);
  if (last === undefined || !request.ports.isListening(port)) return undefined;
  const use = await request.ports.examine(port, request.ownerContext(), {});
  const since = Date.parse(request.toTime(last.atMs - last.uptimeMs)) - CLOCK_SLACK_MS;
  const isLater = ({ startedAt }: PortUse['owners'][number]) => startedAt === null || Date.parse(startedAt) >= since;
  if (use.addresses.length === 0 || !use.owners.every(isLater)) return undefined;
  return { service: service.spec.name, port, owners: use.owners.map(({ pid, name }) => ({ pid, name })) };
}
