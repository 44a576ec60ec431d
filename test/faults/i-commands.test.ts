// Faults around a command: a reader that leaves or is slow, an output that cannot be written, a stop that is too early,
// signals.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { startBystander } from '../helpers/bystander.ts';
import { eventually } from '../helpers/eventually.ts';
import { spawnInPty } from '../helpers/pty-app.ts';
import { DEVDECK, runDev, startDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';

const CHATTY = 'services:\n  job: {command: "seq 20000; exec sleep 100000"}\n';

fault(
  {
    id: 'I1',
    fault: 'the reader of a pipe ends early: | head -1',
    injected: 'of logs, logs -f, events, status, config, metrics and help',
  },
  async () => {
    const project = createTempProject({
      config: `${CHATTY}  tick: {command: "while :; do echo tick; sleep 0.1; done"}\n`,
    });
    await runDev(project, ['up', '-d']);
    const through = ['bash', '-c', '"$0" "$@" | head -1; echo "exit code ${PIPESTATUS[0]}"'];
    for (const args of ['logs', 'logs -f tick', 'logs --json -n all', 'status', 'config --json', 'metrics', 'help']) {
      const { stdout, stderr } = await runDev(project, args.split(' '), { through, timeoutMs: 10_000 });
      expect(stdout, args).toMatch(/^.+\nexit code (?:0|141)\n$/);
      expect(stderr, args).toBe('');
    }
  },
);

fault(
  {
    id: 'I2',
    fault: 'a large answer is cut by a slow pipe',
    injected: 'logs --json and config --json of over 1 MB, read after a pause of a second',
  },
  async () => {
    const long = 'x'.repeat(100_000);
    // The same for each of eleven services, so that the answer is far longer than the config.
    const names = Array.from('abcdefghij').map((name) => `  ${name}: {command: "true", autostart: false}\n`);
    const project = createTempProject({ config: `defaults: {env: {LONG: ${long}}}\n${CHATTY}${names.join('')}` });
    await runDev(project, ['up', '-d']);
    const through = ['sh', '-c', '"$0" "$@" | (sleep 1; cat)'];
    const config = await runDev(project, ['config', '--json'], { through });
    expect(config.stdout.length).toBeGreaterThan(1_000_000);
    const parsed = JSON.parse(config.stdout) as { data: { services: { env: Record<string, string> }[] } };
    expect(parsed.data.services.map(({ env }) => env['LONG'])).toEqual(Array(11).fill(long));
    const logs = await runDev(project, ['logs', 'job', '--json', '-n', 'all'], { through });
    expect(logs.stdout.length).toBeGreaterThan(1_000_000);
    const lines = logs.stdout.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { text: string }).text)).toEqual(
      Array.from({ length: 20_000 }, (_, index) => String(index + 1)),
    );
  },
);

fault(
  {
    id: 'I3',
    priority: 'P0',
    fault: 'stop reports success too early',
    injected:
      'a service that daemonizes, one that ignores SIGTERM, one whose leader leaves; looked at right after stop',
  },
  async () => {
    const project = createTempProject({
      config: `defaults: {stop: {grace: 1s}}
services:
  daemon: {command: ${fixtureCommand('daemonize')}, restart: "no"}
  stubborn: {command: ${fixtureCommand('ignore-term')}}
  leader: {command: ${fixtureCommand('leader-leaves')}, restart: "no"}
`,
    });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d', '--timeout', '5s']);
    const supervisor = project.processes().length;
    expect(supervisor).toBeGreaterThan(3);
    const { exitCode, stderr } = await runDev(project, ['stop']);
    const left = project.processes().filter(({ ppid }) => ppid !== 0);
    // The supervisor itself may still be on its way out; nothing that it started is.
    expect(left.length, stderr).toBeLessThanOrEqual(1);
    expect(exitCode).toBe(0);
    await eventually('the supervisor is gone', () => project.processes().length === 0);
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'I4',
    fault: 'Ctrl-C, and again because it takes too long',
    injected: 'typed into a stream and into the screen, with a service that ignores SIGTERM and a grace of a minute',
  },
  async () => {
    const project = createTempProject({
      config: `services:\n  job: {command: ${fixtureCommand('ignore-term')}, stop: {grace: 60s}}\n`,
    });
    for (const args of [['up', '--stream'], []]) {
      const app = spawnInPty({ command: [DEVDECK, ...args], cwd: project.root, env: project.env });
      await eventually(
        'it runs',
        async () => (await readService(project, 'job').catch(() => undefined))?.state === 'ready',
      );
      app.press('\u0003');
      await eventually('it is stopping', async () => (await readService(project, 'job')).state === 'stopping');
      app.press('\u0003');
      await app.waitForExit({ timeoutMs: 5_000 });
      await eventually('no process is left', () => project.processes().length === 0);
    }
  },
);

fault(
  {
    id: 'I5',
    fault: 'a script cannot tell the outcomes apart',
    injected: 'status, health, wait and why: without a session, ready, with a failed service, with an unknown name',
  },
  async () => {
    const project = createTempProject({
      config:
        'services:\n  good: {command: exec sleep 100000}\n  bad: {command: "exit 3", restart: "no", autostart: false}\n',
    });
    const codes = async (names: readonly string[]) => {
      const commands = [
        ['status', ...names],
        ['health', ...names],
        ['wait', ...names, '--timeout', '2s'],
        ['why', names[0] ?? 'good'],
      ];
      return Promise.all(commands.map(async (args) => (await runDev(project, args)).exitCode));
    };
    expect(await codes([])).toEqual([6, 6, 6, 6]);
    await runDev(project, ['up', '-d']);
    expect(await codes([])).toEqual([0, 0, 0, 0]);
    expect(await codes(['nobody'])).toEqual([4, 4, 4, 4]);
    await runDev(project, ['start', 'bad']);
    await eventually('it has failed', async () => (await readService(project, 'bad')).state === 'failed');
    expect((await codes([])).slice(0, 3)).toEqual([1, 1, 1]);
    expect((await codes(['bad'])).slice(0, 3)).toEqual([1, 1, 1]);
  },
);

fault(
  {
    id: 'I6',
    fault: 'the output cannot be written',
    injected:
      'stdout, stderr and both to /dev/full: status, status --watch, logs, logs -f, config, check, help, and errors',
    priority: 'P0',
  },
  async () => {
    const project = createTempProject({ config: CHATTY });
    await runDev(project, ['up', '-d']);
    const to = (where: string) => ({ through: ['sh', '-c', `exec "$0" "$@" ${where}`], timeoutMs: 10_000 });
    for (const args of ['status', 'status --json --watch', 'logs', 'logs -f', 'events', 'config', 'check', 'help']) {
      const { exitCode, stderr } = await runDev(project, args.split(' '), to('>/dev/full'));
      expect({ args, exitCode, stderr }).toEqual({
        args,
        exitCode: 1,
        stderr: '✖ Cannot write the output: no space is left on the disk.\n',
      });
      expect(await runDev(project, args.split(' '), to('>/dev/full 2>&1'))).toMatchObject({ exitCode: 1 });
    }
    // The answer does not depend on the talk, and an error keeps its own code.
    expect(await runDev(project, ['status'], to('2>/dev/full'))).toMatchObject({ exitCode: 0 });
    expect(await runDev(project, ['status', 'nobody'], to('2>/dev/full'))).toMatchObject({ exitCode: 4 });
    expect(await runDev(project, ['stop'], to('2>/dev/full'))).toMatchObject({ exitCode: 1 });
    await eventually('nothing of the session is left', () => project.processes().length === 0);
    const debugLogs = globSync('**/bug-*.log', { cwd: dirname(project.root) });
    expect(debugLogs).toEqual([]);
  },
);

fault(
  {
    id: 'I7',
    fault: 'a signal does not end a command that is busy or held up',
    injected:
      'SIGINT and SIGTERM to logs --grep over 30 MB, logs -f whose reader stands still, check whose check hangs',
  },
  async () => {
    const project = createTempProject({
      config: `${CHATTY}checks: {slow: {command: exec sleep 100000, timeout: 1h}}\n`,
    });
    await runDev(project, ['up', '-d']);
    await eventually('it has written', () => project.processes().some(({ name }) => name === 'sleep'));
    const writes = () => spawn(DEVDECK, ['logs', 'job', '-f', '-n', 'all'], { cwd: project.root, env: project.env });
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const unread = writes();
      await once(unread.stdout, 'readable');
      unread.kill(signal);
      expect((await once(unread, 'exit')) as unknown[]).toEqual([code, null]);

      const check = startDev(project, ['check']);
      const isRunning = () => project.processes().filter(({ name }) => name === 'sleep').length > 1;
      await eventually('the check runs', isRunning);
      check.signal(signal);
      await check.ended({ timeoutMs: 5_000 });
      await eventually('what the check started is gone', () => !isRunning());
    }
    await runDev(project, ['stop']);

    const line = `2026-01-31T12:00:00.000Z ${'a'.repeat(75)}!\n`;
    writeFileSync(join(project.root, '.devdeck/logs/job.log'), line.repeat(300_000));
    const grep = startDev(project, ['logs', 'job', '-n', 'all', '--grep', '(a+)+!']);
    await grep.waitForOutput('aaa!');
    grep.signal('SIGTERM');
    await grep.ended({ timeoutMs: 5_000 });
    expect(grep.output().length).toBeLessThan(300_000 * 76);
  },
);

fault(
  {
    id: 'I8',
    fault: 'the working directory of the shell was removed',
    injected: 'rm -r of the working directory; commands that need no folder, and others with -C',
  },
  async () => {
    const project = createTempProject({ config: 'services:\n  job: {command: sleep 100000}\n' });
    const gone = join(dirname(project.root), 'gone');
    const inGone = (args: string) => {
      const script = `mkdir -p '${gone}' && cd '${gone}' && rm -r '${gone}' && "${DEVDECK}" ${args}`;
      return spawnSync('sh', ['-c', script], { env: project.env, cwd: '/', encoding: 'utf8', timeout: 20_000 });
    };
    for (const args of ['help', '--version', 'completion bash', 'config schema']) {
      expect(inGone(args), args).toMatchObject({ status: 0 });
    }
    for (const args of ['up -d', 'status', 'config', 'stop']) {
      expect(inGone(`-C '${project.root}' ${args}`), args).toMatchObject({ status: 0 });
    }
    for (const args of ['status', 'init --dry-run', 'up -d']) {
      const { status, stderr } = inGone(args);
      expect(status, args).not.toBe(0);
      expect(status, args).not.toBe(70);
      expect(stderr, args).toMatch(/folder/);
    }
  },
);
