// A foreign server on the port in place of a service. It is watched like one of ours and never signalled. A stop only
// ends the watching; if the server ends, the service has failed.

import { whyNotReuse } from '../ports/conflict-choices.ts';
import type { Observation } from '../messages/inputs.ts';
import { becomeReady } from './probing.ts';
import type { Probe, ServiceSpec } from '../model/project.ts';
import { namesOf } from '../model/port-facts.ts';
import { createRun, type ExternalOwner } from '../model/run.ts';
import { currentRun, type Service } from '../model/service.ts';
import type { Turn } from './turn.ts';

/** Asks for the server on the port to be proven; `adopted` or `reuseRefused` is the answer. */
export function beginReuse(turn: Turn, service: Service): void {
  const { state, epoch, spec } = service;
  if (state.status !== 'conflict') return;
  const refusal = whyNotReuse(service, state.use);
  if (refusal !== null) return turn.amend(spec.name, { ...state, problem: refusal });
  const run = service.runs + 1;
  turn.patch(spec.name, { runs: run });
  turn.amend(spec.name, { ...state, work: { kind: 'reusing' }, problem: undefined });
  const { port, owners } = state.use;
  const seen = owners.map(({ pid, startTicks }) => ({ pid, startTicks }));
  turn.emit({ type: 'adopt', service: spec.name, epoch, run, port, owners: seen, probe: reuseProbeOf(spec) });
}

/** What the server has to answer. A line in a log that we do not have proves nothing. */
function reuseProbeOf(spec: ServiceSpec): Probe | undefined {
  return [spec.health, spec.ready].find((probe) => probe !== undefined && probe.check.kind !== 'log');
}

export function onAdopted(turn: Turn, input: Extract<Observation, { type: 'adopted' }>): void {
  const { service: name, run: number, owners, health } = input;
  const service = turn.service(name);
  const { state } = service;
  const [leader] = owners;
  if (service.epoch !== input.epoch || state.status !== 'conflict' || leader === undefined) {
    return turn.emit({ type: 'letGo', service: name, run: number });
  }
  const { pid, startTicks } = leader;
  const run = createRun({
    number,
    generation: state.generation,
    leader: { pid, startTicks },
    port: service.port,
    startedAtMs: turn.nowMs,
    external: owners,
  });
  const isWatched = health !== undefined && service.spec.health !== undefined;
  turn.patch(name, { health: isWatched ? { ...health, checkedAtMs: turn.nowMs } : undefined, exit: undefined });
  turn.emit({ type: 'note', service: name, text: externalInWords(owners) });
  becomeReady(turn, turn.service(name), run);
}

export function onExternalGone(turn: Turn, input: Extract<Observation, { type: 'externalGone' }>): void {
  const service = turn.service(input.service);
  const run = currentRun(service);
  if (run?.external === undefined || run.number !== input.run) return;
  const reason = `${namesOf(run.external)}, which was used in its place, ${input.reason}: start the service to continue`;
  turn.emit({ type: 'letGo', service: input.service, run: run.number });
  turn.emit({ type: 'note', service: input.service, text: `failed: ${reason}` });
  turn.enter(input.service, { status: 'failed', reason, generation: run.generation, conflict: undefined });
}

/** The service is to stop: the server keeps running. */
export function letGo(turn: Turn, service: Service, run: number, owners: readonly ExternalOwner[]): void {
  const { name } = service.spec;
  const note = `stopped watching ${namesOf(owners)}; it keeps running`;
  turn.emit({ type: 'letGo', service: name, run });
  turn.emit({ type: 'note', service: name, text: note });
  turn.enter(name, { status: 'stopped', note });
}

export function externalInWords(owners: readonly ExternalOwner[]): string {
  return `uses ${namesOf(owners)}, which devdeck did not start`;
}
