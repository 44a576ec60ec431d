// Why a service is not ready, in one sentence, and what is odd about it. Never empty, unless it is ready and all is well.

import { assertNever } from '../../errors.ts';
import { externalInWords } from '../machine/external.ts';
import { elsewhereInWords, secondListenerInWords } from '../machine/listening.ts';
import { whyNotFree } from '../model/port-facts.ts';
import { readyProbeOf } from '../machine/probing.ts';
import { failureInWords } from '../rules/exits.ts';
import { describeExit, processesInWords } from '../rules/restart-policy.ts';
import { hookText, triesInWords } from '../rules/hooks.ts';
import { currentRun, isUp, type Service } from '../model/service.ts';
import type { ExitFact, Run } from '../model/run.ts';

export function explain(service: Service): string {
  const run = isUp(service) ? currentRun(service) : undefined;
  const question = run?.asks ?? run?.prompt?.text;
  const asks = question === undefined ? [] : [asksInWords(service, question)];
  const second = run?.secondListener === undefined ? [] : [secondListenerInWords(run.secondListener)];
  return [explainState(service), ...asks, ...second].filter((reason) => reason !== '').join('; ');
}

function asksInWords({ spec }: Service, question: string): string {
  return `asks: ${question} – answer with ./dev attach ${spec.name}`;
}

function explainState(service: Service): string {
  const { state, spec } = service;
  switch (state.status) {
    case 'ready':
      if (service.wanted && state.run.external !== undefined) return externalInWords(state.run.external);
      if (service.wanted) return failingInWords(service, state.run);
      return 'to be stopped, waits for its dependents to stop first';
    case 'stopped':
      return (
        state.note ??
        (service.wanted ? 'about to start' : service.runs > 0 ? 'stopped on request' : 'no start requested')
      );
    case 'waiting':
      return `waits ← ${state.blockers.map(({ text }) => text).join(', ')}`;
    case 'conflict':
      return conflictReason(service);
    case 'checking':
      return state.keptBack === undefined
        ? `checking whether port ${state.port} is free`
        : `${state.keptBack}; starts as soon as it may`;
    case 'spawning':
      return state.progress ?? 'being started';
    case 'preparing':
      return `runs before: ${hookText(spec, state.hook)}${triesInWords(spec, state.hook)}`;
    case 'pausing':
      return `${state.reason}; tries again${triesInWords(spec, { ...state.hook, attempt: state.hook.attempt + 1 })}`;
    case 'starting':
      if (spec.isOneShot === true) return 'runs until it has completed';
      return state.run.elsewhere === undefined
        ? startingReason(service)
        : elsewhereInWords(service, state.run.elsewhere);
    case 'unhealthy':
      return state.run.elsewhere === undefined ? state.reason : elsewhereInWords(service, state.run.elsewhere);
    case 'stopping':
      return state.isForced
        ? `SIGKILL sent, waiting for the ${state.run.container === undefined ? 'processes' : 'container'} to be gone`
        : stoppingReason(service, state.run);
    case 'inspecting':
      return `${service.exit === undefined ? 'ended' : describeExit(service.exit)}; reading its last words`;
    case 'backoff':
    case 'failed':
      return failureInWords(state.reason, service);
    case 'exited':
      return service.exit === undefined ? 'ended' : endInWords(service.exit);
    default:
      return assertNever(state);
  }
}

/** From the first bad answer on, long before it counts as unhealthy. */
function failingInWords({ health, spec }: Service, { failuresInARow }: Run): string {
  if (health === undefined || health.ok || failuresInARow === 0) return '';
  return `failing ${failuresInARow}/${spec.health?.retries ?? failuresInARow}: ${health.message}`;
}

function stoppingReason({ spec }: Service, { container }: Run): string {
  const { signal } = spec.stop;
  if (container === undefined) return `${signal ?? 'SIGTERM'} sent, waiting for the processes to stop`;
  return `${signal ?? 'its stop signal'} sent, waiting for the container ${container.name} to stop`;
}

function endInWords(exit: ExitFact): string {
  if (exit.leftBehind === undefined) return describeExit(exit);
  const rest = processesInWords(exit.leftBehind);
  return `${describeExit(exit)}; stopped ${rest} that it left behind (a service has to stay in the foreground)`;
}

function conflictReason(service: Service): string {
  if (service.state.status !== 'conflict') return '';
  const { use, problem } = service.state;
  const { asked } = service;
  const question = asked?.port === use.port ? `; it asked: ${asked.question}` : '';
  const taken = `${whyNotFree(use)}${question}`;
  return problem === undefined ? taken : `${taken}; ${problem}`;
}

function startingReason(service: Service): string {
  const check = readyProbeOf(service)?.check;
  if (check?.kind === 'log') return `waits for a line that matches /${check.pattern}/`;
  if (service.health !== undefined && !service.health.ok) return service.health.message;
  if (check === undefined) return 'started a moment ago';
  if (check.kind === 'healthcheck') return 'waits for the health check of its image to pass';
  return check.kind === 'command'
    ? 'waits for its ready command to succeed'
    : `waits for an answer on port ${service.port ?? '?'}`;
}
