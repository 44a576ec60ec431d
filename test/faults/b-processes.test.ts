// Faults of processes: trees that do not want to end, daemons that slip away, programs that cannot be started.

import type { PortReport } from '../../src/core/model/port-facts.ts';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { startBystander } from '../helpers/bystander.ts';
import { HAS_CONTROL_GROUPS, makesDaemons, watchDaemons } from '../helpers/daemons.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort, isPortOpen } from '../helpers/free-port.ts';
import { KEY, spawnInPty } from '../helpers/pty-app.ts';
import { DEVDECK, runDev } from '../helpers/run-dev.ts';
import { becomes, fixtureCommand, openScreen, readService, readStatus, shows } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { fault, faultNotRun } from './fault.ts';

/** By proof of the kernel where it gives one. */
const NOTHING_FOUND = /^Stopped\. (?:Nothing is left|No process of it is found any more)\.\n$/;

const WEB = fixtureCommand('web-server');
const [NODE, WEB_PROGRAM] = JSON.parse(WEB) as [string, string];
const PYTHON = '/usr/bin/python3';
const DEBIAN_FIRST = { PATH: `/usr/bin:${process.env['PATH']}` };

async function timed<T>(work: Promise<T>): Promise<{ readonly result: T; readonly tookMs: number }> {
  const startedAtMs = performance.now();
  const result = await work;
  return { result, tookMs: performance.now() - startedAtMs };
}

/** Processes of the project, the supervisor left out. */
async function livingIn(project: TempProject): Promise<readonly number[]> {
  const { session } = await readStatus(project);
  return project.processes().flatMap(({ pid }) => (pid === session.pid ? [] : [pid]));
}

async function said(project: TempProject, pattern: RegExp): Promise<RegExpExecArray> {
  return eventually(`the log holds ${pattern}`, async () => {
    const { stdout } = await runDev(project, ['logs', '--no-color']);
    return pattern.exec(stdout) ?? false;
  });
}

async function listenerOf(project: TempProject, port: number): Promise<number | undefined> {
  const { stdout } = await runDev(project, ['ports', String(port), '--json']);
  return (JSON.parse(stdout) as { readonly data: PortReport }).data.owners[0]?.pid;
}

fault(
  {
    id: 'B1',
    priority: 'P0',
    fault: 'of npm, a shell and the server, the signal ends only the first',
    injected: 'npm run → sh -c "a; b" → node; stop',
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({
      config: `services:\n  web: {command: npm run serve, port: ${port}, stop: {grace: 5s}}\n`,
    });
    project.write(
      'package.json',
      JSON.stringify({ scripts: { serve: `echo first; node '${WEB_PROGRAM}'; echo last` } }),
    );
    const bystander = await startBystander({ cwd: project.root });
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    expect((await readService(project, 'web')).pids.length).toBeGreaterThan(2);
    const { result, tookMs } = await timed(runDev(project, ['stop', 'web', '--wait']));
    expect(result).toMatchObject({ exitCode: 0 });
    expect(tookMs).toBeLessThan(5_000);
    expect(await livingIn(project)).toEqual([]);
    expect(await isPortOpen(port)).toBe(false);
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'B2',
    priority: 'P0',
    fault: 'a process ignores SIGTERM',
    injected: 'SIGTERM ignored, grace 1 s; stop',
  },
  async () => {
    const project = createTempProject({
      config: `services:\n  stubborn: {command: ${fixtureCommand('ignore-term')}, ready: {log: ready}, stop: {grace: 1s}}\n`,
    });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    const stopping = timed(runDev(project, ['stop', 'stubborn', '--wait']));
    const seen = await becomes(project, 'stubborn', 'stopping');
    expect(seen.dueAt).not.toBeNull();
    expect(seen.why).toContain('SIGTERM sent');
    const { result, tookMs } = await stopping;
    expect(result).toMatchObject({ exitCode: 0 });
    expect(tookMs).toBeGreaterThan(900);
    expect(tookMs).toBeLessThan(2_500);
    expect(await readService(project, 'stubborn')).toMatchObject({ state: 'stopped', exit: { signal: 'SIGKILL' } });
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'B3',
    priority: 'P0',
    fault: 'the leader ends on SIGTERM, its child ignores it',
    injected: 'the leader ends at once, its child ignores SIGTERM; grace 500 ms; stop',
  },
  async () => {
    const project = createTempProject({
      config: `services:\n  pair: {command: ${fixtureCommand('leader-leaves')}, ready: {log: child}, stop: {grace: 500ms}}\n`,
    });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    expect((await livingIn(project)).length).toBe(2);
    expect(await runDev(project, ['stop', 'pair', '--wait'])).toMatchObject({ exitCode: 0 });
    expect(await livingIn(project)).toEqual([]);
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'B4',
    priority: 'P0',
    fault: 'a daemon leaves its group, session and parents',
    injected: 'double fork with setsid, the leader stays; stop',
  },
  async () => {
    const [node, daemonize] = JSON.parse(fixtureCommand('daemonize')) as [string, string];
    const project = createTempProject({
      config: `services:\n  old: {command: ${JSON.stringify([node, daemonize, 'stay'])}, ready: {log: daemon}}\n`,
    });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    const daemon = Number((await said(project, /daemon (\d+)/))[1]);
    expect(await livingIn(project)).toContain(daemon);
    expect(await runDev(project, ['stop', 'old', '--wait'])).toMatchObject({ exitCode: 0 });
    expect(await livingIn(project)).toEqual([]);
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'B4',
    fault: 'a service turns itself into a daemon: its leader ends with success',
    injected: 'double fork with setsid, the leader ends',
  },
  async () => {
    const project = createTempProject({ config: `services:\n  old: {command: ${fixtureCommand('daemonize')}}\n` });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['start']);
    const old = await becomes(project, 'old', 'exited');
    expect(await livingIn(project)).toEqual([]);
    expect(old.why).toContain('stopped one process that it left behind');
    bystander.expectUnharmed();
  },
);

/** A service that opens its port in a daemon which keeps nothing of devdeck, and then ends. */
function leavesListener(port: number): string {
  const server = `require("net").createServer().listen(${port}, "127.0.0.1")`;
  return `env -i setsid setsid "${NODE}" -e '${server}' > /dev/null 2>&1 < /dev/null & sleep 0.3; exit 0`;
}

fault(
  {
    id: 'B5',
    priority: 'P0',
    fault: 'a daemon loses every mark by which devdeck finds it',
    injected: 'env -i setsid, the leader ends; the kernel keeps it in the control group of the run',
    needsGroups: true,
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({
      config: `services:\n  lost: {command: ${JSON.stringify(leavesListener(port))}, port: ${port}, restart: no}\n`,
    });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['start']);
    await becomes(project, 'lost', 'exited');
    expect(await listenerOf(project, port)).toBeUndefined();
    const stop = { exitCode: 0, stderr: expect.stringMatching(NOTHING_FOUND) };
    expect(await runDev(project, ['stop'])).toMatchObject(stop);
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'B5',
    fault: 'the same without control groups: the daemon counts as foreign and still has the port',
    injected: 'a read-only mount of the control groups; stop names it and does not claim that nothing is left',
    needsRoot: true,
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({
      config: `services:\n  lost: {command: ${JSON.stringify(leavesListener(port))}, port: ${port}, restart: no}\n`,
    });
    const withoutGroups = 'mount -o remount,bind,ro "$(findmnt -n -o TARGET -t cgroup2)" && exec "$@"';
    const through = HAS_CONTROL_GROUPS ? ['unshare', '--mount', 'sh', '-c', withoutGroups, 'sh'] : [];
    await runDev(project, ['start'], { through });
    await becomes(project, 'lost', 'exited');
    const holder = await listenerOf(project, port);
    if (holder === undefined) return; // seen while it still had its parent, so it was ours to end
    onTestFinished(() => void process.kill(holder, 'SIGKILL'));
    await runDev(project, ['restart', 'lost']);
    const { conflict } = await becomes(project, 'lost', 'conflict');
    expect(conflict?.owners.map(({ pid }) => pid)).toEqual([holder]);
    const held = new RegExp(`\\(pid ${holder}\\) holds its port ${port}.*\\./dev kill ${port}`, 's');
    for (const command of [['stop', 'lost'], ['stop']]) {
      expect(await runDev(project, command)).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(held) });
    }
    expect(await listenerOf(project, port)).toBe(holder);
  },
);

fault(
  {
    id: 'B5',
    priority: 'P0',
    fault: 'daemons without any mark survive a stop that reports success',
    injected:
      '200 that fork twice, wipe their environment and open a session of their own; stop, and kill -9 of the supervisor',
    needsGroups: true,
  },
  async () => {
    const project = createTempProject({
      config: `services:\n  storm: {command: '${makesDaemons(200)}', tty: false}\n`,
    });
    const daemons = watchDaemons(project);
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    await daemons.reach(200);
    process.kill((await readStatus(project)).session.pid, 'SIGKILL');
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    await daemons.reach(200);
    const stop = { exitCode: 0, stderr: expect.stringContaining('Stopped. Nothing is left.') };
    expect(await runDev(project, ['stop'])).toMatchObject(stop);
    expect(daemons.count()).toBe(0);
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'B6',
    fault: 'a paused process does not react to SIGTERM',
    injected: 'SIGSTOP, then stop',
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({ config: `services:\n  web: {command: ${WEB}, port: ${port}}\n` });
    await runDev(project, ['up', '-d']);
    const { pid } = await readService(project, 'web');
    process.kill(pid as number, 'SIGSTOP');
    const { result, tookMs } = await timed(runDev(project, ['stop', 'web', '--wait']));
    expect(result).toMatchObject({ exitCode: 0 });
    expect(tookMs).toBeLessThan(3_000);
    expect(await readService(project, 'web')).toMatchObject({ state: 'stopped', exit: { code: 0 } });
  },
);

fault(
  {
    id: 'B7',
    fault: 'zombies count as alive',
    injected: 'a parent that never waits for its ten dead children; stop',
  },
  async () => {
    const program = `import os,time\nfor _ in range(10):\n  if os.fork() == 0: os._exit(0)\nprint('ready',flush=True)\ntime.sleep(1e6)`;
    const project = createTempProject({
      config: `services:\n  morgue: {command: ${JSON.stringify([PYTHON, '-c', program])}, ready: {log: ready}}\n`,
    });
    await runDev(project, ['up', '-d']);
    await eventually('only the parent counts, once all children are dead', async () => {
      const { rssBytes, pids, pid } = await readService(project, 'morgue');
      return rssBytes !== null && pids.join() === String(pid);
    });
    const { result, tookMs } = await timed(runDev(project, ['stop', 'morgue', '--wait']));
    expect(result).toMatchObject({ exitCode: 0 });
    expect(tookMs).toBeLessThan(2_000);
  },
);

for (const tty of [true, false]) {
  fault(
    {
      id: 'B8',
      fault: `a child in the background keeps the output open (${tty ? 'terminal' : 'pipes'})`,
      injected: 'sh -c "sleep 1000 & echo started"',
    },
    async () => {
      const project = createTempProject({
        config: `services:\n  job: {command: 'sleep 1000 & echo started', tty: ${tty}}\n`,
      });
      await runDev(project, ['start']);
      await becomes(project, 'job', 'exited', { timeoutMs: 3_000 });
      expect(await livingIn(project)).toEqual([]);
      await said(project, /started/);
    },
  );
}

fault(
  {
    id: 'B9',
    priority: 'P0',
    fault: 'Ctrl-C in the terminal reaches the services',
    injected: 'Ctrl-C on the screen, and in the terminal where up -d was called',
  },
  async () => {
    const [node, logger] = JSON.parse(fixtureCommand('signal-logger')) as [string, string];
    const project = createTempProject({
      config: `services:\n  job: {command: ${JSON.stringify([node, logger, 'signals'])}, ready: {log: watching}, stop: {grace: 300ms}}\n`,
    });
    const signals = () => readFileSync(join(project.root, 'signals'), 'utf8');
    const shell = spawnInPty({ command: ['sh', '-i'], cwd: project.root, env: project.env });
    shell.press(`'${DEVDECK}' up -d; echo "exit code $?"\r`);
    await shell.waitFor('exit code 0');
    shell.press(KEY.ctrlC);
    await shell.waitFor('^C');
    expect(signals()).toBe('');

    const screen = openScreen(project);
    await screen.waitFor(shows({ job: 'ready' }));
    // Once asks: the session was there before this screen.
    screen.press(KEY.ctrlC, KEY.ctrlC);
    await screen.waitForExit();
    // Both at once: which one a program is told of first is the kernel's choice.
    expect(signals().split('\n').toSorted()).toEqual(['', 'SIGCONT', 'SIGTERM']);
  },
);

fault(
  {
    id: 'B10',
    priority: 'P0',
    fault: 'the terminal of a background session closes',
    injected: 'up -d in a shell, then the terminal closes',
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({ config: `services:\n  web: {command: ${WEB}, port: ${port}}\n` });
    const shell = spawnInPty({ command: ['sh', '-i'], cwd: project.root, env: project.env });
    shell.press(`'${DEVDECK}' up -d; echo "exit code $?"\r`);
    await shell.waitFor('exit code 0');
    const before = await readService(project, 'web');
    shell.signal('SIGHUP');
    shell.signal('SIGKILL');
    await shell.waitForExit();
    expect(await readService(project, 'web')).toMatchObject({ state: 'ready', pid: before.pid, restarts: 0 });
  },
);

fault(
  {
    id: 'B11',
    priority: 'P0',
    fault: 'a tool ends when its input ends',
    injected: 'cat and esbuild --watch, in a terminal and on pipes; then the supervisor is killed',
  },
  async () => {
    const esbuild = `node_modules/.bin/esbuild in.js --outfile=out.js --watch`;
    const names = ['cat', 'cat-pipes', 'esbuild', 'esbuild-pipes'];
    const project = createTempProject({
      config: `
services:
  cat: {command: [cat]}
  cat-pipes: {command: [cat], tty: false}
  esbuild: {command: '../${esbuild}'}
  esbuild-pipes: {command: '../${esbuild.replace('out.js', 'out2.js')}', tty: false}
`,
    });
    project.write('in.js', 'console.log(1)');
    const bystander = await startBystander({ cwd: project.root });
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    await eventually('esbuild has built both', () =>
      ['out.js', 'out2.js'].every((file) => existsSync(join(project.root, file))),
    );
    for (const name of names) expect(await readService(project, name)).toMatchObject({ state: 'ready', restarts: 0 });

    const { session } = await readStatus(project);
    process.kill(session.pid, 'SIGKILL');
    await eventually('end of input ends them all', () => project.processes().length === 0);
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'B12',
    priority: 'P0',
    fault: 'files of an earlier session name wrong processes, or none',
    notPortable: 'start times have whole seconds: a process of the same second passes for the recorded one',
    injected: 'junk in session.json, runs.json and pids/ (-1, 0, 1, 1e3, 0x10, 2^31, NUL, 1 MB …); status, up, stop',
  },
  async () => {
    const project = createTempProject({
      config: `services:\n  job: {command: 'echo up; exec sleep 100000', ready: {log: up}}\n`,
    });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    const state = join(project.root, '.devdeck');
    const runs = JSON.parse(readFileSync(join(state, 'runs.json'), 'utf8')) as { runs: object[] };
    await runDev(project, ['stop']);

    const pids = [
      '-1',
      '0',
      '1',
      `${bystander.pid}`,
      `-${bystander.pid}`,
      '1e3',
      '0x10',
      '2147483648',
      '1099511627776',
      '',
      '\0',
    ];
    const record = runs.runs[0];
    const texts = [
      JSON.stringify({
        ...runs,
        runs: pids.flatMap((pid) => [
          { ...record, pid },
          { ...record, pid: Number(pid) },
        ]),
      }),
      JSON.stringify({ pid: -1, startTicks: 0, socket: '/', version: 1, sessionId: '' }),
      '{"runs": null}',
      'x'.repeat(1_000_000),
    ];
    mkdirSync(join(state, 'pids'), { recursive: true });
    for (const [number, text] of pids.entries()) writeFileSync(join(state, `pids/j${number}.pid`), text);
    for (const text of texts) {
      for (const file of ['runs.json', 'session.json', 'pids/job.pid']) writeFileSync(join(state, file), text);
      const nothing = { exitCode: 0, stderr: 'No session of this project is running.\n' };
      expect(await runDev(project, ['stop'])).toMatchObject(nothing);
      expect(await runDev(project, ['up', '-d']), text.slice(0, 80)).toMatchObject({ exitCode: 0 });
      expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
    }
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'B13',
    fault: 'a tree of a thousand generations',
    injected: 'each forks the next; stop with a grace of 2 s',
    isSlow: true,
  },
  async () => {
    const project = createTempProject({
      config: `services:\n  deep: {command: [sh, deep.sh, '1000'], ready: {log: deep}, stop: {grace: 2s}}\n`,
    });
    project.write('deep.sh', 'if [ "$1" -gt 0 ]; then sh "$0" $(($1 - 1)); else echo deep; sleep 100000; fi; true\n');
    const bystander = await startBystander({ cwd: project.root });
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    expect((await livingIn(project)).length).toBe(1002);
    const { result, tookMs } = await timed(runDev(project, ['stop', 'deep', '--wait']));
    expect(result).toMatchObject({ exitCode: 0 });
    expect(tookMs).toBeLessThan(7_000);
    expect(await livingIn(project)).toEqual([]);
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'B14',
    priority: 'P0',
    fault: 'a reloader keeps running without its server',
    injected: 'uvicorn --reload with an app that raises at import',
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({
      config: `services:\n  api: {command: uvicorn main:app --reload --port $PORT, port: ${port}, health: {http: /, interval: 200ms, timeout: 500ms, retries: 1, start_period: 500ms}}\n`,
      env: DEBIAN_FIRST,
    });
    project.write('main.py', 'raise RuntimeError("no database")\n');
    await runDev(project, ['start']);
    const api = await becomes(project, 'api', 'unhealthy');
    expect(api).toMatchObject({ ready: false, readyAt: null, restarts: 0 });
    expect(api.why).not.toBe('');
    expect((await runDev(project, ['wait', '--timeout', '1s'])).exitCode).not.toBe(0);
  },
);

fault(
  {
    id: 'B15',
    priority: 'P0',
    fault: 'a program cannot be started',
    injected: 'not found, not executable, a folder, no such cwd, too long, NUL, empty; beside one that can',
  },
  async () => {
    const port = await freePort();
    const project = createTempProject();
    project.write('plain.txt', 'no program\n');
    project.write('folder/file', '');
    const long = 'x'.repeat(200_000);
    const services = {
      web: { command: [NODE, WEB_PROGRAM], port },
      absent: { command: ['no-such-program'] },
      shell: { command: 'no-such-program --flag' },
      plain: { command: ['./plain.txt'] },
      folder: { command: ['./folder'] },
      cwd: { command: ['true'], cwd: 'gone' },
      long: { command: ['echo', long] },
      missing: { command: ['./missing.sh'] },
    };
    project.write('.project.config', JSON.stringify({ services }));
    await runDev(project, ['start']);
    await becomes(project, 'web', 'ready');
    const reasons: Record<string, string> = {};
    for (const name of Object.keys(services).filter((each) => each !== 'web')) {
      reasons[name] = (await becomes(project, name, 'failed')).why;
    }
    expect(reasons['absent']).toMatch(/no-such-program/);
    expect(reasons['shell']).toMatch(/not found.*no-such-program/);
    expect(reasons['plain']).toMatch(/executable/);
    expect(reasons['folder']).toMatch(/folder|directory/);
    expect(reasons['cwd']).toMatch(/gone/);
    expect(reasons['long']).toMatch(/long/);
    expect(reasons['missing']).toMatch(/missing\.sh/);
    expect(await readService(project, 'web')).toMatchObject({ state: 'ready', restarts: 0 });
  },
);

fault(
  {
    id: 'B15',
    fault: 'no file descriptors are left',
    injected: 'prlimit --nofile=120 and 40 services',
  },
  async () => {
    const names = Array.from({ length: 40 }, (_, index) => `s${index}`);
    const project = createTempProject({
      config: `defaults: {restart: no}\nservices:\n${names.map((name) => `  ${name}: {command: [sleep, '100000']}`).join('\n')}\n`,
    });
    await runDev(project, ['start'], { through: ['prlimit', '--nofile=120:120'] });
    const services = await eventually('each has started or failed', async () => {
      const status = await readStatus(project);
      return status.services.every(({ state }) => state === 'ready' || state === 'failed') && status.services;
    });
    const failed = services.filter(({ state }) => state === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(40);
    for (const { why } of failed) expect(why).toMatch(/open files.*ulimit -n/);
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
    await eventually('no process is left', () => project.processes().length === 0, { timeoutMs: 2_000 });
  },
);

faultNotRun({ id: 'B10', fault: 'logind ends the supervisor at logout' }, 'no logind in the test machine');
