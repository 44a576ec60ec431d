// Faults around a command: a reader that leaves or is slow, a stop that is too early, a second Ctrl-C.

import { expect } from 'vitest';
import { startBystander } from '../helpers/bystander.ts';
import { eventually } from '../helpers/eventually.ts';
import { spawnInPty } from '../helpers/pty-app.ts';
import { DEVDECK, runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';

const CHATTY = 'services:\n  job: {command: "seq 20000; exec sleep 100000"}\n';

fault(
  {
    id: 'I1',
    fault: 'the reader leaves: | head -1',
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
    fault: 'stop says that it is done too early',
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
