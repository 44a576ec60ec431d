import { describe, expect, it } from 'vitest';
import { complete } from '../../../src/cli/arguments/complete.ts';
import { COMMANDS } from '../../../src/cli/arguments/commands-table.ts';
import { runScripted } from '../scripted-context.ts';

async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const candidates = await complete(words, async () => ({
    services: ['backend', 'db'],
    actions: [
      {
        name: 'seed',
        params: [
          { name: 'rows', type: 'number', max: 1_000, default: 100 },
          { name: 'kind', type: 'choice', choices: ['small', 'full'] },
        ],
      },
    ],
  }));
  return candidates.map(({ value }) => value);
}

describe('completion', () => {
  it('offers commands and services first', async () => {
    expect(await offered('')).toEqual([...COMMANDS.map(({ name }) => name), 'backend', 'db']);
    expect(await offered('sta')).toEqual(['start', 'status']);
    expect(await offered('ba')).toEqual(['backend']);
  });

  it('offers services for commands with services, each once', async () => {
    expect(await offered('restart', '')).toEqual(['backend', 'db']);
    expect(await offered('logs', '-f', 'db', '')).toEqual(['backend']);
    expect(await offered('why', 'db', '')).toEqual([]);
    expect(await offered('attach', '--json', '')).not.toContain('up');
  });

  it('offers the options of the command and of all commands', async () => {
    expect(await offered('logs', '--e')).toEqual(['--errors']);
    expect(await offered('down', '--fo')).toEqual(['--force']);
    expect(await offered('status', '--pro')).toEqual(['--project']);
  });

  it('offers the values of an option, and nothing for unknown values', async () => {
    expect(await offered('up', '--on-conflict', 'r')).toEqual(['reroute', 'reuse']);
    expect(await offered('up', '--port', 'b')).toEqual(['backend=']);
    expect(await offered('logs', '--since', '')).toEqual([]);
    expect(await offered('-C', '')).toEqual([]);
    expect(await offered('-C', 'x', 'stat')).toEqual(['status']);
  });

  it('offers actions with their parameters and choices', async () => {
    expect(await offered('do', '')).toEqual(['seed']);
    expect(await offered('do', 'seed', '--')).toEqual(['--rows', '--kind']);
    expect(await offered('do', 'seed', '--kind', '')).toEqual(['small', 'full']);
    expect(await offered('do', 'seed', '--rows', '')).toEqual([]);
    expect(await offered('do', '--js')).toEqual(['--json']);
  });

  it('offers nothing in the command line of another program', async () => {
    expect(await offered('run', '')).toEqual(['backend', 'db']);
    expect(await offered('run', 'db', '--', '')).toEqual([]);
  });

  it('offers topics and shells', async () => {
    expect(await offered('help', 'met')).toEqual(['metrics']);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('prints nothing for a config that cannot be read', async () => {
    const none = await complete(['restart', ''], () => Promise.reject(new Error('no config')));
    expect(none).toEqual([]);
  });
});

describe('the script of a shell', () => {
  it.each(['bash', 'zsh', 'fish'])('asks for completions of the line: %s', async (shell) => {
    const run = runScripted(`completion ${shell}`);
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toContain('__complete');
  });

  it('exists for three shells, and a typo gets a hint', async () => {
    const run = runScripted('completion bsh');
    expect(await run.exitCode).toBe(2);
    expect(run.stderr()).toContain('did you mean "bash"?');
  });
});
