// After a service ended with an error, its last output was read. Either its port was not available, which is a
// conflict like one found before the start, or the restart policy decides. A conflict uses up no restart. Left to
// others: recognising it in the output (core/ports/conflict-output), and its choices (core/machine/conflict).

import { enterConflict } from './conflict.ts';
import { withErrorLine } from '../rules/exits.ts';
import type { ExitFinding, Observation } from '../messages/inputs.ts';
import { isFree, isKeptBack } from '../model/port-facts.ts';
import { afterUnexpectedExit, checkPort } from './lifecycle.ts';
import type { Service, ServiceState } from '../model/service.ts';
import type { Turn } from './turn.ts';

export function onExitInspected(turn: Turn, input: Extract<Observation, { type: 'exitInspected' }>): void {
  const service = turn.service(input.service);
  const { state } = service;
  if (service.epoch !== input.epoch || state.status !== 'inspecting') return;
  const { lastLines, errorLine } = input;
  turn.patch(input.service, { lastLines, errorLine, exits: withErrorLine(service.exits, errorLine) });
  const finding = mayHaveMissedItsPort(service, state) ? input.finding : undefined;
  if (finding !== undefined) turn.emit({ type: 'note', service: input.service, text: inWords(finding) });
  const use = finding?.use;
  if (use === undefined || isFree(use)) {
    return afterUnexpectedExit(turn, turn.service(input.service), state.run, state.reason);
  }
  if (isKeptBack(use)) return checkPort(turn, input.service, use.port);
  enterConflict(turn, service, use, finding?.remembered);
}

/** A program that cannot listen ends with an error of its own; 126 and 127 mean that no program ran. */
function mayHaveMissedItsPort(
  { exit }: Service,
  { run, reason }: Extract<ServiceState, { status: 'inspecting' }>,
): boolean {
  if (run.hook !== undefined || reason !== undefined || exit === undefined) return false;
  return exit.code !== null && exit.code !== 0 && exit.code !== 126 && exit.code !== 127;
}

function inWords({ program, trouble, use }: ExitFinding): string {
  const what = trouble === 'taken' ? 'was taken' : 'was not permitted';
  if (use === undefined) return `${program} reports that its port ${what}, but not which one`;
  const report = `${program} reports that port ${use.port} ${what}`;
  if (!isFree(use)) return report;
  return trouble === 'taken' ? `${report}; it is free again` : `${report}, though this user may have it`;
}
