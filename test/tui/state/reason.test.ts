import { describe, expect, it } from 'vitest';
import type { ServiceView } from '../../../src/core/session/snapshot.ts';
import { reasonOf } from '../../../src/tui/state/reason.ts';
import { readyService } from '../../fixtures/screen/scenes.ts';

function reason(overrides: Partial<ServiceView>) {
  const service = readyService('api', overrides);
  return reasonOf(service, [service]);
}

describe('the reason of a service whose program tells its status', () => {
  it('is what the program does, where nothing else is to be said', () => {
    const told = { state: 'working', message: 'compiling', progressPercent: 34 } as const;
    expect(reason({ told })).toEqual({ text: 'working: compiling 34 %', tone: 'busy' });
    expect(reason({ told: { state: 'done' } })).toEqual({ text: 'done', tone: 'muted' });
    expect(reason({ told, state: 'starting', ready: false, why: 'no listening port yet' }).text).toBe(
      'working: compiling 34 %',
    );
    expect(reason({ told, why: 'failing 1/3' }).text).toBe('failing 1/3');
  });

  it('is a warning when the program waits for somebody or fails', () => {
    expect(reason({ told: { state: 'blocked', kind: 'permission', message: 'Deploy?' }, why: 'reused' })).toEqual({
      text: 'blocked, asks for permission: Deploy?',
      tone: 'warn',
    });
    expect(reason({ told: { state: 'error' } })).toEqual({ text: 'error', tone: 'warn' });
  });
});
