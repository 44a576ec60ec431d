// A service of a Compose file starts after the file was read, because only Compose knows its content. Each generation
// reads it again, so an edit counts at the next start. Services that refer to it wait for its port.

import { fail } from './stopping.ts';
import { followPort } from './ports.ts';
import type { Observation } from '../messages/inputs.ts';
import type { ServiceName, ServiceSpec } from '../model/project.ts';
import type { Blocker, Service } from '../model/service.ts';
import { withComposeFacts } from '../rules/compose-facts.ts';
import { portsUnder } from '../rules/project-change.ts';
import { refersTo } from '../env/references.ts';
import type { Turn } from './turn.ts';

type Seen<T extends Observation['type']> = Extract<Observation, { type: T }>;

/** What has to be read before the service can start; asks for it. */
export function composeBlockers(turn: Turn, service: Service): Blocker[] {
  const own = readFor(turn, service) ? [] : [{ text: 'its Compose file is being read', isForGood: false }];
  const unread = [...turn.services.values()].filter(
    (other) => isUnread(other) && refersTo(service.spec, other.spec.name),
  );
  return [...own, ...unread.flatMap((other) => blockerOf(turn, other))];
}

/** Whether the file was read for this generation, or could not be. */
function readFor(turn: Turn, { spec, compose, generation }: Service): boolean {
  if (spec.container?.kind !== 'compose') return true;
  if (compose?.status === 'reading') return false;
  if (compose?.generation === generation) return true;
  ask(turn, spec.name);
  return false;
}

/** Nothing is known of it yet. */
function isUnread({ spec, compose }: Service): boolean {
  return spec.container?.kind === 'compose' && compose?.facts === undefined;
}

function blockerOf(turn: Turn, { spec, compose }: Service): readonly Blocker[] {
  if (compose?.status === 'unreadable') return [{ text: `${spec.name}: ${compose.problem}`, isForGood: true }];
  if (compose === undefined) ask(turn, spec.name);
  return [{ text: `${spec.name}: its Compose file is being read`, isForGood: false }];
}

function ask(turn: Turn, name: ServiceName): void {
  const { compose, spec, generation } = turn.service(name);
  const { base = spec, facts } = compose ?? {};
  turn.patch(name, { compose: { status: 'reading', generation, base, facts, problem: '' } });
  turn.emit({ type: 'readCompose', service: name });
}

export function onComposeRead(turn: Turn, { service: name, facts }: Seen<'composeRead'>): void {
  const service = turn.service(name);
  if (service.compose?.status !== 'reading') return;
  const { base, generation } = service.compose;
  const spec = withComposeFacts(base, facts, specsOf(turn));
  const { port, wantedPort, morePorts } = portsUnder(spec, service);
  turn.patch(name, { spec, wantedPort, morePorts, compose: { status: 'read', generation, base, facts, problem: '' } });
  if (port === undefined || service.port === undefined) turn.patch(name, { port });
  else if (port !== service.port) followPort(turn, name, port);
}

export function onComposeUnreadable(turn: Turn, input: Seen<'composeUnreadable'>): void {
  const { service: name, problem, awaitsEngine = false } = input;
  const service = turn.service(name);
  if (service.compose?.status !== 'reading') return;
  const { base, generation, facts } = service.compose;
  turn.patch(name, { compose: { status: 'unreadable', generation, base, facts, problem } });
  if (service.wanted && service.state.status === 'waiting')
    fail(turn, name, service.generation, problem, { awaitsEngine });
}

function specsOf(turn: Turn): readonly ServiceSpec[] {
  return [...turn.services.values()].map(({ spec }) => spec);
}
