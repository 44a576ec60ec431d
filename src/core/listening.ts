// What follows from where a run listens: its port in force follows a service that took another by itself;
// of one that never read its port it is said what to write in the config.
// Left to others: the verdict (core/drift), the line of the config (core/port-advice).

import type { ListenerVerdict } from './drift.ts';
import type { Observation } from './inputs.ts';
import { portAdvice } from './port-advice.ts';
import { followPort } from './ports.ts';
import { amendRun } from './probing.ts';
import { currentRun, isUp, type Elsewhere, type Service } from './service.ts';
import type { Turn } from './turn.ts';

export function onListenersJudged(turn: Turn, input: Extract<Observation, { type: 'listenersJudged' }>): void {
  const service = turn.service(input.service);
  const run = currentRun(service);
  if (run === undefined || run.number !== input.run || !isUp(service)) return;
  const to = portToFollow(service, input.verdict);
  if (to !== undefined) {
    turn.emit({ type: 'note', service: input.service, text: `listens on ${to} instead of ${service.port}` });
    amendRun(turn, service, { elsewhere: undefined });
    return followPort(turn, input.service, to);
  }
  if (input.verdict.kind !== 'ignores its port') {
    if (run.elsewhere !== undefined) amendRun(turn, service, { elsewhere: undefined });
    return;
  }
  const { listening } = input.verdict;
  const elsewhere = { listening, remedy: remedyFor(service, listening, input.commands) };
  amendRun(turn, service, { elsewhere });
  turn.emit({ type: 'note', service: input.service, text: elsewhereInWords(service, elsewhere) });
}

/** Which ports, instead of which, and what to write. */
export function elsewhereInWords(service: Service, { listening, remedy }: Elsewhere): string {
  return `listens on ${listening.join(', ')} instead of ${service.port}; ${remedy}`;
}

function portToFollow(service: Service, verdict: ListenerVerdict): number | undefined {
  if (service.port === undefined) return undefined;
  if (verdict.kind === 'moved') return verdict.from === service.port ? verdict.to : undefined;
  // It was followed to another port once, and at this start its own was free again.
  const isHome = verdict.kind === 'ignores its port' && service.wantedPort !== service.port;
  return isHome ? verdict.listening.find((port) => port === service.wantedPort) : undefined;
}

function remedyFor({ spec }: Service, listening: readonly number[], commands: readonly string[]): string {
  const advice = portAdvice({ name: spec.name, command: spec.command, processes: commands });
  if (advice?.line !== undefined) return `write ${advice.line}`;
  if (advice !== undefined) return `start ${advice.program} with ${advice.option}`;
  return `make it read $${spec.port?.env ?? 'PORT'}, or write port: ${listening[0]}`;
}
