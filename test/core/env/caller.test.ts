import { describe, expect, it } from 'vitest';
import { differingVariables, inheritedAnew } from '../../../src/core/env/caller.ts';

const before = { PATH: '/usr/bin', DEBUG: '1', TERM: 'xterm', SSH_TTY: '/dev/pts/1', npm_config_x: '1' };

describe('the environment that is taken over at a restart', () => {
  it('has what the caller has, and nothing that the caller has no more', () => {
    const caller = { PATH: '/venv/bin:/usr/bin', DATABASE_URL: 'x' };
    expect(inheritedAnew(before, caller)).toMatchObject(caller);
    expect(inheritedAnew(before, caller)).not.toHaveProperty('DEBUG');
  });

  it('leaves alone what belongs to a terminal, a shell or a package manager', () => {
    const caller = { ...before, TERM: 'dumb', SHLVL: '3', npm_config_x: '2', CLAUDECODE: '1', TMUX: '/tmp/x' };
    expect(differingVariables(before, inheritedAnew(before, caller))).toEqual([]);
  });

  it('takes no PATH for another because a package manager put its programs in front', () => {
    const caller = { ...before, PATH: '/shop/node_modules/.bin:/usr/bin' };
    expect(inheritedAnew(before, caller)['PATH']).toBe('/usr/bin');
  });

  it('is the former one where the caller is a process of a service itself', () => {
    expect(inheritedAnew(before, { DEV_SERVICE: 'api', PORT: '8000' })).toBe(before);
  });
});
