// Applies another config: its services become the session's services, by the plan of core/rules/project-change. A
// removed service stops first, and leaves once nothing of it is left.

import { withKnownFacts } from '../rules/compose-facts.ts';
import type { ServiceName, ServiceSpec } from '../model/project.ts';
import { asksOtherwise, planChanges, portsUnder } from '../rules/project-change.ts';
import { renewProbing } from './probing.ts';
import { createService, isLive, type Service } from '../model/service.ts';
import type { Turn } from './turn.ts';

export function applyConfig(turn: Turn, written: readonly ServiceSpec[]): void {
  if (turn.session.isEnding) return;
  const specs = withKnownFacts(turn.services, written);
  const before = turn.services;
  const plan = planChanges(before, written);
  turn.replaceServices(servicesUnder(turn, specs));
  for (const base of written) {
    const { compose } = turn.service(base.name);
    if (compose !== undefined) turn.patch(base.name, { compose: { ...compose, base } });
  }
  for (const { service, kind, effect, text, isStale } of plan) {
    const { wanted } = turn.service(service);
    // One of which nothing is left is gone before the note could be written.
    if (kind !== 'removed' || effect === 'stop') turn.emit({ type: 'note', service, text: `config: ${text}` });
    if (kind === 'removed') continue;
    if (kind === 'added' || effect === 'start') turn.patch(service, { wanted: effect === 'start' || wanted });
    if (!isStale || !turn.service(service).wanted) continue;
    turn.beginGeneration(service, { renewal: `config: ${text}`, isFresh: true });
  }
  for (const [name, { spec }] of before) {
    const service = turn.service(name);
    if (!service.isRemoved && asksOtherwise(spec, service.spec)) renewProbing(turn, service);
  }
}

/** In the order of the config; those that are no longer in it come last. */
function servicesUnder(turn: Turn, specs: readonly ServiceSpec[]): Map<ServiceName, Service> {
  const services = new Map<ServiceName, Service>();
  for (const spec of specs) {
    const known = turn.services.get(spec.name);
    const service =
      known === undefined
        ? createService(spec, turn.session.departed.get(spec.name))
        : { ...known, spec, isRemoved: false, ...portsUnder(spec, known) };
    services.set(spec.name, service);
  }
  for (const [name, service] of turn.services) {
    if (!services.has(name)) services.set(name, { ...service, wanted: false, isRemoved: true });
  }
  return services;
}

/** Lets go of the services that the config has no more, once nothing of them is left. */
export function dropDeparted(turn: Turn): void {
  for (const [name, service] of turn.services) {
    if (service.isRemoved && !isLive(service) && service.leftovers.length === 0) turn.depart(name);
  }
}
