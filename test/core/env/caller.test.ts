import { describe, expect, it } from 'vitest';
import { differingVariables, inheritedAnew } from '../../../src/core/env/caller.ts';

const before = { PATH: '/usr/bin', DEBUG: '1', TERM: 'xterm', SSH_TTY: '/dev/pts/1', npm_config_x: '1' };

describe('the environment after a restart', () => {
  it('has the variables of the caller, without the ones that the caller has unset', () => {
    const caller = { PATH: '/venv/bin:/usr/bin', DATABASE_URL: 'x' };
    expect(inheritedAnew(before, caller)).toMatchObject(caller);
    expect(inheritedAnew(before, caller)).not.toHaveProperty('DEBUG');
  });

  it('keeps variables of the terminal, the shell and package managers', () => {
    const caller = { ...before, TERM: 'dumb', SHLVL: '3', npm_config_x: '2', CLAUDECODE: '1', TMUX: '/tmp/x' };
    expect(differingVariables(before, inheritedAnew(before, caller))).toEqual([]);
  });

  it('ignores programs that a package manager put in front of PATH', () => {
    const caller = { ...before, PATH: '/shop/node_modules/.bin:/usr/bin' };
    expect(inheritedAnew(before, caller)['PATH']).toBe('/usr/bin');
  });

  it('does not change when the caller is a process of a service', () => {
    expect(inheritedAnew(before, { DEV_SERVICE: 'api', PORT: '8000' })).toBe(before);
  });
});
