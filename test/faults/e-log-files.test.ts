// Faults around the files of the logs: full and read-only disks, deleted folders, traps, rotation, others who write there.

import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { runDev, startDev } from '../helpers/run-dev.ts';
import { openScreen, readService, readStatus, shows } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';
import { fillDisk, mountSmallDisk } from './small-disk.ts';

const MEBIBYTE = 1024 * 1024;
const STAMP = '2026-01-31T12:00:00.000Z '.length;

/** A service that waits for a file named `go`, runs the script, says END and goes on. */
function serviceThat(script: string, keys = ''): string {
  const command = JSON.stringify([
    'sh',
    '-c',
    `echo up; while [ ! -e go ]; do sleep 0.02; done; ${script}; echo END; exec sleep 100000`,
  ]);
  return `services:\n  job: {command: ${command}, tty: false, health: {log: up}${keys}}\n`;
}

const TICKING = `services:\n  job: {command: "echo up; while sleep 0.05; do echo tick; done", health: {log: up}}\n`;

function logsOf(project: TempProject): string {
  return join(project.root, '.devdeck/logs');
}

/** The current file and those that were rotated, the oldest first. */
function filesOf(project: TempProject): readonly string[] {
  const names = readdirSync(logsOf(project)).filter((name) => name.startsWith('job.log'));
  const age = (name: string) => Number(name.slice('job.log.'.length) || 0);
  return names.toSorted((a, b) => age(b) - age(a)).map((name) => join(logsOf(project), name));
}

function linesIn(files: readonly string[]): readonly string[] {
  return files.flatMap((file) => textOf(file).split('\n').slice(0, -1)).map((line) => line.slice(STAMP));
}

/** Empty in the middle of a rotation, when the newest file has no name. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

async function alertsOf(project: TempProject, name = 'job'): Promise<readonly string[]> {
  return (await readService(project, name)).alerts.map(({ message }) => message);
}

fault(
  {
    id: 'E11',
    priority: 'P0',
    fault: 'the disk is full, and later has room again',
    injected: '.devdeck on a tmpfs of 1 MB, filled; a service writes 20 MB meanwhile',
    needsRoot: true,
    isSlow: true,
  },
  async () => {
    const project = createTempProject({
      config: serviceThat('seq 2000000; while [ ! -e more ]; do sleep 0.02; done; while sleep 0.1; do echo tick; done'),
    });
    const disk = mountSmallDisk(join(project.root, '.devdeck'));
    await runDev(project, ['up', '-d']);
    const { pid } = await readService(project, 'job');
    fillDisk(disk);
    project.write('go', '');
    await eventually('the alarm is raised', async () => {
      const alerts = await alertsOf(project);
      return alerts.some((alert) => /the disk is full; \d+ lines are lost/.test(alert));
    });
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready', pid, restarts: 0 });
    rmSync(join(disk, 'ballast'));
    project.write('more', '');
    const startMs = performance.now();
    await eventually('the log goes on, and says what is missing', () => {
      const lines = linesIn(filesOf(project));
      return lines.some((line) => /^— \d+ lines lost: the disk is full —$/.test(line));
    });
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready', pid, restarts: 0 });
  },
);

fault(
  {
    id: 'E11',
    priority: 'P0',
    fault: 'the disk is full for a short time: memory keeps the lines, and none is lost',
    injected: 'the same, with a numbered line every 50 ms',
    needsRoot: true,
    isSlow: true,
  },
  async () => {
    const script = 'i=0; while sleep 0.05; do i=$((i+1)); echo $i; done';
    const project = createTempProject({ config: serviceThat(script) });
    const disk = mountSmallDisk(join(project.root, '.devdeck'));
    await runDev(project, ['up', '-d']);
    const { pid } = await readService(project, 'job');
    fillDisk(disk);
    project.write('go', '');
    const isFull = async () => (await alertsOf(project)).join().includes('the disk is full');
    await eventually('the alarm is raised', isFull, { timeoutMs: 30_000 });
    rmSync(join(disk, 'ballast'));
    await eventually('the alarm is over', async () => !(await isFull()), { timeoutMs: 30_000 });
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready', pid, restarts: 0 });
    const numbers = linesIn(filesOf(project)).slice(1).map(Number);
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
  },
);

fault(
  {
    id: 'E12',
    priority: 'P0',
    fault: 'the folder of the logs cannot be written to',
    injected: 'a read-only mount at .devdeck/logs, before the start',
    needsRoot: true,
  },
  async () => {
    const project = createTempProject({ config: TICKING });
    mountSmallDisk(logsOf(project), 'ro,mode=700');
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    await eventually('the alarm is raised', async () => (await alertsOf(project)).join().includes('read-only'));
    expect((await runDev(project, ['logs'])).stdout).toContain('tick');
    expect((await runDev(project, ['status'])).stdout).toContain('the file system is read-only');
    const screen = openScreen(project);
    await screen.waitFor('read-only');
    execFileSync('mount', ['-o', 'remount,rw', logsOf(project)]);
    await eventually('the log is written', () => existsSync(join(logsOf(project), 'job.log')));
    expect(await eventually('its first line is there', () => linesIn(filesOf(project))[0])).toBe('up');
  },
);

fault(
  {
    id: 'E12',
    fault: 'the folder of the logs is deleted while services write',
    injected: 'rm -r .devdeck/logs',
  },
  async () => {
    const project = createTempProject({ config: TICKING });
    await runDev(project, ['up', '-d']);
    rmSync(logsOf(project), { recursive: true });
    await eventually('the log is there again', () => existsSync(join(logsOf(project), 'job.log')), {
      timeoutMs: 3_000,
    });
    expect(lstatSync(logsOf(project)).mode & 0o777).toBe(0o700);
    await eventually('lines come', () => linesIn(filesOf(project)).includes('tick'));
  },
);

fault(
  {
    id: 'E13',
    priority: 'P0',
    fault: 'a log is rotated again and again during a flood',
    injected: 'seq 300000 into files of 1 MiB; every line looked for',
  },
  async () => {
    const project = createTempProject({ config: serviceThat('seq 300000', ', log: {max_size: 1MiB, keep: 50}') });
    await runDev(project, ['up', '-d']);
    project.write('go', '');
    await eventually('all is written', () => linesIn(filesOf(project).slice(-1)).includes('END'));
    const files = filesOf(project);
    expect(files.length).toBeGreaterThan(5);
    const numbers = linesIn(files).slice(1, -1).map(Number);
    expect(numbers).toEqual(Array.from({ length: 300_000 }, (_, index) => index + 1));
    expect(files.every((file) => statSync(file).size <= MEBIBYTE)).toBe(true);
  },
);

fault(
  {
    id: 'E13',
    fault: 'somebody else moves a log away, or cuts it, during a flood',
    injected: 'mv twice and truncate twice within 3 s of numbered lines',
  },
  async () => {
    const script = 'i=0; while [ ! -e halt ]; do i=$((i+1)); echo $i; done';
    const project = createTempProject({ config: serviceThat(script, ', log: {max_size: 1GiB, keep: 1}') });
    await runDev(project, ['up', '-d']);
    project.write('go', '');
    const log = join(logsOf(project), 'job.log');
    const moved = [0, 1].map((number) => join(project.root, `moved-${number}`));
    for (const place of moved) {
      await eventually('there are lines', () => existsSync(log) && statSync(log).size > 50_000);
      renameSync(log, place);
    }
    for (let round = 0; round < 2; round += 1) {
      await eventually('there are lines again', () => existsSync(log) && statSync(log).size > 50_000);
      if (round === 0) {
        // Until here nothing was cut: every line is in one of the files, once.
        const numbers = linesIn([...moved, log])
          .slice(1)
          .map(Number);
        expect(numbers.slice(0, -1)).toEqual(Array.from({ length: numbers.length - 1 }, (_, index) => index + 1));
      }
      truncateSync(log, 0);
    }
    project.write('halt', '');
    await eventually('all is written', () => linesIn([log]).at(-1) === 'END');
    expect(readFileSync(log).includes(0)).toBe(false);
    const rest = linesIn([log])
      .slice(0, -1)
      .filter((line) => line !== '')
      .map(Number);
    expect(rest.every((number, index) => index === 0 || number === (rest[index - 1] ?? 0) + 1)).toBe(true);
  },
);

fault(
  {
    id: 'E14',
    fault: 'logs -f follows across rotations',
    injected: 'seq 100000 into files of 256 KiB, followed from its first line',
  },
  async () => {
    const project = createTempProject({ config: serviceThat('seq 100000', ', log: {max_size: 256KiB, keep: 100}') });
    await runDev(project, ['up', '-d']);
    const follower = startDev(project, ['logs', '-f', 'job']);
    await follower.waitForOutput('up');
    project.write('go', '');
    await follower.waitForOutput('END');
    expect(filesOf(project).length).toBeGreaterThan(5);
    const numbers = (follower.output().match(/\d+$/gm) ?? []).map(Number);
    expect(numbers).toEqual(Array.from({ length: 100_000 }, (_, index) => index + 1));
  },
);

fault(
  {
    id: 'E15',
    fault: 'two services whose logs are one file where names are not told apart by case',
    injected: 'services Web and web',
  },
  async () => {
    const project = createTempProject({ config: 'services:\n  Web: {command: sleep 1}\n  web: {command: sleep 1}\n' });
    const { exitCode, stderr } = await runDev(project, ['up', '-d']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('Web');
  },
);

fault(
  {
    id: 'E16',
    priority: 'P0',
    fault: 'a service that never stops writing fills the disk',
    injected: '30 MB into three files of 1 MiB; their size looked at all the time',
  },
  async () => {
    const project = createTempProject({
      config: serviceThat('yes a line of output | head -c 30000000; echo', ', log: {max_size: 1MiB, keep: 3}'),
    });
    await runDev(project, ['up', '-d']);
    project.write('go', '');
    let most = 0;
    await eventually(
      'all is written',
      () => {
        const sizes = filesOf(project).map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
        most = Math.max(
          most,
          sizes.reduce((sum, size) => sum + size, 0),
        );
        return linesIn([join(logsOf(project), 'job.log')].filter((file) => existsSync(file))).includes('END');
      },
      { timeoutMs: 30_000 },
    );
    expect(most / MEBIBYTE).toBeLessThan(3.3);
  },
);

fault(
  {
    id: 'E18',
    priority: 'P0',
    fault: 'secrets leak into our files and answers',
    injected:
      'tokens in the environment, .env, an env file and the config; a probe, a check and a dying service print them; every file and answer searched, after a crash too',
  },
  async () => {
    const canary = 'canary-4711-secret';
    const project = createTempProject({
      config: `
services:
  job:
    command: echo up; exec sleep 100000
    health: {log: up}
    env: {API_TOKEN: ${canary}-config, DB_PASSWORD: ${canary}-db}
  ill:
    command: exec sleep 100000
    env_file: [.env.ill]
    health: {command: 'echo "$FILE_PASSWORD $STRIPE_SECRET_KEY $GITHUB_TOKEN"; exit 1', retries: 1, start_period: 0s}
  dies:
    command: exit 7
    env: {DATABASE_URL: "postgres://ada:${canary}/p@ss@db/shop"}
    before: ['echo "cannot open $DATABASE_URL" >&2; exit 1']
checks:
  tools: {command: 'echo "$STRIPE_SECRET_KEY"; exit 1'}
`,
      env: { GITHUB_TOKEN: `${canary}-shell` },
    });
    project.write('.env', `STRIPE_SECRET_KEY=${canary}-env\n`);
    project.write('.env.ill', `FILE_PASSWORD=${canary}-file\n`);
    const opened = await runDev(project, ['up', '-d', '--timeout', '2s']);
    expect(opened.stdout + opened.stderr).not.toContain(canary);
    process.kill((await readStatus(project)).session.pid, 'SIGKILL');
    await runDev(project, ['up', '-d', '--timeout', '2s']);
    const screen = openScreen(project);
    const rows = await screen.waitFor(shows({ job: 'ready' }));
    const commands = [
      ['status', '--json'],
      ['config', '--json'],
      ['events'],
      ['metrics'],
      ['why', 'ill'],
      ['why', 'dies'],
      ['health'],
      ['check'],
    ];
    const answers = await Promise.all(commands.map((command) => runDev(project, command)));
    for (const { stdout, stderr } of answers) expect(stdout + stderr).not.toContain(canary);
    expect(rows.join('\n')).not.toContain(canary);
    const folders = [
      join(project.root, '.devdeck'),
      ...['XDG_RUNTIME_DIR', 'XDG_STATE_HOME'].map((name) => project.env[name] ?? ''),
    ];
    for (const folder of folders) {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const path = join(folder, name);
        if (!lstatSync(path).isFile()) continue;
        // What a service itself wrote is kept as it is.
        expect(readFileSync(path).includes(canary), path).toBe(name === join('logs', 'dies.log'));
      }
    }
    const supervisor = (await readStatus(project)).session.pid;
    expect(readFileSync(`/proc/${supervisor}/cmdline`, 'utf8')).not.toContain(canary);
  },
);

const TRAPS = {
  'a link to a file of the user': (path: string, victim: string) => symlinkSync(victim, path),
  'another name of a file of the user': (path: string, victim: string) => linkSync(victim, path),
  'a FIFO': (path: string) => void execFileSync('mkfifo', [path]),
  'a folder': (path: string) => mkdirSync(path),
} as const;

for (const [what, set] of Object.entries(TRAPS)) {
  fault(
    {
      id: what === 'a FIFO' || what === 'a folder' ? 'G5' : 'G4',
      priority: 'P0',
      fault: `in place of a log lies ${what}`,
      injected: 'before up -d of two services; the file of the user afterwards',
      isSlow: what === 'a folder',
    },
    async () => {
      const project = createTempProject({ config: `${TICKING}  other: {command: echo up; exec sleep 100000}\n` });
      const victim = join(project.root, 'victim');
      writeFileSync(victim, 'precious');
      mkdirSync(logsOf(project), { recursive: true, mode: 0o700 });
      for (const folder of [join(project.root, '.devdeck'), logsOf(project)]) execFileSync('chmod', ['700', folder]);
      set(join(logsOf(project), 'job.log'), victim);

      const startMs = performance.now();
      expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
      expect(performance.now() - startMs).toBeLessThan(5_000);
      await eventually('the alarm is raised', async () =>
        (await alertsOf(project)).join().includes('the log cannot be written'),
      );
      expect(await alertsOf(project, 'other')).toEqual([]);
      expect((await runDev(project, ['logs', 'job'])).stdout).toContain('tick');
      expect(readFileSync(victim, 'utf8')).toBe('precious');
    },
  );
}
