// A service waits for something to be typed: seen by everybody who looks at it, answered by a person alone.

import type { Observation } from './inputs.ts';
import { amendRun } from './probing.ts';
import { currentRun, isUp } from '../model/service.ts';
import type { Turn } from './turn.ts';

export function onPromptSeen(turn: Turn, input: Extract<Observation, { type: 'promptSeen' }>): void {
  const service = turn.service(input.service);
  const run = currentRun(service);
  if (run === undefined || run.number !== input.run || !isUp(service)) return;
  amendRun(turn, service, { prompt: input.prompt });
}
