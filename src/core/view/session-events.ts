// What happened to a service between two states, as plain facts for `events`: one change may be several of them.
// Left to others: masking the secrets in what a service said.

import type { Alert } from './alerts.ts';
import { explain } from './explain.ts';
import type { ServiceName } from '../model/project.ts';
import { describeExit } from '../rules/restart-policy.ts';
import type { ConflictOutcome, EventFact } from '../session/events.ts';
import type { StartTimes } from '../session/startup.ts';
import { currentRun, isExternal, isLive, type Service } from '../model/service.ts';
import type { PortUse } from '../model/port-facts.ts';
import type { FailedCheckView } from '../session/snapshot.ts';
import { nameOf } from './view.ts';

/** A server may have forked any number of workers that share its port. */
const MOST_OWNERS = 50;

/** What the project's own checks came to since the last time: new failures, and those that are over. */
export function checkFacts(before: readonly FailedCheckView[], now: readonly FailedCheckView[]): readonly EventFact[] {
  const isIn = (list: readonly FailedCheckView[], { name, message }: FailedCheckView): boolean =>
    list.some((other) => other.name === name && other.message === message);
  const passed = before.filter(({ name }) => now.every((failed) => failed.name !== name));
  return [
    ...now
      .filter((failed) => !isIn(before, failed))
      .map(({ name, message }) => ({ type: 'check', name, status: 'fail', message }) as const),
    ...passed.map(({ name }) => ({ type: 'check', name, status: 'pass' }) as const),
  ];
}

/** Alerts of a service that were raised or cleared. */
export function alertFacts(
  service: ServiceName,
  before: readonly Alert[],
  now: readonly Alert[],
): readonly EventFact[] {
  const isIn = (list: readonly Alert[], { kind, message }: Alert): boolean =>
    list.some((other) => other.kind === kind && other.message === message);
  const fact = ({ kind, severity, value, limit, message }: Alert, state: 'raised' | 'cleared'): EventFact => ({
    type: 'alert',
    service,
    rule: kind,
    severity,
    state,
    value,
    limit,
    message,
  });
  return [
    ...now.filter((alert) => !isIn(before, alert)).map((alert) => fact(alert, 'raised')),
    ...before.filter((alert) => !isIn(now, alert)).map((alert) => fact(alert, 'cleared')),
  ];
}

/** @param times how long the start took, for a run that is ready for the first time */
export function factsBetween(before: Service, now: Service, times?: StartTimes): readonly EventFact[] {
  const service = now.spec.name;
  const facts: EventFact[] = [];
  const actor = now.by === undefined ? {} : { actor: now.by };
  if (now.exit !== undefined && now.exit !== before.exit) {
    facts.push({ type: 'exit', service, run: before.runs, code: now.exit.code, signal: now.exit.signal, ...actor });
  }
  facts.push(...crashBetween(before, now), ...restartBetween(before, now));
  if (now.port !== before.port) {
    facts.push({ type: 'port', service, port: now.port ?? null, previous: before.port ?? null });
  }
  facts.push(...conflictBetween(before, now));
  facts.push(...healthBetween(before, now));
  if (times !== undefined) facts.push({ type: 'start', service, run: now.runs, ...times, ...actor });
  const [state, previous] = [nameOf(now), nameOf(before)];
  if (state !== previous || now.runs !== before.runs) {
    facts.push({ type: 'state', service, state, previous, run: now.runs, why: explain(now), ...actor });
  }
  return facts;
}

/** On its way up a service need not answer, and that it does then its start tells. */
function healthBetween(before: Service, now: Service): readonly EventFact[] {
  const { spec, health } = now;
  const wasReady = currentRun(before)?.readyAtMs !== undefined && now.runs === before.runs;
  if (!wasReady || health === undefined || health.ok === (before.health?.ok ?? true)) return [];
  const { ok, latencyMs, message } = health;
  return [{ type: 'health', service: spec.name, status: ok ? 'pass' : 'fail', latencyMs, message }];
}

/** What ended is reported once its last words were read; what could not begin has none. */
function crashBetween(before: Service, now: Service): readonly EventFact[] {
  const { state, runs: run } = now;
  if (state.status !== 'backoff' && state.status !== 'failed') return [];
  if (state.status === before.state.status && run === before.runs) return [];
  if (state.status === 'failed' && state.conflict !== undefined) return [];
  const { name: service } = now.spec;
  const exit = now.exits.at(-1);
  if (exit?.run !== run) {
    return [{ type: 'crash', service, run, code: null, signal: null, uptimeMs: 0, error: state.reason }];
  }
  const { code, signal, reason } = exit;
  const uptimeMs = Math.round(exit.uptimeMs);
  const hasSucceeded = code === 0 && reason === describeExit(exit);
  return hasSucceeded ? [] : [{ type: 'crash', service, run, code, signal, uptimeMs, error: now.errorLine ?? reason }];
}

function restartBetween(before: Service, now: Service): readonly EventFact[] {
  const { spec, restarts, generation, renewal, by } = now;
  const actor = by === undefined ? {} : { actor: by };
  const restart = (cause: string): readonly EventFact[] => [
    { type: 'restart', service: spec.name, restarts, cause, ...actor },
  ];
  if (restarts > before.restarts) return restart(before.state.status === 'backoff' ? before.state.reason : 'it ended');
  return generation > before.generation && isLive(before) && now.wanted ? restart(renewal || 'as asked') : [];
}

function conflictBetween(before: Service, now: Service): readonly EventFact[] {
  const { name: service } = now.spec;
  const began = (use: PortUse): EventFact => ({
    type: 'conflict',
    service,
    port: use.port,
    owners: use.owners.slice(0, MOST_OWNERS).map(({ name, pid }) => ({ name, pid })),
  });
  const { state } = now;
  if (before.state.status === 'conflict') {
    if (state.status === 'conflict') return [];
    return [{ type: 'conflictEnded', service, port: before.state.use.port, outcome: outcomeOf(before, now) }];
  }
  if (state.status === 'conflict') return [began(state.use)];
  if (state.status !== 'failed' || state.conflict === undefined || before.state === state) return [];
  const { use } = state.conflict;
  return [began(use), { type: 'conflictEnded', service, port: use.port, outcome: 'failed' }];
}

function outcomeOf(before: Service, now: Service): ConflictOutcome {
  const { state } = now;
  if (state.status === 'failed') return 'failed';
  if (!now.wanted) return 'skipped';
  if (now.port !== before.port || now.asked?.isAccepted === true) return 'rerouted';
  if (isExternal(now)) return 'reused';
  return before.state.status === 'conflict' && before.state.work.kind === 'stopping' ? 'killed' : 'retried';
}
