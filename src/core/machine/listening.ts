// The consequences of the ports on which a run listens: the current port follows a service that took another one;
// for a service that ignores its port it says what to write in the config, and for a shared port, the other process.
// Left to others: the verdict (core/drift), the line of the config (core/port-advice).

import type { ListenerVerdict } from '../ports/drift.ts';
import type { Observation } from '../messages/inputs.ts';
import { portAdvice } from '../ports/port-advice.ts';
import { followPort } from './ports.ts';
import { amendRun, onHeard, onSilence } from './probing.ts';
import { currentRun, isUp, type Service } from '../model/service.ts';
import type { Elsewhere, Run, SecondListener } from '../model/run.ts';
import type { Turn } from './turn.ts';

const LONGEST_COMMAND = 60;

export function onListenersJudged(turn: Turn, input: Extract<Observation, { type: 'listenersJudged' }>): void {
  const service = turn.service(input.service);
  const run = currentRun(service);
  if (run === undefined || run.number !== input.run || !isUp(service)) return;
  noteSecondListener(turn, service, run, input);
  const { kind } = input.verdict;
  if (kind === 'silent' || kind === 'deserted') return onSilence(turn, turn.service(input.service), kind);
  if (input.verdict.kind === 'as asked') onHeard(turn, turn.service(input.service));
  const to = portToFollow(service, run, input.verdict);
  if (to !== undefined) {
    turn.emit({ type: 'note', service: input.service, text: `listens on ${to} instead of ${service.port}` });
    amendRun(turn, turn.service(input.service), { elsewhere: undefined });
    return followPort(turn, input.service, to);
  }
  if (input.verdict.kind !== 'ignores its port') {
    if (run.elsewhere !== undefined) amendRun(turn, turn.service(input.service), { elsewhere: undefined });
    return;
  }
  const { listening } = input.verdict;
  const elsewhere = { listening, remedy: remedyFor(service, listening, input.commands) };
  amendRun(turn, turn.service(input.service), { elsewhere });
  turn.emit({ type: 'note', service: input.service, text: elsewhereInWords(service, elsewhere) });
}

/** An alarm for as long as it lasts: half of the clients may talk to another program. */
function noteSecondListener(
  turn: Turn,
  service: Service,
  run: Run,
  { verdict, commands }: Extract<Observation, { type: 'listenersJudged' }>,
): void {
  const isSecond = verdict.kind === 'second listener' && service.port !== undefined;
  if (!isSecond) {
    if (run.secondListener !== undefined) amendRun(turn, service, { secondListener: undefined });
    return;
  }
  const { address, pid } = verdict;
  const secondListener = { address, port: service.port, pid, command: commands[0] ?? '' };
  amendRun(turn, service, { secondListener });
  turn.emit({ type: 'note', service: service.spec.name, text: secondListenerInWords(secondListener) });
}

/** The foreign listener, its address, and the effect. */
export function secondListenerInWords({ address, port, pid, command }: SecondListener): string {
  const who = pid === undefined ? 'a hidden process' : `pid ${pid} (${shortened(command)})`;
  const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return `${who} listens on ${where} too, and may get its requests; ./dev ports ${port} shows the owner`;
}

function shortened(command: string): string {
  return command.length <= LONGEST_COMMAND ? command : `${command.slice(0, LONGEST_COMMAND - 1)}…`;
}

/** Which ports, instead of which, and what to write. */
export function elsewhereInWords(service: Service, { listening, remedy }: Elsewhere): string {
  return `listens on ${listening.join(', ')} instead of ${service.port}; ${remedy}`;
}

function portToFollow(service: Service, run: Run, verdict: ListenerVerdict): number | undefined {
  if (service.port === undefined) return undefined;
  // It offered another port, and the answer was yes.
  if (verdict.kind === 'ignores its port' && run.isAnswered && verdict.listening.length === 1) {
    return verdict.listening[0];
  }
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
