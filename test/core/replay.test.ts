import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { replay } from '../helpers/replay.ts';

const folder = new URL('../fixtures/recordings/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const statuses = (recording: string) =>
  Object.fromEntries([...replay(recording).state.services].map(([name, { state }]) => [name, state.status]));

describe('a recorded session', () => {
  it.each(readdirSync(folder))('reaches the same states again: %s', (name) => {
    const { recorded, replayed } = replay(read(name));
    expect(recorded.length).toBeGreaterThan(5);
    expect(replayed).toEqual(recorded);
  });

  it('ends as failed with the reason after too many crashes', () => {
    const { state, recorded } = replay(read('crash-loop.jsonl'));
    expect(statuses(read('crash-loop.jsonl'))).toEqual({ db: 'ready', api: 'failed' });
    expect(recorded.filter((change) => change.endsWith('api: backoff'))).toHaveLength(4);
    expect(state.services.get('api')?.exits.at(-1)?.errorLine).toBe('no such table users');
  });

  it('continues on another port after a conflict, and restarts services that refer to it', () => {
    const { state, recorded } = replay(read('port-conflict.jsonl'));
    const [api, web] = [state.services.get('api'), state.services.get('web')];
    expect(recorded.filter((change) => change.includes('api: conflict'))).toHaveLength(1);
    expect([api?.state.status, web?.state.status]).toEqual(['ready', 'ready']);
    expect(api?.port).not.toBe(api?.spec.port?.wanted);
  });
});
