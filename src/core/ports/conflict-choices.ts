// The choices of a port conflict, and why one of them is not possible.

import type { ConflictChoiceName } from '../model/vocabulary.ts';
import type { PortUse } from '../model/port-facts.ts';
import type { Service } from '../model/service.ts';
import { namedPortAt, portsInOrder } from '../session/service-ports.ts';
import type { ConflictChoice } from '../session/snapshot.ts';

/** Every choice of the dialog, each with the reason when it cannot be taken. */
export function conflictChoices(service: Service, use: PortUse): ConflictChoice[] {
  const comesBack = service.state.status === 'conflict' ? service.state.comesBack : undefined;
  const choice = (name: ConflictChoiceName, unavailable: string | null): ConflictChoice => ({ name, unavailable });
  return [
    choice('kill', comesBack ?? whyNotKill(use)),
    choice('reroute', whyNotReroute(service, use)),
    choice('reuse', whyNotReuse(service, use)),
    choice('container', whyNotContainer(use)),
    choice('retry', null),
    choice('skip', null),
  ];
}

export function whyNotKill(use: PortUse): string | null {
  if (use.addresses.length === 0) return 'no program listens there that could be stopped';
  if (use.owners.length === 0) {
    return use.behind?.container === undefined
      ? 'the owner is hidden from us (another user, or a container)'
      : 'a container has the port; stop the container instead';
  }
  return use.owners.find((owner) => owner.refusal !== null)?.refusal ?? null;
}

/** The service offers to take another port than this one, which is not the one that it was given. */
export function asksItself(service: Service, use: PortUse): boolean {
  return service.asked?.port === use.port && !portsInOrder(service).includes(use.port);
}

/** Only a port that the service was given can be given again, or one that it offers to change. */
export function whyNotReroute(service: Service, use: PortUse): string | null {
  const { port, spec } = service;
  if (portsInOrder(service).includes(use.port) || asksItself(service, use)) return null;
  if (spec.port === undefined) return `the config does not say which port it takes: add port: ${use.port}`;
  return `it takes port ${use.port} by itself: its port in the config is ${port ?? spec.port.wanted}`;
}

/** An external server must be visible, so that it can be watched, and have the address of the service. */
export function whyNotReuse(service: Service, use: PortUse): string | null {
  const { port, spec } = service;
  if (namedPortAt(service, use.port) !== undefined)
    return 'only the first port of a service can be taken by another server';
  if (spec.port === undefined) return `the config does not say which port it takes: add port: ${use.port}`;
  if (port !== use.port) return `its port in the config is ${port ?? spec.port.wanted}`;
  if (use.protocol === 'udp') return 'a program that takes datagrams cannot be asked whether it works';
  if (use.owners.length === 0) return 'the owner is hidden from us, so it could not be watched';
  const ours = use.owners.find(({ verdict }) => verdict === 'ours');
  return ours === undefined ? null : `${ours.name} (pid ${ours.pid}) belongs to this session`;
}

export function whyNotContainer({ behind }: PortUse): string | null {
  if (behind === undefined) return 'the owner is not a container';
  return behind.container === undefined ? behind.reason : null;
}
