import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DevError, EXIT } from '../../src/errors.ts';
import { findSession, openSession, type OpenOptions } from '../../src/ipc/launch.ts';
import { createLinuxPlatform } from '../../src/system/linux/linux.ts';
import { readStat } from '../../src/system/linux/proc.ts';
import { runtimePaths, type RuntimePaths } from '../../src/system/state/runtime-dir.ts';
import { acquireSessionLock } from '../../src/system/state/session-lock.ts';
import { markOf, recordedSupervisor } from '../../src/system/state/recorded-session.ts';
import { type SessionRecord, writeSessionRecord } from '../../src/system/state/state-files.ts';
import { FakeSession } from '../fakes/fake-session.ts';
import { serveFake, socketFolder } from './ipc-bench.ts';

const PLATFORM = createLinuxPlatform();
const servingSupervisor = join(import.meta.dirname, '../fixtures/supervisors/serve-fake.ts');

/** For who waits in vain. */
const SHORT = { joinMs: 300, returnMs: 300 };

interface Place {
  readonly options: OpenOptions;
  readonly paths: RuntimePaths;
}

/** An empty project with a runtime folder of its own. Its session, if there is one in the end, is ended. */
function project(supervisor: string = servingSupervisor): Place {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'launch-')));
  const runtimeDir = join(folder, 'run');
  const root = join(folder, 'shop');
  mkdirSync(runtimeDir, { mode: 0o700 });
  mkdirSync(root);
  const env = { ...process.env, XDG_RUNTIME_DIR: runtimeDir };
  const options: OpenOptions = {
    root,
    env,
    role: 'command',
    findSupervisor: async (paths) => recordedSupervisor(paths, PLATFORM),
    version: '1.2.3',
    columns: 80,
    rows: 24,
    start: { names: ['api'], options: {} },
    supervisor: { entry: supervisor, nodeFlags: ['--disable-warning=ExperimentalWarning'] },
  };
  onTestFinished(async () => {
    const session = await findSession({ ...options, purpose: 'end' });
    await session?.shutdown().catch(() => undefined);
    session?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { options, paths: runtimePaths(root, env) };
}

/** A supervisor that is nothing but this program. */
function supervisorThat(program: string): string {
  const path = join(socketFolder(), 'supervisor.mjs');
  writeFileSync(path, `import { writeSync } from 'node:fs';\n${program}\n`);
  return path;
}

async function open(options: OpenOptions) {
  const opened = await openSession(options);
  onTestFinished(() => opened.session.close());
  return opened;
}

describe('opening a session', () => {
  it('starts a supervisor with the request, which outlives the client', async () => {
    const { options } = project();
    const { session, isNew } = await open({ ...options, start: { names: ['api', 'web'], options: {} } });
    expect(isNew).toBe(true);
    expect((await session.snapshot()).project).toEqual({ name: 'api,web', root: options.root });
    expect((await session.welcome).pid).not.toBe(process.pid);
  });

  it('joins a running session, and has it start the requested services', async () => {
    const { options, paths } = project();
    mkdirSync(paths.socketDir, { mode: 0o700 });
    const served = await serveFake(undefined, { socketPath: paths.socket });
    const { isNew } = await open({ ...options, start: { names: ['web'], options: { dependencies: false } } });
    expect(isNew).toBe(false);
    expect(served.session.callsOf('start')).toEqual([[['web'], { dependencies: false }]]);
  });

  it('starts one supervisor for eight clients at once, and connects them all', async () => {
    const { options } = project();
    const opened = await Promise.all(Array.from({ length: 8 }, () => open(options)));
    expect(opened.filter(({ isNew }) => isNew)).toHaveLength(1);
    const pids = await Promise.all(opened.map(async ({ session }) => (await session.welcome).pid));
    expect(new Set(pids).size).toBe(1);
  });

  it('replaces a session that is just ending', async () => {
    const { options, paths } = project();
    for (const folder of [paths.socketDir, paths.stateDir]) mkdirSync(folder, { mode: 0o700 });
    const lock = acquireSessionLock(paths.lock);
    const ending = setTimeout(() => lock?.release(), 500);
    onTestFinished(() => clearTimeout(ending));
    expect(await open(options)).toMatchObject({ isNew: true });
  });

  it('waits until a session that is stopping has ended, and starts another one', async () => {
    const { options, paths } = project();
    mkdirSync(paths.socketDir, { mode: 0o700 });
    const stopping = await serveFake(new FakeSession(), { socketPath: paths.socket });
    const refusal = { code: 'session_ending', exitCode: EXIT.noSession, message: 'it is stopping' } as const;
    stopping.session.answer('start', () => {
      setTimeout(() => void stopping.server.close(), 100);
      return Promise.reject(new DevError(refusal));
    });
    expect(await open(options)).toMatchObject({ isNew: true });
  });

  it('gives up after a while when the holder of the project never listens', async () => {
    const { options, paths } = project(supervisorThat(`writeSync(3, '{"joined":true}\\n')`));
    await expect(open({ ...options, limits: SHORT })).rejects.toMatchObject({
      code: 'session_busy',
      message: 'Another supervisor holds this project, but accepts no connection after 0.3 s.',
      hint: `it is starting or ending: try again, or look at ${paths.supervisorLog}`,
    });
  });

  it('passes on why the supervisor cannot start, with the exit code of that', async () => {
    const error = { code: 'config_invalid', message: 'line 3: no such key', hint: 'did you mean "port"?', exitCode: 3 };
    const { options } = project(supervisorThat(`writeSync(3, ${JSON.stringify(`${JSON.stringify({ error })}\n`)})`));
    await expect(open(options)).rejects.toMatchObject({ name: 'DevError', ...error });
  });

  it('says why the supervisor refused, even when it never ends', async () => {
    const error = { code: 'config_invalid', message: 'the config has no services', hint: null, exitCode: 3 };
    // It ends by itself once the test is over, whoever still knows of it.
    const program = `writeSync(3, ${JSON.stringify(`${JSON.stringify({ error })}\n`)}); setTimeout(() => {}, 8_000)`;
    const { options } = project(supervisorThat(program));
    const startedAt = performance.now();
    await expect(open(options)).rejects.toMatchObject({ code: 'config_invalid', message: error.message });
    expect(performance.now() - startedAt).toBeLessThan(6_000);
  });

  it.each([
    ['crashes while loading', 'throw new Error("a broken install")', 'exit code 1'],
    ['dies of a signal', 'process.kill(process.pid, "SIGKILL")', 'signal SIGKILL'],
    ['says something else', 'writeSync(3, "hello\\n"); setTimeout(() => process.exit(), 500)', 'exit code'],
  ])('tells where to look when the supervisor %s', async (_, program, how) => {
    const { options, paths } = project(supervisorThat(program));
    await expect(open(options)).rejects.toMatchObject({
      code: 'spawn_failed',
      exitCode: 70,
      message: expect.stringContaining(how) as string,
      hint: `${paths.supervisorLog} may say why`,
    });
    if (program.startsWith('throw')) expect(readFileSync(paths.supervisorLog, 'utf8')).toContain('a broken install');
  });

  it.each([
    ['a link', symlinkSync],
    ['a hard link', linkSync],
  ])('leaves a file alone that %s makes the log of the supervisor', async (_what, put) => {
    const { options, paths } = project();
    const victim = join(options.root, 'victim');
    writeFileSync(victim, 'precious');
    mkdirSync(paths.stateDir, { mode: 0o700 });
    put(victim, paths.supervisorLog);
    expect(await open(options)).toMatchObject({ isNew: true });
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });
});

describe('finding a session', () => {
  it('finds none, and creates nothing, when none runs', async () => {
    const { options, paths } = project();
    expect(await findSession(options)).toBeUndefined();
    expect([existsSync(paths.stateDir), existsSync(paths.socketDir)]).toEqual([false, false]);
  });

  /** A record of a session whose supervisor is a process that works in `cwd`. */
  function record(paths: RuntimePaths, socket: string, { cwd = paths.root, ...change }: RecordChange = {}): number {
    const supervisor = spawn('sleep', ['1000'], { cwd, stdio: 'ignore' });
    onTestFinished(() => void supervisor.kill('SIGKILL'));
    const { pid = 0 } = supervisor;
    mkdirSync(paths.stateDir, { mode: 0o700 });
    writeSessionRecord(paths.sessionFile, {
      pid,
      startTicks: readStat(pid)?.startTicks ?? 0,
      ...markOf(paths, PLATFORM.currentBoot()),
      sessionId: 's',
      socket,
      startedAt: '2026-01-02T03:04:05.000Z',
      version: '1.2.3',
      root: paths.root,
      openedBy: 'command',
      ...change,
    });
    return pid;
  }
  type RecordChange = Partial<SessionRecord> & { readonly cwd?: string };

  it('finds one that was started with another XDG_RUNTIME_DIR by its record', async () => {
    const { options, paths } = project();
    const served = await serveFake();
    record(paths, served.socketPath);
    const session = await findSession(options);
    expect((await session?.snapshot())?.project.name).toBe('shop');
    session?.close();
  });

  it.each<[string, RecordChange]>([
    ['of another folder, as after a copy', { rootInode: '1' }],
    ['of another file system', { rootDevice: '1' }],
    ['from before a reboot', { bootId: 'another' }],
    ['whose process is another one by now', { startTicks: 1 }],
    ['whose process works elsewhere', { cwd: '/' }],
  ])('does not connect to the socket in a record %s', async (_what, change) => {
    const { options, paths } = project();
    const served = await serveFake();
    record(paths, served.socketPath, change);
    expect(await findSession(options)).toBeUndefined();
    expect(served.told).toEqual([]);
  });

  it.each(['/dev/null', '/nowhere/x.sock'])('finds no session by a record that names %s', async (socket) => {
    const { options, paths } = project();
    record(paths, socket, { startTicks: 1 });
    expect(await findSession(options)).toBeUndefined();
  });

  it('does not say that nothing runs while the supervisor lives and listens nowhere', async () => {
    const { options, paths } = project();
    const pid = record(paths, '/nowhere/x.sock');
    await expect(findSession({ ...options, limits: SHORT })).rejects.toMatchObject({
      code: 'session_unreachable',
      exitCode: EXIT.timeout,
      message: `The session of pid ${pid} does not answer: it accepts no connection.`,
    });
    process.kill(pid, 'SIGKILL');
  }, 15_000);

  it('does not report to a stop that nothing runs while a process holds the lock', async () => {
    const { options, paths } = project();
    mkdirSync(paths.socketDir, { mode: 0o700 });
    const lock = acquireSessionLock(paths.lock);
    await expect(findSession({ ...options, purpose: 'end', limits: SHORT })).rejects.toMatchObject({
      code: 'session_busy',
    });
    lock?.release();
  }, 15_000);

  it('does not connect in a folder that others can write to, and says so', async () => {
    const { options, paths } = project();
    mkdirSync(paths.socketDir, { mode: 0o700 });
    const served = await serveFake(undefined, { socketPath: paths.socket });
    chmodSync(paths.socketDir, 0o777);
    expect(await findSession({ ...options, purpose: 'look' })).toBeUndefined();
    await expect(findSession(options)).rejects.toMatchObject({
      code: 'permission',
      message: expect.stringContaining(`${paths.socketDir}, but it can be written by others (mode 777)`) as string,
    });
    expect(served.told).toEqual([]);
    chmodSync(paths.socketDir, 0o700);
    (await findSession(options))?.close();
  });
});
