import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Masker } from '../../../src/core/secrets/masker.ts';
import { MASK } from '../../../src/core/secrets/names.ts';
import { wantsColor } from '../../../src/cli/context/output.ts';
import { DevError, EXIT } from '../../../src/errors.ts';
import { FakeSession, serviceView } from '../../fakes/fake-session.ts';
import { COMMANDS } from '../../../src/cli/arguments/commands-table.ts';
import { runScripted } from '../scripted-context.ts';

describe('colour', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  ])('with %o on a terminal (%s) is %s', (env, isTerminal, expected) => {
    expect(wantsColor(env, isTerminal)).toBe(expected);
  });
});

describe('a failure', () => {
  const broken = async (): Promise<never> => {
    throw new TypeError('x is not a function');
  };

  it('prints the next step and keeps its exit code when it was expected', async () => {
    const loadProject = async (): Promise<never> => {
      throw new DevError({ code: 'config_invalid', exitCode: EXIT.config, message: 'a\nb', hint: 'next: c' });
    };
    const run = runScripted('config', { loadProject });
    expect(await run.exitCode).toBe(3);
    expect(run.stderr()).toBe('✖ a\n  b\n  next: c\n');
    expect(run.stdout()).toBe('');
  });

  it('ends with 70 and the path of the debug log when it is a bug', async () => {
    const run = runScripted('config', { loadProject: broken });
    expect(await run.exitCode).toBe(70);
    expect(run.stderr()).toBe(
      '✖ This is a bug in devdeck: x is not a function\n  Debug log: /state/devdeck/crash.log\n',
    );
  });

  it('shows its cause with -v', async () => {
    const run = runScripted('config -v', { loadProject: broken });
    await run.exitCode;
    expect(run.stderr()).toMatch(/TypeError: x is not a function\n +at /);
  });

  it('is an object with --json', async () => {
    const run = runScripted('config --json', { loadProject: broken });
    expect(await run.exitCode).toBe(70);
    expect(JSON.parse(run.stdout())).toMatchObject({ schemaVersion: 1, error: { code: 'internal' } });
    expect(run.stderr()).toBe('');
  });
});

it('-q leaves out progress messages, not the answer', async () => {
  const running = new FakeSession({ services: [serviceView({ name: 'web' })] });
  const run = runScripted('stop -q', { running });
  await run.exitCode;
  expect(run.stderr()).toBe('');
  expect((await status(running)).length).toBeGreaterThan(0);

  async function status(session: FakeSession): Promise<string> {
    const answer = runScripted('status -q', { running: session });
    await answer.exitCode;
    return answer.stdout();
  }
});

describe('config', () => {
  it('hides secrets in variables and passwords in URLs', () => {
    const project = {
      services: [
        {
          name: 'api',
          command: { line: 'psql postgres://ann:hunter2@db/shop' },
          env: { API_TOKEN: 'abc', DATABASE_URL: 'redis://:pw@localhost:6379', PLAIN: 'shown', PIN: '1234' },
        },
      ],
    };
    const masker = new Masker();
    masker.expect(['PIN'], ['api']);
    expect(masker.maskDeep(project)).toEqual({
      services: [
        {
          name: 'api',
          command: { line: `psql postgres://ann:${MASK}@db/shop` },
          env: {
            API_TOKEN: MASK,
            DATABASE_URL: `redis://:${MASK}@localhost:6379`,
            PLAIN: 'shown',
            PIN: MASK,
          },
        },
      ],
    });
  });

  it('is the same as YAML and as JSON', async () => {
    const yaml = runScripted('config', { services: ['web'] });
    const json = runScripted('config --json', { services: ['web'] });
    expect(await Promise.all([yaml.exitCode, json.exitCode])).toEqual([0, 0]);
    expect(yaml.stdout()).toContain('services:\n  - name: web\n');
    expect(JSON.parse(json.stdout())).toMatchObject({ data: { name: 'shop', services: [{ name: 'web' }] } });
  });
});

describe('help', () => {
  it('describes every command in one line of 80 columns', async () => {
    const run = runScripted('help', { columns: 80 });
    expect(await run.exitCode).toBe(0);
    const lines = run.stdout().trimEnd().split('\n');
    expect(lines.filter((line) => /^  \S/.test(line))).toHaveLength(COMMANDS.length);
    expect(lines.filter((line) => line.startsWith('   '))).toEqual([]);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    for (const { name } of COMMANDS) expect(run.stdout()).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('shows one command in full', async () => {
    const run = runScripted('help up');
    await run.exitCode;
    expect(run.stdout()).toContain('--on-conflict <what>');
    expect(run.stdout()).toContain('ask, kill, reroute, reuse, fail');
    expect(run.stdout()).toContain('./dev up -d --timeout 2m');
  });

  it('explains every exit code', async () => {
    const run = runScripted('help exit-codes');
    await run.exitCode;
    for (const code of Object.values(EXIT)) expect(run.stdout()).toMatch(new RegExp(`^ +${code} `, 'm'));
  });

  it('suggests the nearest name', async () => {
    const run = runScripted('help statsu');
    expect(await run.exitCode).toBe(2);
    expect(run.stderr()).toContain('did you mean "status"?');
  });

  it('gives the version', async () => {
    const run = runScripted('--version');
    await run.exitCode;
    expect(run.stdout()).toBe('devdeck 0.0.0-test\n');
  });
});

describe('a pipe', () => {
  /** A process that writes through our channels, as every command does. */
  function writer(program: string) {
    const modules = ['main/command/channels', 'cli/context/output'].map(
      (name) => new URL(`../../../src/${name}.ts`, import.meta.url).href,
    );
    const imports = `import { stdout, stderr } from '${modules[0]}'; import { createOutput } from '${modules[1]}';`;
    const output = `const output = createOutput({ stdout, stderr, env: {}, mayColor: true, isQuiet: false, isVerbose: false });`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', imports + output + program]);
    onTestFinished(() => void child.kill('SIGKILL'));
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    return { child, stderr: () => stderr };
  }

  it('ends the command cleanly when its reader closes it', async () => {
    const { child, stderr } = writer(`setInterval(() => output.print('line'), 1);`);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(stderr()).toBe('');
  });

  it('gets everything before the process ends when it is slow', async () => {
    const { child } = writer(`output.print('x'.repeat(1_000_000)); await output.drained(); process.exit(7);`);
    const closed = once(child, 'close');
    let length = 0;
    // Reads only when the writer has filled the pipe.
    child.stdout.pause();
    await once(child.stdout, 'readable');
    child.stdout.on('data', (chunk: Buffer) => (length += chunk.length));
    expect(await closed).toEqual([7, null]);
    expect(length).toBe(1_000_001);
  });
});
