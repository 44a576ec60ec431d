// Faults of the machine: limits that are reached, a /proc that hides, folders that are missing, programs that are not there.

import { execFileSync } from 'node:child_process';
import { chownSync, chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { ServiceView } from '../../src/core/session/snapshot.ts';
import { startBystander } from '../helpers/bystander.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort, freePorts } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, openScreen, readService, readStatus, shows } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { fault, faultNotRun } from './fault.ts';

const JOB = 'services:\n  job: {command: exec sleep 100000}\n';

function many(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `  s${index + 1}: {command: exec sleep 100000}\n`);
  return `services:\n${names.join('')}`;
}

/** Runs devdeck by way of a shell that first changes what it may do. */
async function devThrough(project: TempProject, script: string, args: readonly string[]) {
  return runDev(project, args, { through: ['sh', '-c', `${script} "$0" "$@"`], timeoutMs: 60_000 });
}

function countStates(services: readonly ServiceView[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of services) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

fault(
  {
    id: 'H1',
    fault: 'too few open files for all services',
    injected: 'ulimit -n 256, 100 services',
  },
  async () => {
    const project = createTempProject({ config: many(100) });
    const started = await devThrough(project, 'ulimit -n 256; exec', ['up', '-d', '--timeout', '20s']);
    expect(started.exitCode).toBe(1);
    const services = await eventually('those that fit are ready', async () => {
      const { services: views } = await readStatus(project);
      return views.every(({ state }) => state === 'ready' || state === 'failed') && views;
    });
    expect(countStates(services)['ready']).toBeGreaterThan(40);
    for (const { state, why } of services) {
      if (state === 'failed') expect(why).toMatch(/^Too many open files: \d+ of 256 are in use/);
    }
    expect((await devThrough(project, 'ulimit -n 256; exec', ['check'])).stdout).toMatch(/open files\s+at most 256/);
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'H2',
    fault: 'the system watches no more files (inotify)',
    injected: 'a user namespace that allows no watch; the config is edited',
    needsRoot: true,
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const none = 'echo 0 >/proc/sys/user/max_inotify_instances; exec';
    const through = ['unshare', '--user', '--map-root-user', 'sh', '-c', `${none} "$0" "$@"`];
    expect(await runDev(project, ['up', '-d'], { through })).toMatchObject({ exitCode: 0 });
    project.write('.project.config', `${JOB}  more: {command: exec sleep 100000}\n`);
    await eventually('the edit is seen', async () => (await readStatus(project)).session.config?.status === 'pending');
    const warnings = readFileSync(join(project.root, '.devdeck/supervisor.log'), 'utf8').match(
      /watches no more files/g,
    );
    expect(warnings).toHaveLength(1);
  },
);

fault(
  {
    id: 'H3',
    fault: 'a hundred services',
    injected: 'a config of them; up -d, the screen, status.json, stop',
    isSlow: true,
    timeoutMs: 90_000,
  },
  async () => {
    const project = createTempProject({ config: many(100) });
    expect(await runDev(project, ['up', '-d', '--timeout', '30s'])).toMatchObject({ exitCode: 0 });
    expect(countStates((await readStatus(project)).services)).toEqual({ ready: 100 });
    const app = openScreen(project);
    await app.waitFor(shows({ s1: 'ready' }));
    app.press('G');
    await app.waitFor(shows({ s100: 'ready' }));
    const file = join(project.root, '.devdeck/status.json');
    expect((JSON.parse(readFileSync(file, 'utf8')) as { services: unknown[] }).services).toHaveLength(100);
    app.press('d');
    await app.waitForExit();
    expect(await runDev(project, ['stop'], { timeoutMs: 15_000 })).toMatchObject({ exitCode: 0 });
    await eventually('no process is left', () => project.processes().length === 0);
  },
);

/** Somebody who is neither root nor anybody else here, so that limits count only what the test starts. */
const STRANGER = 54_321;
const AS_STRANGER = `setpriv --reuid=${STRANGER} --regid=${STRANGER} --clear-groups`;

function giveToStranger(project: TempProject): void {
  const home = dirname(project.root);
  for (const path of ['', 'run', 'cache', 'state', 'project', 'project/.project.config']) {
    chownSync(join(home, path), STRANGER, STRANGER);
  }
}

fault(
  {
    id: 'H4',
    fault: '/proc shows only one’s own processes',
    notPortable: 'lsof shows another user’s sockets to root alone; macOS has netstat for them',
    injected: 'hidepid=invisible in a mount namespace, as another user; a port held by root',
    needsRoot: true,
  },
  async () => {
    const [port = 0, taken = 0] = await freePorts(2);
    await holdPort(taken);
    const project = createTempProject({
      config: `services:\n  web: {command: ${fixtureCommand('web-server')}, port: ${port}}\n  held: {command: exec sleep 100000, port: ${taken}}\n`,
    });
    giveToStranger(project);
    const bystander = await startBystander({ cwd: project.root });
    const script = [
      'mount -t proc -o hidepid=invisible proc /proc',
      `${AS_STRANGER} "$0" up -d --timeout 10s`,
      `${AS_STRANGER} "$0" status --json`,
      `${AS_STRANGER} "$0" stop`,
    ].join('; ');
    const through = ['unshare', '--mount', 'sh', '-c', `${script}; echo "stop $?"`];
    const { stdout, stderr } = await runDev(project, [], { through });
    const json = stdout.split('\n').find((line) => line.startsWith('{')) ?? '';
    const { services } = (JSON.parse(json) as { data: { services: ServiceView[] } }).data;
    expect(
      services.find(({ name }) => name === 'web'),
      stderr,
    ).toMatchObject({ state: 'ready', port });
    const held = services.find(({ name }) => name === 'held');
    expect(held).toMatchObject({ state: 'conflict' });
    expect(held?.why).toMatch(/hidden|another user|root/);
    expect(stdout).toContain('stop 0');
    bystander.expectUnharmed();
  },
);

function withBarePath(project: TempProject): TempProject {
  const bin = join(dirname(project.root), 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  symlinkSync('/bin/sh', join(bin, 'sh'));
  return { ...project, env: { ...project.env, PATH: bin } };
}

fault(
  {
    id: 'H5',
    fault: 'ps, getconf, ss, lsof and the like are not installed',
    notPortable: 'devdeck needs ps and lsof',
    injected: 'a PATH with node and sh alone',
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({
      config: `services:\n  web: {command: ${fixtureCommand('web-server')}, port: ${port}}\n`,
    });
    const bare = withBarePath(project);
    expect(await runDev(bare, ['up', '-d'])).toMatchObject({ exitCode: 0, stderr: '' });
    const web = await readService(bare, 'web');
    expect(web.rssBytes).toBeGreaterThan(10_000_000);
    expect(web.listening).toMatchObject([{ port, pid: web.pid }]);
    expect((await runDev(bare, ['ports', String(port)])).stdout).toContain('node');
    expect(await runDev(bare, ['stop'])).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'H6',
    fault: 'the processor time shown is that of the shell, not of what it runs',
    notPortable: 'devdeck needs ps and lsof',
    injected: 'sh -c "node burn; true", with a PATH of node and sh alone',
  },
  async () => {
    const [, burn] = JSON.parse(fixtureCommand('burn-cpu')) as readonly string[];
    const config = `services:\n  job: {command: "node ${burn}; true"}\n`;
    const project = withBarePath(createTempProject({ config }));
    await runDev(project, ['up', '-d']);
    const busy = await eventually('its work is seen', async () => {
      const view = await readService(project, 'job');
      return (view.cpuPercent ?? 0) > 25 && view;
    });
    expect(busy.pids.length).toBeGreaterThan(1);
    expect(busy.rssBytes).toBeGreaterThan(20_000_000);
  },
);

fault(
  {
    id: 'H7',
    fault: 'no more processes may be started (EAGAIN)',
    injected: 'prlimit --nproc as another user, 60 services',
    needsRoot: true,
  },
  async () => {
    const project = createTempProject({ config: many(60) });
    giveToStranger(project);
    const limited = `exec prlimit --nproc=60 ${AS_STRANGER}`;
    const started = await devThrough(project, limited, ['up', '-d', '--timeout', '15s']);
    expect(started.exitCode).toBe(1);
    const services = await eventually('those that fit are ready', async () => {
      const { stdout } = await devThrough(project, `exec ${AS_STRANGER}`, ['status', '--json']);
      const { services: views } = (JSON.parse(stdout) as { data: { services: ServiceView[] } }).data;
      return views.every(({ state }) => state === 'ready' || state === 'failed') && views;
    });
    const { ready = 0, failed = 0 } = countStates(services);
    expect(ready).toBeGreaterThan(5);
    expect(failed).toBeGreaterThan(5);
    for (const { state, why } of services) if (state === 'failed') expect(why).toMatch(/no room for another process/);
    expect(await devThrough(project, `exec ${AS_STRANGER}`, ['stop'])).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'H8',
    fault: 'the system kills a service for its memory',
    injected: 'SIGKILL by somebody else',
    isSlow: true,
  },
  async () => {
    const project = createTempProject({ config: `${JOB}  other: {command: exec sleep 100000}\n` });
    await runDev(project, ['up', '-d']);
    const before = await readService(project, 'job');
    process.kill(before.pid ?? 0, 'SIGKILL');
    await eventually('it says so', async () => /SIGKILL|killed/.test((await readService(project, 'job')).why));
    const after = await eventually('it is ready again', async () => {
      const view = await readService(project, 'job');
      return view.state === 'ready' && view.pid !== before.pid && view;
    });
    expect(after).toMatchObject({ restarts: 1, exit: { code: null, signal: 'SIGKILL' } });
  },
);

fault(
  {
    id: 'H9',
    fault: 'no runtime folder, a wrong one, a home that cannot be written',
    injected: 'XDG_RUNTIME_DIR unset, missing, of another user, relative; a read-only HOME, as another user',
    isSlow: true,
    needsRoot: true,
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const home = dirname(project.root);
    giveToStranger(project);
    mkdirSync(join(home, 'foreign'), { mode: 0o755 });
    for (const folder of ['cache', 'state', 'run']) rmSync(join(home, folder), { recursive: true });
    chmodSync(home, 0o555);
    const places = [
      '-u XDG_RUNTIME_DIR',
      'XDG_RUNTIME_DIR=/nowhere/at/all',
      `XDG_RUNTIME_DIR=${home}/foreign`,
      'XDG_RUNTIME_DIR=run',
    ];
    for (const place of places) {
      // The mark by which the test finds what it started is another one here.
      const dev = `exec ${AS_STRANGER} env ${place} TMPDIR=${project.root}`;
      const started = await devThrough(project, dev, ['up', '-d']);
      expect(started.exitCode, `${place}\n${started.stderr}`).toBe(0);
      expect(await devThrough(project, dev, ['status'])).toMatchObject({ exitCode: 0 });
      expect(await devThrough(project, dev, ['stop'])).toMatchObject({ exitCode: 0 });
    }
  },
);

faultNotRun(
  { id: 'H10', fault: 'the project is on a file system without sockets or locks (vfat, some network drives)' },
  'no such file system is available here; the socket is never in the project',
);

fault(
  {
    id: 'H11',
    fault: 'Node is too old',
    injected: 'a Node on PATH that calls itself 20.20.2, and none beside devdeck',
  },
  async () => {
    const project = createTempProject({ config: JOB, copies: { bin: 'tool/bin' } });
    const old = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' });`;
    project.write('old.cjs', old);
    project.write('path/node', `#!/bin/sh\nexec '${process.execPath}' --require '${project.root}/old.cjs' "$@"\n`);
    chmodSync(join(project.root, 'path/node'), 0o755);
    const script = `PATH=${project.root}/path:$PATH exec ${project.root}/tool/bin/devdeck up -d #`;
    const { exitCode, stdout, stderr } = await devThrough(project, script, []);
    expect({ exitCode, stdout }).toEqual({ exitCode: 127, stdout: '' });
    expect(stderr).toMatch(/^devdeck needs Node\.js 22\.13 or newer.*20\.20\.2/);
  },
);

/** The lowest number that the process has not given to a file: with this limit it can open none. */
function lowestFreeDescriptor(pid: number): number {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (open.has(free)) free += 1;
  return free;
}

fault(
  {
    id: 'H12',
    fault: 'the supervisor can open no more files while it runs',
    injected: 'prlimit --nofile set to what is in use; commands and an edit of the config; then set back',
    priority: 'P0',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    await runDev(project, ['up', '-d']);
    const { session, services } = await readStatus(project);
    const pid = session.pid ?? 0;
    const limitFiles = (limit: number) => execFileSync('prlimit', ['--pid', String(pid), `--nofile=${limit}:`]);
    limitFiles(lowestFreeDescriptor(pid));
    project.write('.project.config', `${JOB}  more: {command: exec sleep 100000}\n`);
    // Refused, or done as soon as that is possible.
    let isRestarted = false;
    for (const args of ['status', 'restart job', 'health', 'logs', 'ports', 'reload', 'events', 'check']) {
      const { exitCode, stderr } = await runDev(project, args.split(' '));
      isRestarted ||= args === 'restart job' && exitCode === 0;
      expect(exitCode, args).not.toBe(70);
      expect(stderr, args).not.toContain('bug');
    }
    limitFiles(1024);
    await eventually('the edit is seen', async () => (await readStatus(project)).session.config?.status === 'pending');
    const after = await readStatus(project);
    expect(after.session.pid).toBe(pid);
    expect(isRestarted || after.services[0]?.pid === services[0]?.pid).toBe(true);
    expect(await runDev(project, ['restart', 'job', '--wait'])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(project.root, '.devdeck/supervisor.log'), 'utf8')).not.toContain('"bug"');
  },
);
