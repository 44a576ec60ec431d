// Faults of the supervisor itself: killed, hung, raced, met by another version, lied to by what is left on disk.

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { prepareRuntimeDir, runtimePaths } from '../../src/system/state/runtime-dir.ts';
import { startBystander } from '../helpers/bystander.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { DEVDECK, runDev, startDev } from '../helpers/run-dev.ts';
import {
  controlSockets,
  fixtureCommand,
  openScreen,
  readService,
  readStatus,
  shows,
  supervisorPid,
} from '../helpers/session.ts';
import { startOtherVersion } from '../helpers/other-version.ts';
import { createTempProject, REPOSITORY, type TempProject } from '../helpers/temp-project.ts';
import { RawClient } from '../ipc/ipc-bench.ts';
import { fault, faultNotRun } from './fault.ts';

const WEB = fixtureCommand('web-server');
/** Ready as soon as it runs. */
const JOB = 'services:\n  job: {command: echo up; exec sleep 100000, health: {log: up}}\n';
/** Every command that needs the session's answer. */
const COMMANDS = [
  ['status'],
  ['status', '--json'],
  ['health'],
  ['wait'],
  ['logs'],
  ['why', 'web'],
  ['metrics'],
  ['restart', 'web'],
  ['stop', 'web'],
  ['stop'],
  ['ensure'],
  ['up', '-d'],
] as const;

/** In a pid namespace: a session is killed whole, and strangers get the pids of its service and its supervisor. */
const RECYCLE = `
  dev=$1 node=$2
  $dev up -d
  service=$(cat .devdeck/pids/job.pid)
  supervisor=$(sed -n 's/.*"pid": \\([0-9]*\\),.*/\\1/p' .devdeck/session.json)
  kill -9 $supervisor $service
  while kill -0 $supervisor 2>/dev/null || kill -0 $service 2>/dev/null; do sleep .01; done
  echo $((supervisor - 1)) > /proc/sys/kernel/ns_last_pid; $node signal-logger.mjs supervisor.signals & first=$!
  echo $((service - 1)) > /proc/sys/kernel/ns_last_pid; $node signal-logger.mjs service.signals & second=$!
  [ $first = $supervisor ] && [ $second = $service ] && echo 'both strangers have the old pids'
  while ! [ -e supervisor.signals ] || ! [ -e service.signals ]; do sleep .01; done
  $dev status; $dev stop; $dev stop --force; $dev up -d; $dev stop; $dev clean
  kill -0 $first && kill -0 $second && echo 'both strangers live'
`;

function fixturePath(name: string): string {
  return join(REPOSITORY, `test/fixtures/services/${name}.mjs`);
}

async function expectTimeOut(project: TempProject, command: readonly string[], pid: number): Promise<void> {
  const startMs = performance.now();
  const { exitCode, stdout, stderr } = await runDev(project, command);
  const what = command.join(' ');
  expect(performance.now() - startMs, what).toBeLessThan(10_000);
  expect(exitCode, what).toBe(124);
  expect(stdout + stderr, what).toContain(String(pid));
}

function supervisors(project: TempProject): readonly number[] {
  const isSupervisor = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/supervisor.js');
  return project.processes().flatMap(({ pid }) => (isSupervisor(pid) ? [pid] : []));
}

function openFiles(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

fault(
  {
    id: 'D1',
    priority: 'P0',
    fault: 'the supervisor is killed; its services keep running',
    injected: 'kill -9, then up -d',
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({ config: `services:\n  web: {command: ${WEB}, port: ${port}}\n` });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    const before = await readService(project, 'web');
    const { session } = await readStatus(project);
    process.kill(session.pid, 'SIGKILL');

    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    const after = await readService(project, 'web');
    expect(after).toMatchObject({ state: 'ready', port });
    expect(after.pid).not.toBe(before.pid);
    expect(project.processes().some(({ pid }) => pid === before.pid)).toBe(false);
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'D3',
    priority: 'P0',
    fault: 'records from before a reboot name running processes',
    injected: 'runs.json names a foreign process, with another boot id',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    const file = join(project.root, '.devdeck/runs.json');
    const { session } = await readStatus(project);
    const records = JSON.parse(readFileSync(file, 'utf8')) as { bootId: string; runs: { pid: number }[] };
    process.kill(session.pid, 'SIGKILL');
    const runs = records.runs.map((run) => ({ ...run, pid: bystander.pid }));
    writeFileSync(file, JSON.stringify({ ...records, bootId: 'ffffffff-ffff-ffff-ffff-ffffffffffff', runs }));

    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'D2',
    priority: 'P0',
    fault: 'the pids of a killed session now belong to foreign processes',
    injected: 'a pid namespace whose next pid is set to that of the killed service, then of the supervisor',
    needsRoot: true,
    isSlow: true,
  },
  async () => {
    const project = createTempProject({ config: 'services:\n  job: {command: [sleep, "100000"]}\n' });
    project.write('recycle.sh', RECYCLE);
    project.write('signal-logger.mjs', readFileSync(fixturePath('signal-logger'), 'utf8'));
    const inside = ['--pid', '--fork', '--mount-proc', '--kill-child', 'sh', 'recycle.sh', DEVDECK, process.execPath];
    const { stdout } = await promisify(execFile)('unshare', inside, { cwd: project.root, env: project.env });

    expect(stdout).toContain('both strangers have the old pids');
    expect(stdout).toContain('both strangers live');
    expect(readFileSync(join(project.root, 'service.signals'), 'utf8')).toBe('');
    expect(readFileSync(join(project.root, 'supervisor.signals'), 'utf8')).toBe('');
  },
);

faultNotRun(
  { id: 'D4', fault: 'a pid belongs to another process by the time of the signal', priority: 'P0' },
  'a test from outside cannot hit a window of less than a millisecond; unit tests change the process table in it',
);

fault(
  {
    id: 'D5',
    priority: 'P0',
    fault: 'twenty starts at once, over what a killed session left',
    injected: 'kill -9, then 20 up -d side by side',
    isSlow: true,
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({ config: `services:\n  web: {command: ${WEB}, port: ${port}}\n` });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    process.kill((await readStatus(project)).session.pid, 'SIGKILL');

    const starts = Array.from({ length: 20 }, () => runDev(project, ['up', '-d'], { timeoutMs: 50_000 }));
    const results = await Promise.all(starts);
    expect(results.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 20 }, () => 0));
    expect(supervisors(project)).toHaveLength(1);
    expect(await readService(project, 'web')).toMatchObject({ state: 'ready', port });
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'D6',
    priority: 'P0',
    fault: 'a socket and a record that a killed supervisor left',
    injected: 'kill -9; status, up -d, status',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    await runDev(project, ['up', '-d']);
    process.kill((await readStatus(project)).session.pid, 'SIGKILL');
    expect(controlSockets(project)).toHaveLength(1);

    expect(await runDev(project, ['status'])).toMatchObject({ exitCode: 6 });
    const { exitCode, stdout, stderr } = await runDev(project, ['up', '-d']);
    expect(exitCode).toBe(0);
    expect(stdout + stderr).not.toMatch(/stale|already|rm /i);
    expect(await runDev(project, ['status'])).toMatchObject({ exitCode: 0 });
    expect(controlSockets(project)).toHaveLength(1);
  },
);

fault(
  {
    id: 'D13',
    priority: 'P0',
    fault: 'status.json says running, and the supervisor is dead',
    injected: 'kill -9, then every command that needs a session',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    await runDev(project, ['up', '-d']);
    process.kill((await readStatus(project)).session.pid, 'SIGKILL');

    const { exitCode, stdout } = await runDev(project, ['status', '--json']);
    expect(exitCode).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'no_session' } });
    for (const command of [['health'], ['wait'], ['metrics'], ['restart', 'job']]) {
      expect(await runDev(project, command)).toMatchObject({ exitCode: 6 });
    }
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'D14',
    fault: 'a session starts while the one before is still stopping',
    injected: 'stop of a service that ignores SIGTERM, and up -d beside it',
  },
  async () => {
    const stubborn = fixtureCommand('ignore-term');
    const project = createTempProject({
      config: `services:\n  job: {command: ${stubborn}, health: {log: ready}, stop: {grace: 1s}}\n`,
    });
    await runDev(project, ['up', '-d']);
    const { session } = await readStatus(project);
    const stopping = startDev(project, ['stop']);
    await eventually('the session is stopping', async () => (await readStatus(project)).session.ending);

    const next = await runDev(project, ['up', '-d']);
    expect(await stopping.ended()).toMatchObject({ exitCode: 0 });
    expect(next).toMatchObject({ exitCode: 0 });
    const now = await readStatus(project);
    expect(now.session.pid).not.toBe(session.pid);
    expect(supervisorPid(project)).toBe(now.session.pid);
    expect(supervisors(project)).toHaveLength(1);
  },
);

fault(
  {
    id: 'D17',
    fault: 'this devdeck meets the supervisor of another version',
    injected: 'a supervisor that speaks the next protocol on the socket; a client that does',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const paths = runtimePaths(project.root, project.env);
    prepareRuntimeDir(paths);
    const socketPath = paths.socket;
    const other = await startOtherVersion(socketPath);
    const status = await runDev(project, ['status']);
    expect(status.exitCode).toBe(5);
    expect(status.stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    expect(status.stderr).toMatch(/protocol 2.*\n.*\.\/dev stop/s);
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 5 });
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
    expect(other.methods).toContain('shutdown');
    await other.close();

    await runDev(project, ['up', '-d']);
    const client = new RawClient(socketPath);
    client.hello('command', 2);
    client.send({ id: 1, method: 'snapshot', params: [] }, { id: 2, method: 'shutdown', params: [] });
    expect(await client.frame((frame) => 'refused' in frame)).toMatchObject({ refused: { code: 'version_mismatch' } });
    expect(await client.frame(({ id }) => id === 1)).toMatchObject({ error: { code: 'version_mismatch' } });
    expect(await client.frame(({ id }) => id === 2)).toMatchObject({ result: { leftovers: [] } });
    expect(await runDev(project, ['status'])).toMatchObject({ exitCode: 6 });
  },
);

fault(
  {
    id: 'D18',
    priority: 'P0',
    fault: 'a web page or another machine reaches the session over the network',
    injected: 'a session with a screen: its sockets against the table of TCP listeners',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const screen = openScreen(project);
    await screen.waitFor(shows({ job: 'ready' }));

    const listening = new Set(
      ['tcp', 'tcp6']
        .flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').trim().split('\n').slice(1))
        .map((row) => row.trim().split(/\s+/))
        .flatMap(([, , , state, , , , , , inode]) => (state === '0A' ? [`socket:[${inode}]`] : [])),
    );
    const ours = project.processes().flatMap(({ pid }) => openFiles(pid));
    expect(ours.filter((file) => listening.has(file))).toEqual([]);
    expect(ours.some((file) => file.startsWith('socket:'))).toBe(true);
  },
);

fault(
  {
    id: 'D19',
    priority: 'P0',
    fault: 'an unexpected error in the supervisor',
    injected: 'an exception thrown in its event loop from outside (--import)',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const bystander = await startBystander({ cwd: project.root });
    project.write('bomb.mjs', "process.on('SIGUSR2', () => { throw new Error('boom'); });\n");
    const bomb = { NODE_OPTIONS: `--import=${join(project.root, 'bomb.mjs')}` };
    await runDev(project, ['up', '-d'], { env: bomb });
    const { session } = await readStatus(project);
    process.kill(session.pid, 'SIGUSR2');

    await eventually('nothing of the session is left', () => project.processes().length === 0);
    expect(readFileSync(join(project.root, '.devdeck/supervisor.log'), 'utf8')).toMatch(/"event":"bug".*boom/);
    expect(await runDev(project, ['status'])).toMatchObject({ exitCode: 6 });
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'D20',
    priority: 'P0',
    fault: 'the supervisor hangs',
    injected: 'kill -STOP, then every command; then stop --force',
    isSlow: true,
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({ config: `services:\n  web: {command: ${WEB}, port: ${port}}\n` });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    const { session } = await readStatus(project);
    const service = await readService(project, 'web');
    process.kill(session.pid, 'SIGSTOP');

    // Side by side, as many as two processors start without delay.
    for (let at = 0; at < COMMANDS.length; at += 3) {
      await Promise.all(COMMANDS.slice(at, at + 3).map((command) => expectTimeOut(project, command, session.pid)));
    }
    const forced = await runDev(project, ['stop', '--force']);
    expect(forced).toMatchObject({ exitCode: 0 });
    expect(project.processes().filter(({ pid }) => pid === session.pid || pid === service.pid)).toEqual([]);
    expect(await runDev(project, ['status'])).toMatchObject({ exitCode: 6 });
    bystander.expectUnharmed();
  },
);
