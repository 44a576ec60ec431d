import { describe, expect, it } from 'vitest';
import { identify, type ChainLink } from '../../../src/core/actors/identify.ts';
import { actorLabel, type ClientClaim } from '../../../src/core/model/actor.ts';

function link(pid: number, name: string, env: Readonly<Record<string, string>> = {}): ChainLink {
  const environ = Object.entries(env)
    .map(([key, value]) => `${key}=${value}\0`)
    .join('');
  return { pid, startTicks: pid * 10, name, environ };
}

const typed: ClientClaim = { pid: 900, via: 'command', hasTerminal: true };
const piped: ClientClaim = { pid: 900, via: 'command', hasTerminal: false };
const shell = [link(900, 'node'), link(899, 'devdeck'), link(800, 'zsh'), link(700, 'tmux: server')];

describe('the actor of a client', () => {
  it('is the person at the terminal of the command', () => {
    const { actor, key, home } = identify(typed, shell, 'anna');
    expect(actor).toEqual({ kind: 'person', name: 'anna', via: 'command', pid: 900 });
    expect(actorLabel(actor)).toBe('anna (command, pid 900)');
    expect(home).toEqual({ pid: 800, startTicks: 8000 });
    expect(identify({ ...typed, pid: 950 }, [link(950, 'node'), link(810, 'bash')], 'anna').key).toBe(key);
  });

  it('is the program that runs the command without a terminal', () => {
    const { actor, home } = identify(piped, [link(900, 'node'), link(850, 'sh'), link(500, 'make')], 'anna');
    expect(actor).toMatchObject({ kind: 'script', name: 'make' });
    expect(home).toEqual({ pid: 850, startTicks: 8500 });
  });

  it('is an agent by the marker in its environment', () => {
    const chain = [link(900, 'node', { CLAUDECODE: '1' }), link(850, 'bash', { CLAUDECODE: '1' }), link(400, 'node')];
    const { actor, home } = identify(piped, chain, 'anna');
    expect(actor).toMatchObject({ kind: 'agent', name: 'claude-code' });
    expect(home).toEqual({ pid: 400, startTicks: 4000 });
  });

  it.each([
    ['taken out of the last command', { SHELL: '/bin/sh' }],
    ['set to nothing', { CLAUDECODE: '' }],
    ['set to 0', { CLAUDECODE: '0' }],
    ['renamed', { MY_CLAUDECODE: '1' }],
  ])('is an agent though the marker was %s, since its shell still has it', (_what, env) => {
    const chain = [link(900, 'node', env), link(850, 'bash', { CLAUDECODE: '1' }), link(400, 'node')];
    expect(identify(piped, chain, 'anna').actor).toMatchObject({ kind: 'agent', name: 'claude-code' });
  });

  it('is an agent by the program above it, despite its environment', () => {
    const chain = [link(900, 'node'), link(850, 'bash'), link(400, 'codex')];
    expect(identify(typed, chain, 'anna').actor).toMatchObject({ kind: 'agent', name: 'codex' });
  });

  it('is an agent on a screen that an agent has opened', () => {
    const claim: ClientClaim = { pid: 900, via: 'screen', hasTerminal: true };
    const chain = [link(900, 'node'), link(850, 'script', { GEMINI_CLI: '1' })];
    expect(identify(claim, chain, 'anna').actor).toMatchObject({ kind: 'agent', name: 'gemini-cli', via: 'screen' });
  });

  it('is an agent by its own word when its process is hidden', () => {
    expect(identify({ ...piped, marker: 'CURSOR_AGENT' }, [], 'anna').actor).toMatchObject({ name: 'cursor' });
  });

  it('is the same MCP client after it has connected again', () => {
    const claim = (pid: number): ClientClaim => ({
      pid,
      via: 'mcp',
      hasTerminal: false,
      name: 'claude-code',
      version: '2.1',
    });
    const first = identify(claim(900), [link(900, 'node'), link(890, 'sh'), link(400, 'claude')], 'anna');
    const again = identify(claim(950), [link(950, 'node'), link(400, 'claude')], 'anna');
    const other = identify(claim(960), [link(960, 'node'), link(401, 'claude')], 'anna');
    expect(actorLabel(first.actor)).toBe('claude-code 2.1 (mcp, pid 900)');
    expect(again.key).toBe(first.key);
    expect(other.key).not.toBe(first.key);
  });

  it('has a name that is shown as text, never as terminal sequences', () => {
    const claim: ClientClaim = { pid: 1, via: 'mcp', hasTerminal: false, name: 'x\u001B[2J\u202Ey'.padEnd(300, '!') };
    const { name } = identify(claim, [], 'anna').actor;
    for (const character of ['\u001B', '\u202E']) expect(name).not.toContain(character);
    expect(name.length).toBeLessThanOrEqual(60);
  });
});
