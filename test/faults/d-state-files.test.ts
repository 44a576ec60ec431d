// Faults around the files of a session: torn, full, junk, deleted, moved, open to others.

import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished } from 'vitest';
import { startBystander } from '../helpers/bystander.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { DEVDECK, runDev, startDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService, readStatus } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';
import { fillDisk, mountSmallDisk } from './small-disk.ts';

/** Ready as soon as it runs. */
const JOB = 'services:\n  job: {command: echo up; exec sleep 100000, health: {log: up}}\n';
/** Its state changes many times a second. */
const FLAPPING =
  'services:\n  job: {command: "exit 1", restart: {policy: always, backoff: 20ms, max_backoff: 20ms, max: 1000}}\n';

function stateFile(project: TempProject, name: string): string {
  return join(project.root, '.devdeck', name);
}

/** Every file and folder in there and below. */
function allPaths(folder: string): readonly string[] {
  return [folder, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))];
}

fault(
  {
    id: 'D11',
    priority: 'P0',
    fault: 'status.json is read while it is written',
    injected: '10,000 reads beside a service whose state changes all the time',
  },
  async () => {
    const project = createTempProject({ config: FLAPPING });
    await runDev(project, ['start']);
    const path = stateFile(project, 'status.json');
    await eventually('there is a status.json', () => existsSync(path));
    const inodes = new Set<number>();
    let reads = 0;
    while (reads < 10_000 || inodes.size < 5) {
      const { services } = JSON.parse(readFileSync(path, 'utf8')) as { readonly services: readonly unknown[] };
      expect(services).toHaveLength(1);
      inodes.add(statSync(path).ino);
      reads += 1;
    }
  },
);

fault(
  {
    id: 'D12',
    priority: 'P0',
    fault: 'the disk is full when the state of the session is written',
    injected: '.devdeck on a tmpfs of 1 MB, filled; restart; room again',
    needsRoot: true,
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const disk = mountSmallDisk(join(project.root, '.devdeck'));
    await runDev(project, ['up', '-d']);
    const path = stateFile(project, 'status.json');
    const read = () =>
      JSON.parse(readFileSync(path, 'utf8')) as { session: { pid: number }; services: { pid: number }[] };
    const before = await eventually('status.json tells of the service', () => existsSync(path) && read());
    fillDisk(disk);

    expect(await runDev(project, ['restart', 'job'])).toMatchObject({ exitCode: 0 });
    const restarted = await eventually('the service has another process', async () => {
      expect(read().session.pid).toBe(before.session.pid);
      const { pid, state } = await readService(project, 'job');
      return state === 'ready' && pid !== before.services[0]?.pid && pid;
    });
    rmSync(join(disk, 'ballast'));
    await eventually('the files catch up', () => {
      const { runs } = JSON.parse(readFileSync(stateFile(project, 'runs.json'), 'utf8')) as { runs: { pid: number }[] };
      return read().services[0]?.pid === restarted && runs[0]?.pid === restarted;
    });
    expect(readFileSync(stateFile(project, 'pids/job.pid'), 'utf8')).toBe(`${restarted}\n`);
  },
);

const JUNK = ['', '-1', '1', '\0', '[]', '{"pid":-1}'];

fault(
  {
    id: 'D2',
    priority: 'P0',
    fault: 'the files of a session hold junk, or name foreign processes',
    notPortable: 'start times have whole seconds: a process of the same second passes for the recorded one',
    injected:
      'session.json, runs.json and pid files rewritten after kill -9: numbers, NUL, half JSON, 1 MB, a foreign process',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    const session = JSON.parse(readFileSync(stateFile(project, 'session.json'), 'utf8')) as { pid: number };
    const runs = JSON.parse(readFileSync(stateFile(project, 'runs.json'), 'utf8')) as { runs: object[] };
    process.kill(session.pid, 'SIGKILL');

    for (const junk of [...JUNK, 'x'.repeat(1024 * 1024)]) {
      for (const name of ['session.json', 'runs.json', 'pids/job.pid']) writeFileSync(stateFile(project, name), junk);
      expect((await runDev(project, ['status'])).exitCode).toBe(6);
    }
    const pids = [0, -1, 1, process.pid, bystander.pid, 2 ** 31, 1e21, '1', null];
    const stolen = pids.map((pid) => ({ ...runs.runs[0], pid }));
    writeFileSync(stateFile(project, 'runs.json'), JSON.stringify({ ...runs, runs: stolen }));
    writeFileSync(stateFile(project, 'session.json'), JSON.stringify({ ...session, pid: bystander.pid }));
    writeFileSync(stateFile(project, 'pids/job.pid'), String(bystander.pid));
    for (const command of [['stop', '--force'], ['up', '-d'], ['stop'], ['clean']]) {
      expect(await runDev(project, command)).toMatchObject({ exitCode: 0 });
    }
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'D13',
    fault: 'somebody deletes .devdeck while the session runs',
    injected: 'rm -r .devdeck; then kill -9 of the supervisor; then up -d',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    const { pid } = await readService(project, 'job');
    const { session } = await readStatus(project);
    rmSync(join(project.root, '.devdeck'), { recursive: true });

    expect(await runDev(project, ['status'])).toMatchObject({ exitCode: 0 });
    for (const name of ['session.json', 'runs.json', 'status.json', 'pids/job.pid', '.gitignore']) {
      await eventually(`${name} is back`, () => existsSync(stateFile(project, name)), { timeoutMs: 5_000 });
    }
    expect(lstatSync(join(project.root, '.devdeck')).mode & 0o777).toBe(0o700);
    process.kill(session.pid, 'SIGKILL');
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    expect(project.processes().some((row) => row.pid === pid)).toBe(false);
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'D9',
    priority: 'P0',
    fault: 'the lock is removed, and with it the proof that a session runs',
    injected: 'rm of lock and socket, then four up -d side by side; five times',
    isSlow: true,
  },
  async () => {
    const project = createTempProject({ config: JOB });
    await runDev(project, ['up', '-d']);
    const { pid } = await readService(project, 'job');
    const folder = join(project.env['XDG_RUNTIME_DIR'] as string, 'devdeck');
    for (let round = 0; round < 5; round += 1) {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      const starts = await Promise.all(Array.from({ length: 4 }, () => runDev(project, ['up', '-d'])));
      expect(starts.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    }
    expect(await readService(project, 'job')).toMatchObject({ pid, run: 1 });
  },
);

fault(
  {
    id: 'G8',
    fault: 'the project is moved while its session runs',
    injected: 'mv of its folder; then status, logs, stop from the new place',
  },
  async () => {
    const config = 'services:\n  job: {command: "echo up; while sleep 0.1; do echo tick; done", health: {log: up}}\n';
    const project = createTempProject();
    project.write('before/.project.config', config);
    const [before, after] = [join(project.root, 'before'), join(project.root, 'after')];
    expect(await runDev(project, ['-C', before, 'up', '-d'])).toMatchObject({ exitCode: 0 });
    renameSync(before, after);

    const at = ['-C', after];
    expect(await runDev(project, [...at, 'status'])).toMatchObject({ exitCode: 0 });
    await eventually('its log is noticed to be out of reach', async () => {
      const { stdout } = await runDev(project, [...at, 'status']);
      return stdout.includes('its folder was removed');
    });
    expect((await runDev(project, [...at, 'logs'])).stdout).toContain('tick');
    expect(await runDev(project, [...at, 'stop'])).toMatchObject({ exitCode: 0 });
    await eventually('nothing of it is left', () => project.processes().length === 0);
    expect(existsSync(before)).toBe(false);
    expect(await runDev(project, [...at, 'up', '-d'])).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'G11',
    priority: 'P0',
    fault: 'files of the session are open to other users',
    injected: 'umask 000, then up -d, restart, a crash of the supervisor, up -d; every file looked at',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const dev = (command: string) =>
      execFileSync('sh', ['-c', `umask 000; exec "$0" ${command}`, DEVDECK], {
        cwd: project.root,
        env: project.env,
        stdio: 'ignore',
      });
    dev('up -d');
    dev('restart job');
    process.kill((await readStatus(project)).session.pid, 'SIGKILL');
    dev('up -d');
    const folders = [join(project.root, '.devdeck'), join(project.env['XDG_RUNTIME_DIR'] as string, 'devdeck')];
    const paths = folders.flatMap(allPaths);
    expect(paths.length).toBeGreaterThan(8);
    expect(paths.filter((path) => (lstatSync(path).mode & 0o077) !== 0)).toEqual([]);
  },
);

fault(
  {
    id: 'D27',
    fault: 'another process keeps the ledger of ports locked, and the session waits for it',
    injected: 'BEGIN EXCLUSIVE on the ledger by another process, as a backup does; up -d, status meanwhile, stop',
  },
  async () => {
    const web = fixtureCommand('web-server');
    const [one, two] = [await freePort(), await freePort()];
    const project = createTempProject({
      config: `services:\n  one: {command: ${web}, port: ${one}}\n  two: {command: ${web}, port: ${two}}\n`,
    });
    await runDev(project, ['up', '-d']);
    await runDev(project, ['stop']);
    const ledger = join(project.env['XDG_STATE_HOME'] as string, 'devdeck/ports.db');
    expect(existsSync(ledger)).toBe(true);
    const database = new DatabaseSync(ledger);
    onTestFinished(() => database.close());
    database.exec('BEGIN EXCLUSIVE');
    const starting = startDev(project, ['up', '-d']);
    await eventually('the session answers', async () => (await runDev(project, ['status'])).exitCode !== 6);
    // A client gives up on a supervisor that says nothing for 4 s, and then ends with 124.
    for (let look = 0; look < 5; look += 1) expect((await runDev(project, ['status'])).exitCode).not.toBe(124);
    expect(await starting.ended()).toMatchObject({ exitCode: 0 });
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
  },
);
