// A service ended with an error, and its last output was read: either it could not have its port, which is a conflict
// like one that was seen before the start, or the restart policy decides. A conflict uses up no restart.
// Left to others: recognising it in the output (core/conflict-output), and what may be chosen then (core/conflict).

import { enterConflict } from './conflict.ts';
import type { ExitFinding, Observation } from './inputs.ts';
import { afterUnexpectedExit } from './lifecycle.ts';
import type { Turn } from './turn.ts';

export function onExitInspected(turn: Turn, input: Extract<Observation, { type: 'exitInspected' }>): void {
  const service = turn.service(input.service);
  const { state } = service;
  if (service.epoch !== input.epoch || state.status !== 'inspecting') return;
  const { finding } = input;
  if (finding !== undefined) turn.emit({ type: 'note', service: input.service, text: inWords(finding) });
  const use = finding?.use;
  if (use === undefined || use.addresses.length === 0) return afterUnexpectedExit(turn, service, state.run);
  enterConflict(turn, service, use);
}

function inWords({ program, use }: ExitFinding): string {
  if (use === undefined) return `${program} reports that its port was taken, but not which one`;
  const report = `${program} reports that port ${use.port} was taken`;
  return use.addresses.length === 0 ? `${report}; it is free again` : report;
}
