// Lives a recorded session again: the same inputs at the same times.

import type { SessionState } from '../../src/core/model/service.ts';
import type { RecordedEntry } from '../../src/supervisor/recording/format.ts';
import { readRecording } from '../../src/supervisor/recording/recording.ts';

export interface Relived {
  /** Each change of a state: "12.3 s api: starting". */
  readonly recorded: readonly string[];
  readonly replayed: readonly string[];
  readonly state: SessionState;
}

export function replay(text: string): Relived {
  const { moments } = readRecording(text, 'the recording');
  const entries = text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as RecordedEntry);
  const recorded: string[] = [];
  const replayed: string[] = [];
  for (const [index, entry] of entries.entries()) {
    if (!('input' in entry)) continue;
    const told = (name: string, status: string | null): string =>
      `${entry.atMs} ms ${entry.input.type} → ${name}: ${status}`;
    for (const [name, status] of Object.entries(entry.states)) recorded.push(told(name, status));
    const [before, now] = [moments[index - 1]?.state.services, moments[index]?.state.services];
    for (const name of new Set([...(before?.keys() ?? []), ...(now?.keys() ?? [])])) {
      const status = now?.get(name)?.state.status ?? null;
      const was = before === undefined ? 'stopped' : (before.get(name)?.state.status ?? null);
      if (status !== was) replayed.push(told(name, status));
    }
  }
  const last = moments.at(-1);
  if (last === undefined) throw new Error('the recording is empty');
  return { recorded, replayed, state: last.state };
}
