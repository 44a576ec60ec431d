// Lives a recorded session again: the same inputs at the same times.

import type { SessionState } from '../../src/core/model/service.ts';
import { createSessionState } from '../../src/core/model/service.ts';
import { step } from '../../src/core/machine/step.ts';
import type { RecordedBeginning, RecordedStep } from '../../src/supervisor/recorder.ts';

export interface Replay {
  /** Each change of a state: "12.3 s api: starting". */
  readonly recorded: readonly string[];
  readonly replayed: readonly string[];
  readonly state: SessionState;
}

export function replay(recording: string): Replay {
  const [first = '', ...rest] = recording.trimEnd().split('\n');
  const { services } = JSON.parse(first) as RecordedBeginning;
  const steps = rest.map((line) => JSON.parse(line) as RecordedStep);
  const recorded: string[] = [];
  const replayed: string[] = [];
  let state = createSessionState(services);
  for (const { atMs, input, states } of steps) {
    const before = state;
    ({ state } = step(state, input, atMs));
    const told = (name: string, status: string | null): string => `${atMs} ms ${input.type} → ${name}: ${status}`;
    for (const [name, status] of Object.entries(states)) recorded.push(told(name, status));
    for (const name of new Set([...before.services.keys(), ...state.services.keys()])) {
      const status = state.services.get(name)?.state.status ?? null;
      if (status !== (before.services.get(name)?.state.status ?? null)) replayed.push(told(name, status));
    }
  }
  return { recorded, replayed, state };
}
