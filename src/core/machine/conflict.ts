// A port is taken: decides who is asked, which choices exist, and what each choice does.
// Nothing is killed and no port is moved unless a person, the config or a flag said so; the one
// exception is a leftover of an earlier session of this very project, when no person can be asked.

import type { ConflictPolicy, ConflictChoiceName } from '../model/vocabulary.ts';
import { assertNever } from '../../errors.ts';
import {
  asksItself,
  conflictChoices,
  whyNotContainer,
  whyNotKill,
  whyNotReroute,
  whyNotReuse,
} from '../ports/conflict-choices.ts';
import { beginReuse } from './external.ts';
import type { Observation } from '../messages/inputs.ts';
import { checkPort, lookAtPort, spawn } from './lifecycle.ts';
import { isFree, isKeptBack, whyNotFree, type PortUse } from '../model/port-facts.ts';
import { movePort } from './ports.ts';
import type { ServiceName } from '../model/project.ts';
import { namedPortAt, portsInOrder } from '../session/service-ports.ts';
import type { ConflictWork, Service, ServiceState } from '../model/service.ts';
import type { ProcessIdentity } from '../model/run.ts';
import { decisionOf, toRemember, type RememberedChoice } from '../ports/remembered-choice.ts';
import type { ConflictDecision } from '../session/session.ts';
import type { Turn } from './turn.ts';

/** How long the owner of a port may take to stop before SIGKILL. */
const OWNER_GRACE_MS = 5_000;
/** How often a port is looked at that the system keeps back. */
const KEPT_BACK_RETRY_MS = 1_000;

export function onPortChecked(turn: Turn, input: Extract<Observation, { type: 'portChecked' }>): void {
  const service = turn.service(input.service);
  if (service.epoch !== input.epoch) return;
  const { state } = service;
  if (state.status === 'conflict') {
    // A fresh look after a choice that did not work out: the card may have changed.
    if (mayStart(input)) startOnFreePort(turn, service, input.use.port);
    else if (isKeptBack(input.use)) checkPort(turn, input.service, input.use.port);
    else turn.amend(input.service, { ...state, use: input.use });
    return;
  }
  if (state.status !== 'checking') return;
  if (mayStart(input)) return startOnFreePort(turn, service, input.use.port);
  if (isKeptBack(input.use)) return waitForPort(turn, service, state, input.use);
  enterConflict(turn, service, input.use, input.remembered);
}

function mayStart({ use, isOwnContainer = false }: Extract<Observation, { type: 'portChecked' }>): boolean {
  return isFree(use) || isOwnContainer;
}

/** No process has the port, so no person is asked: the service starts within a minute. */
function waitForPort(
  turn: Turn,
  { spec, epoch }: Service,
  state: Extract<ServiceState, { status: 'checking' }>,
  use: PortUse,
): void {
  const keptBack = whyNotFree(use);
  if (state.keptBack === undefined) turn.emit({ type: 'note', service: spec.name, text: `waits: ${keptBack}` });
  turn.amend(spec.name, { ...state, keptBack });
  turn.emit({ type: 'startTimer', service: spec.name, epoch, kind: 'portRetry', delayMs: KEPT_BACK_RETRY_MS });
}

/** One port after the other. One that only the service's output named is none of them: then they are looked at from the first. */
function startOnFreePort(turn: Turn, service: Service, free: number): void {
  const ports = portsInOrder(service);
  const next = ports[ports.indexOf(free) + 1];
  if (next === undefined) spawn(turn, service.spec.name);
  else checkPort(turn, service.spec.name, next);
}

export function resolveConflict(turn: Turn, name: ServiceName, decision: ConflictDecision): void {
  const service = turn.service(name);
  const { state } = service;
  if (state.status !== 'conflict' || state.work.kind !== 'idle') return;
  if (decision.remember === true) remember(turn, service, decision.choice);
  switch (decision.choice) {
    case 'kill':
      return stopOwners(turn, service, decision.owners);
    case 'reroute': {
      const refusal = whyNotReroute(service, state.use);
      if (refusal !== null) return turn.amend(name, { ...state, problem: refusal });
      if (asksItself(service, state.use)) return acceptOffer(turn, service, state.use, decision.port);
      setWork(turn, service, { kind: 'rerouting' });
      findPort(turn, service, state.use, { purpose: 'move', exact: decision.port });
      return;
    }
    case 'reuse':
      return beginReuse(turn, service);
    case 'container':
      return stopContainer(turn, service, decision.id);
    case 'retry':
      return checkPort(turn, name, state.use.port);
    case 'skip':
      turn.patch(name, { wanted: false });
      turn.enter(name, { status: 'stopped', note: `skipped: port ${state.use.port} is taken` });
      return;
    default:
      assertNever(decision);
  }
}

/** It picks its port itself, so it starts again, and gets yes when it asks. */
function acceptOffer(turn: Turn, service: Service, use: PortUse, exact: number | undefined): void {
  const { asked, state, spec } = service;
  if (asked === undefined || state.status !== 'conflict') return;
  if (exact !== undefined) {
    const problem = `${spec.name} takes the port that it offers by itself, not port ${exact}`;
    return turn.amend(spec.name, { ...state, problem });
  }
  turn.patch(spec.name, { asked: { ...asked, isAccepted: true } });
  startOnFreePort(turn, service, use.port);
}

export function onOwnersStopping(turn: Turn, input: Extract<Observation, { type: 'ownersStopping' }>): void {
  const service = turn.service(input.service);
  if (service.epoch === input.epoch) setWork(turn, service, { kind: 'stopping', progress: input.progress });
}

export function onOwnersStopped(turn: Turn, input: Extract<Observation, { type: 'ownersStopped' }>): void {
  const service = turn.service(input.service);
  const { state } = service;
  if (service.epoch !== input.epoch || state.status !== 'conflict') return;
  turn.emit({ type: 'note', service: input.service, text: input.message });
  if (input.isFree) return checkPort(turn, input.service, state.use.port);
  if (state.orElse.length > 0) return follow(turn, input.service, state.orElse);
  if (input.comesBack !== undefined) turn.amend(input.service, { ...state, comesBack: input.comesBack });
  reopen(turn, turn.service(input.service), input.message);
}

export function onPortFound(turn: Turn, input: Extract<Observation, { type: 'portFound' }>): void {
  const service = turn.service(input.service);
  const { state } = service;
  if (service.epoch !== input.epoch || state.status !== 'conflict') return;
  if (input.purpose === 'suggest') {
    turn.amend(input.service, { ...state, suggestedPort: input.port });
    return;
  }
  const { port } = state.use;
  turn.emit({ type: 'note', service: input.service, text: `moved from port ${port} to ${input.port}` });
  movePort(turn, input.service, input.port, namedPortAt(service, port));
  checkPort(turn, input.service, input.port);
}

export function onChoiceRefused(
  turn: Turn,
  input: Extract<Observation, { type: 'portRefused' | 'reuseRefused' }>,
): void {
  const service = turn.service(input.service);
  const { state } = service;
  if (service.epoch !== input.epoch || state.status !== 'conflict') return;
  if (state.orElse.length > 0) return follow(turn, input.service, state.orElse);
  reopen(turn, service, input.message);
}

/** Opens the dialog, or does at once what the policy says, or what the person wanted remembered. */
export function enterConflict(turn: Turn, service: Service, use: PortUse, remembered?: RememberedChoice): void {
  const { name } = service.spec;
  const policy = policyFor(turn, service, use);
  if (policy === 'fail') return failByConflict(turn, service, use);
  const isOwn = turn.session.onConflict === undefined && policy === service.spec.onConflict;
  const orElse = isOwn ? (service.spec.onConflictElse ?? []) : [];
  turn.enter(name, {
    status: 'conflict',
    generation: service.generation,
    use,
    sinceMs: turn.nowMs,
    work: { kind: 'idle' },
    orElse: [],
    comesBack: undefined,
    suggestedPort: undefined,
    problem: undefined,
  });
  if (use.protocol === 'udp') turn.patch(name, { takesDatagrams: true });
  turn.emit({ type: 'note', service: name, text: whyNotFree(use) });
  if (remembered !== undefined && mayRecall(turn, service)) {
    turn.emit({ type: 'note', service: name, text: `remembered for this project: ${remembered.choice}` });
    return resolveConflict(turn, name, decisionOf(remembered, use));
  }
  follow(turn, name, [policy, ...orElse]);
}

/** Does what the first of these policies says; when that cannot be done, the next one. The last resort is a question. */
function follow(turn: Turn, name: ServiceName, [policy = 'ask', ...orElse]: readonly ConflictPolicy[]): void {
  const { state } = turn.service(name);
  if (state.status !== 'conflict') return;
  const { use } = state;
  turn.amend(name, { ...state, work: { kind: 'idle' }, orElse });
  const service = turn.service(name);
  if (orElse.length > 0 && whyNotPolicy(policy, service, use) !== null) return follow(turn, name, orElse);
  if (policy === 'fail') return failByConflict(turn, service, use);
  if (policy === 'kill' && whyNotKill(use) === null) return stopOwners(turn, service, use.owners);
  if (policy === 'reuse') beginReuse(turn, service);
  if (whyNotReroute(service, use) !== null) return;
  if (asksItself(service, use)) return policy === 'reroute' ? acceptOffer(turn, service, use, undefined) : undefined;
  if (policy === 'reroute') {
    setWork(turn, service, { kind: 'rerouting' });
    return findPort(turn, turn.service(name), use, { purpose: 'move', exact: undefined });
  }
  findPort(turn, turn.service(name), use, { purpose: 'suggest', exact: undefined });
}

function whyNotPolicy(policy: ConflictPolicy, service: Service, use: PortUse): string | null {
  switch (policy) {
    case 'kill':
      return whyNotKill(use);
    case 'reroute':
      return whyNotReroute(service, use);
    case 'reuse':
      return whyNotReuse(service, use);
    case 'ask':
    case 'fail':
      return null;
    default:
      return assertNever(policy);
  }
}

function failByConflict(turn: Turn, { spec, generation }: Service, use: PortUse): void {
  const reason = whyNotFree(use);
  turn.emit({ type: 'note', service: spec.name, text: `failed: ${reason}` });
  turn.enter(spec.name, { status: 'failed', reason, generation, conflict: { use, sinceMs: turn.nowMs } });
}

/** Another one for the port that is taken. */
function findPort(
  turn: Turn,
  service: Service,
  { port }: PortUse,
  how: { readonly purpose: 'suggest' | 'move'; readonly exact: number | undefined },
): void {
  const { spec, epoch } = service;
  turn.emit({ type: 'findPort', service: spec.name, epoch, name: namedPortAt(service, port), ...how });
}

/** A policy of the config, or a flag, even `ask`, says what is wanted now. */
function mayRecall(turn: Turn, service: Service): boolean {
  return turn.session.onConflict === undefined && service.spec.onConflict === 'ask';
}

function remember(turn: Turn, service: Service, choice: ConflictChoiceName): void {
  const { state, spec } = service;
  if (state.status !== 'conflict') return;
  const isPossible = conflictChoices(service, state.use).some(
    ({ name, unavailable }) => name === choice && unavailable === null,
  );
  const remembered = toRemember(spec.name, choice, state.use);
  if (isPossible && remembered !== undefined) turn.emit({ type: 'remember', service: spec.name, choice: remembered });
}

/** What is to be done about the port: as the flag or the config says; what is left over of us is no question. */
export function policyFor(turn: Turn, service: Service, use: PortUse): ConflictPolicy {
  const policy = turn.session.onConflict ?? service.spec.onConflict;
  if (policy !== 'ask' || turn.session.isAttended) return policy;
  return use.owners.length > 0 && use.owners.every((owner) => owner.verdict === 'left over') ? 'kill' : 'ask';
}

function stopOwners(turn: Turn, service: Service, owners: readonly ProcessIdentity[]): void {
  const { state } = service;
  if (state.status !== 'conflict') return;
  setWork(turn, service, { kind: 'stopping', progress: 'asking the owner to stop' });
  const targets = owners.map(({ pid, startTicks }) => ({ pid, startTicks }));
  const { port, protocol } = state.use;
  turn.emit({
    type: 'stopOwners',
    service: service.spec.name,
    epoch: service.epoch,
    port,
    ...(protocol === 'udp' ? { isUdp: true } : {}),
    owners: targets,
    graceMs: OWNER_GRACE_MS,
  });
}

/** Only the container that the person saw. */
function stopContainer(turn: Turn, service: Service, id: string): void {
  const { state, epoch } = service;
  if (state.status !== 'conflict') return;
  const { name } = service.spec;
  const { port, behind } = state.use;
  const refusal = whyNotContainer(state.use);
  if (refusal !== null) return turn.amend(name, { ...state, problem: refusal });
  if (behind?.container?.id !== id) return reopen(turn, service, 'another container has the port now');
  setWork(turn, service, { kind: 'stopping', progress: `asking the container ${behind.container.name} to stop` });
  turn.emit({ type: 'stopContainer', service: name, epoch, port, container: behind.container });
}

/** The choice did not settle it: says why, and looks up the owners again. */
function reopen(turn: Turn, service: Service, problem: string): void {
  const { state, epoch } = service;
  if (state.status !== 'conflict') return;
  turn.amend(service.spec.name, { ...state, work: { kind: 'idle' }, problem });
  lookAtPort(turn, service, epoch, state.use.port);
}

function setWork(turn: Turn, service: Service, work: ConflictWork): void {
  if (service.state.status === 'conflict')
    turn.amend(service.spec.name, { ...service.state, work, problem: undefined });
}
