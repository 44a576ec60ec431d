// Faults of trust: records that came from elsewhere, a socket of somebody else, a runtime folder that is taken away.

import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { runtimePaths } from '../../src/system/state/runtime-dir.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService, readStatus } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';

/** Ready as soon as it runs. */
const JOB = 'services:\n  job: {command: echo up; exec sleep 100000, health: {log: up}}\n';
const NOBODY = 65_534;
const IMPOSTOR = fileURLToPath(new URL('../fixtures/supervisors/impostor.mjs', import.meta.url));

function isRunning(project: TempProject, pid: number | null): boolean {
  return project.processes().some((row) => row.pid === pid);
}

const COPIES: Readonly<Record<string, (from: string, to: string) => void>> = {
  'cp -r': (from, to) => cpSync(from, to, { recursive: true }),
  'cp -al': (from, to) => execFileSync('cp', ['-al', from, to]),
  'a backup restored over it': (from, to) => {
    mkdirSync(to);
    execFileSync('sh', ['-c', 'tar -C "$0" -cf - . | tar -C "$1" -xf -', from, to]);
  },
};

for (const [how, makeCopy] of Object.entries(COPIES)) {
  fault(
    {
      id: 'D21',
      priority: 'P0',
      fault: 'a copy of a project uses the session of the original',
      injected: `${how} while a session runs; status, stop --force, up -d, stop in the copy`,
    },
    async () => {
      const project = createTempProject();
      project.write('original/.project.config', JOB);
      const [original, other] = ['original', 'copy'].map((name) => ['-C', join(project.root, name)]) as [
        string[],
        string[],
      ];
      await runDev(project, [...original, 'up', '-d']);
      const state = join(project.root, 'original/.devdeck');
      const pid = Number(readFileSync(join(state, 'pids/job.pid'), 'utf8'));
      const log = readFileSync(join(state, 'logs/job.log'), 'utf8');
      const events = readFileSync(join(state, 'events.jsonl'), 'utf8');
      makeCopy(join(project.root, 'original'), join(project.root, 'copy'));

      expect((await runDev(project, [...other, 'status'])).exitCode).toBe(6);
      expect((await runDev(project, [...other, 'stop', '--force'])).stderr).toContain('No session');
      const started = await runDev(project, [...other, 'up', '-d']);
      expect(started).toMatchObject({ exitCode: 0 });
      expect(started.stderr).toContain(`(${join(project.root, 'original')}, pid `);
      expect((await runDev(project, [...other, 'up', '-d'])).stderr).not.toContain('of another folder');
      const copied = Number(readFileSync(join(project.root, 'copy/.devdeck/pids/job.pid'), 'utf8'));
      expect(copied).not.toBe(pid);
      expect(await runDev(project, [...other, 'stop'])).toMatchObject({ exitCode: 0 });
      expect([isRunning(project, pid), isRunning(project, copied)]).toEqual([true, false]);
      expect(await runDev(project, [...original, 'status'])).toMatchObject({ exitCode: 0 });
      expect(readFileSync(join(state, 'logs/job.log'), 'utf8')).toBe(log);
      expect(readFileSync(join(state, 'events.jsonl'), 'utf8')).toBe(events);
      const copy = join(project.root, 'copy');
      expect(readFileSync(join(state, 'supervisor.log'), 'utf8')).not.toContain(copy);
      expect(readFileSync(join(copy, '.devdeck/supervisor.log'), 'utf8')).toContain(`"root":"${copy}"`);
    },
  );
}

fault(
  {
    id: 'D21',
    priority: 'P0',
    fault: 'a copy of a project stops what a killed session of the original left',
    injected: 'kill -9 of the supervisor, cp -r, then up -d, stop, clean in the copy',
  },
  async () => {
    const project = createTempProject();
    // On a terminal it would end with its supervisor.
    project.write('original/.project.config', JOB.replace('}}', '}, tty: false}'));
    const original = ['-C', join(project.root, 'original')];
    await runDev(project, [...original, 'up', '-d']);
    const state = join(project.root, 'original/.devdeck');
    const pid = Number(readFileSync(join(state, 'pids/job.pid'), 'utf8'));
    const session = JSON.parse(readFileSync(join(state, 'session.json'), 'utf8')) as { readonly pid: number };
    process.kill(session.pid, 'SIGKILL');
    cpSync(join(project.root, 'original'), join(project.root, 'copy'), { recursive: true });
    for (const command of [['up', '-d'], ['stop'], ['clean']]) {
      const { exitCode } = await runDev(project, ['-C', join(project.root, 'copy'), ...command]);
      expect([...command, exitCode]).toEqual([...command, 0]);
    }
    expect(isRunning(project, pid)).toBe(true);
    expect(await runDev(project, [...original, 'up', '-d'])).toMatchObject({ exitCode: 0 });
    expect(isRunning(project, pid)).toBe(false);
  },
);

fault(
  {
    id: 'D22',
    priority: 'P0',
    fault: 'a project moves while its session runs, and another project takes its old path',
    injected: 'mv of the folder, a new project at its old path; status, up -d, stop there',
  },
  async () => {
    const project = createTempProject();
    project.write('shop/.project.config', JOB);
    const at = (name: string) => ['-C', join(project.root, name)];
    await runDev(project, [...at('shop'), 'up', '-d']);
    const pid = Number(readFileSync(join(project.root, 'shop/.devdeck/pids/job.pid'), 'utf8'));
    renameSync(join(project.root, 'shop'), join(project.root, 'moved'));
    project.write('shop/.project.config', JOB);

    expect((await runDev(project, [...at('shop'), 'status'])).exitCode).toBe(6);
    expect(await runDev(project, [...at('shop'), 'up', '-d'])).toMatchObject({ exitCode: 0 });
    expect(await runDev(project, [...at('shop'), 'stop'])).toMatchObject({ exitCode: 0 });
    expect(isRunning(project, pid)).toBe(true);
    expect(existsSync(join(project.root, 'shop/.devdeck/session.json'))).toBe(false);
    expect(await runDev(project, [...at('moved'), 'status'])).toMatchObject({ exitCode: 0 });
    expect(await runDev(project, [...at('moved'), 'stop'])).toMatchObject({ exitCode: 0 });
    expect(isRunning(project, pid)).toBe(false);
  },
);

fault(
  {
    id: 'D23',
    priority: 'P0',
    fault: 'another user listens where the session’s socket would be',
    injected:
      'no runtime folder; as nobody (setpriv) the folder in the temp folder, mode 0755, and a server in it; every command',
    needsRoot: true,
  },
  async () => {
    const home = createTempProject().root;
    const temp = join(home, 'tmp');
    const project = createTempProject({
      config: 'services:\n  web: {command: sleep 1000, port: 3000}\n',
      env: { XDG_RUNTIME_DIR: join(home, 'none'), TMPDIR: temp },
    });
    mkdirSync(temp);
    chmodSync(temp, 0o1777);
    for (const folder of [dirname(home), home]) chmodSync(folder, 0o755);
    const seen = join(home, 'seen');
    writeFileSync(seen, '');
    chmodSync(seen, 0o666);
    const { socketDir, socket } = runtimePaths(project.root, project.env);
    expect(socketDir).toBe(join(temp, 'devdeck-0'));
    const port = await freePort();
    const stranger = await holdPort(port);
    const asNobody = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    const impostor = spawn('setpriv', [...asNobody, process.execPath, IMPOSTOR, socket, seen, String(stranger.pid)], {
      cwd: '/',
      stdio: 'inherit',
    });
    onTestFinished(() => void impostor.kill('SIGKILL'));
    await eventually('the impostor listens', () => existsSync(socket));
    expect(statSync(socketDir).uid).toBe(NOBODY);

    for (const command of [
      ['status'],
      ['up', '-d'],
      ['start', 'web'],
      ['stop'],
      ['logs', '-n', '1'],
      ['restart', 'web'],
      ['clean'],
    ]) {
      const { exitCode, stderr } = await runDev(project, command);
      expect([...command, exitCode]).toEqual([...command, 1]);
      expect(stderr).toContain(`${socketDir}, but it belongs to user ${NOBODY}`);
    }
    expect((await runDev(project, ['kill', String(port)])).exitCode).toBe(5);
    expect(stranger.isAlive()).toBe(true);
    expect(readFileSync(seen, 'utf8')).toBe('');
    expect((await runDev(project, ['check'])).stdout).toContain(`belongs to user ${NOBODY}`);
  },
);

const SPOILED: Readonly<Record<string, (run: string) => void>> = {
  removed: (run) => rmSync(run, { recursive: true }),
  'replaced by a file': (run) => {
    rmSync(join(run, 'devdeck'), { recursive: true });
    writeFileSync(join(run, 'devdeck'), '');
  },
  'opened to all': (run) => chmodSync(join(run, 'devdeck'), 0o777),
  'given to another user': (run) => chownSync(join(run, 'devdeck'), NOBODY, NOBODY),
  'covered by one that cannot be written': (run) => {
    rmSync(join(run, 'devdeck'), { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=4k,mode=700', 'none', run]);
    onTestFinished(() => {
      execFileSync('umount', ['-l', run]);
    });
  },
};

for (const [how, spoil] of Object.entries(SPOILED)) {
  fault(
    {
      id: 'D24',
      priority: 'P0',
      fault: 'the runtime folder is lost while a session runs',
      injected: `the folder is ${how}; status, up -d, events, stop`,
      needsRoot: true,
    },
    async () => {
      const project = createTempProject({ config: JOB });
      const env = { TMPDIR: join(dirname(project.root), 'tmp') };
      mkdirSync(env.TMPDIR);
      await runDev(project, ['up', '-d'], { env });
      const { pid } = await readService(project, 'job');
      const { session } = await readStatus(project);
      const run = project.env['XDG_RUNTIME_DIR'] as string;
      const socketBefore = runtimePaths(project.root, project.env).socket;
      spoil(run);

      expect(await runDev(project, ['status'], { env })).toMatchObject({ exitCode: 0 });
      const record = JSON.parse(readFileSync(join(project.root, '.devdeck/session.json'), 'utf8')) as {
        readonly pid: number;
        readonly socket: string;
      };
      expect(record).toMatchObject({ pid: session.pid, socket: join(env.TMPDIR, 'devdeck-0', basename(socketBefore)) });
      expect(await runDev(project, ['up', '-d'], { env })).toMatchObject({ exitCode: 0 });
      expect(isRunning(project, pid)).toBe(true);
      const events = readFileSync(join(project.root, '.devdeck/events.jsonl'), 'utf8');
      expect(events).toContain('"state":"moved"');
      expect(readFileSync(join(project.root, '.devdeck/supervisor.log'), 'utf8')).not.toContain('"bug"');
      expect(await runDev(project, ['stop'], { env })).toMatchObject({ exitCode: 0 });
      await eventually('nothing of it is left', () => project.processes().length === 0);
    },
  );
}

fault(
  {
    id: 'D25',
    priority: 'P0',
    fault: 'only the record of its runs is left of a session, and the next start stops them',
    injected: 'rm of session.json, of lock and socket; up -d at once, twice',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    await runDev(project, ['up', '-d']);
    const { pid } = await readService(project, 'job');
    for (let round = 0; round < 2; round += 1) {
      rmSync(join(project.env['XDG_RUNTIME_DIR'] as string, 'devdeck'), { recursive: true });
      rmSync(join(project.root, '.devdeck/session.json'), { force: true });
      expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    }
    expect(await readService(project, 'job')).toMatchObject({ pid, run: 1 });
  },
);

fault(
  {
    id: 'D26',
    priority: 'P0',
    fault: 'a copy of a project inherits a remembered choice to kill',
    injected: 'a remembered kill of the owner of the port; cp -r; up -d in the original, then in the copy',
  },
  async () => {
    const port = await freePort();
    const project = createTempProject();
    project.write(
      'original/.project.config',
      `services:\n  web: {command: ${fixtureCommand('web-server')}, port: ${port}}\n`,
    );
    const choose = (root: string, inode: string) => {
      mkdirSync(join(root, '.devdeck'), { recursive: true, mode: 0o700 });
      const choice = { service: 'web', choice: 'kill', owner: 'node (foreign)' };
      writeFileSync(join(root, '.devdeck/choices.json'), JSON.stringify({ rootInode: inode, choices: [choice] }));
    };
    const [original, copy] = ['original', 'copy'].map((name) => join(project.root, name)) as [string, string];
    choose(original, String(statSync(original, { bigint: true }).ino));
    cpSync(original, copy, { recursive: true });

    const stranger = await holdPort(port);
    const refused = await runDev(project, ['-C', copy, 'up', '-d']);
    expect(refused.exitCode).toBe(5);
    expect(refused.stderr).toContain('remembered choices of another folder');
    expect(stranger.isAlive()).toBe(true);
    await runDev(project, ['-C', copy, 'stop']);
    expect(await runDev(project, ['-C', original, 'up', '-d'])).toMatchObject({ exitCode: 0 });
    expect(stranger.isAlive()).toBe(false);
  },
);
