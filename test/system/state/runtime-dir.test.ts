import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DevError } from '../../../src/errors.ts';
import {
  configCacheDir,
  prepareRuntimeDir,
  runtimePaths,
  socketFolders,
} from '../../../src/system/state/runtime-dir.ts';
import { cpuMs } from '../../helpers/cpu-time.ts';
import { tempDir } from '../temp-dir.ts';

function project(): { root: string; env: Record<string, string>; runtime: string } {
  const home = tempDir();
  const root = join(home, 'shop');
  const runtime = join(home, 'run');
  mkdirSync(root);
  mkdirSync(runtime, { mode: 0o700 });
  return { root, runtime, env: { XDG_RUNTIME_DIR: runtime } };
}

/** Others can get to the folder. */
function open(dir: string, mode: number): void {
  chmodSync(join(dir, '..'), 0o755);
  chmodSync(dir, mode);
}

function refusal(task: () => void): string {
  try {
    task();
  } catch (error) {
    if (error instanceof DevError && error.code === 'permission') return `${error.message} ${error.hint}`;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('runtimePaths', () => {
  it('keeps state at the root, and socket and lock in the runtime folder of the user', () => {
    const { root, env, runtime } = project();
    const paths = runtimePaths(root, env);
    expect(paths).toMatchObject({
      root,
      stateDir: `${root}/.devdeck`,
      logsDir: `${root}/.devdeck/logs`,
      statusFile: `${root}/.devdeck/status.json`,
    });
    expect(paths.socket).toMatch(new RegExp(`^${runtime}/devdeck/[0-9a-f]{16}\\.sock$`));
    expect(paths.lock).toBe(paths.socket.replace(/sock$/, 'lock'));
    expect(existsSync(paths.stateDir)).toBe(false);
  });

  it('is the same for a symbolic link to the project', () => {
    const { root, env } = project();
    symlinkSync(root, `${root}-link`);
    expect(runtimePaths(`${root}-link`, env)).toEqual(runtimePaths(root, env));
  });

  it('gives a copy other names, and a project that was moved the same', () => {
    const { root, env } = project();
    const before = runtimePaths(root, env).socket;
    cpSync(root, `${root}-copy`, { recursive: true });
    expect(runtimePaths(`${root}-copy`, env).socket).not.toBe(before);
    renameSync(root, `${root}-moved`);
    expect(runtimePaths(`${root}-moved`, env).socket).toBe(before);
    mkdirSync(root);
    expect(runtimePaths(root, env).socket).not.toBe(before);
  });

  it('gives two projects with a long common path different sockets of at most 100 bytes', () => {
    const { root, env } = project();
    const long = join(root, ...Array<string>(3).fill('n'.repeat(100)));
    mkdirSync(join(long, 'a'), { recursive: true });
    mkdirSync(join(long, 'b'));
    const sockets = ['a', 'b'].map((name) => runtimePaths(join(long, name), env).socket);
    expect(new Set(sockets).size).toBe(2);
    for (const socket of sockets) expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
  });

  it.each([
    ['does not exist', (runtime: string) => rmdirSync(runtime)],
    ['lets others rename its entries', (runtime: string) => open(runtime, 0o777)],
    ['is relative', () => {}, 'run'],
    ['is too long for a socket', () => {}, `/tmp/${'x'.repeat(90)}`],
  ])('uses a folder of the user in the temp folder when XDG_RUNTIME_DIR %s', (_why, spoil, value?: string) => {
    const { root, runtime } = project();
    spoil(runtime);
    const env = { XDG_RUNTIME_DIR: value ?? runtime, TMPDIR: '/tmp/t' };
    expect(runtimePaths(root, env).socketDir).toBe(`/tmp/t/devdeck-${process.getuid?.()}`);
    const cramped = { ...env, TMPDIR: `/tmp/${'y'.repeat(90)}` };
    expect(runtimePaths(root, cramped).socketDir).toBe(`/tmp/devdeck-${process.getuid?.()}`);
  });

  it('has other places when the runtime folder and the temp folder cannot be used', () => {
    const { root, runtime } = project();
    const shared = join(runtime, 'shared');
    mkdirSync(shared);
    open(runtime, 0o755);
    open(shared, 0o777);
    const env = { XDG_RUNTIME_DIR: shared, TMPDIR: shared, XDG_STATE_HOME: runtime };
    const own = `/tmp/devdeck-${process.getuid?.()}`;
    expect([...socketFolders(env)]).toEqual([own, join(runtime, 'devdeck/run')]);
    expect(runtimePaths(root, env).socketDir).toBe(own);
  });

  it('returns in less than a millisecond', async () => {
    const { root, env } = project();
    runtimePaths(root, env);
    const usedMs = await cpuMs(() => {
      for (let round = 0; round < 100; round += 1) runtimePaths(root, env);
    });
    expect(usedMs / 100).toBeLessThan(1);
  });
});

describe('prepareRuntimeDir', () => {
  it('makes private folders that git does not see, and may be called again', () => {
    const { root, env } = project();
    const paths = runtimePaths(root, env);
    prepareRuntimeDir(paths);
    prepareRuntimeDir(paths);
    for (const dir of [paths.socketDir, paths.stateDir, paths.logsDir, paths.pidsDir]) {
      expect(statSync(dir).mode & 0o777).toBe(0o700);
    }
    expect(readFileSync(join(paths.stateDir, '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('closes a folder of ours that others could read', () => {
    const paths = runtimePaths(project().root, {});
    mkdirSync(paths.stateDir);
    chmodSync(paths.stateDir, 0o755);
    prepareRuntimeDir({ ...paths, socketDir: join(tempDir(), 'run') });
    expect(statSync(paths.stateDir).mode & 0o777).toBe(0o700);
  });

  it('refuses a folder that others could write to, with a hint', () => {
    const { root, env } = project();
    const paths = runtimePaths(root, env);
    mkdirSync(paths.socketDir);
    chmodSync(paths.socketDir, 0o777);
    expect(refusal(() => prepareRuntimeDir(paths))).toMatch(/can be written by others \(mode 777\).*chmod 700/);
    expect(statSync(paths.socketDir).mode & 0o777).toBe(0o777);
  });

  it('refuses a symbolic link and a file in place of a folder', () => {
    const { root, env } = project();
    const paths = runtimePaths(root, env);
    symlinkSync(tempDir(), paths.stateDir);
    expect(refusal(() => prepareRuntimeDir(paths))).toContain(`${paths.stateDir}, but it is a symbolic link`);
    const other = project();
    writeFileSync(join(other.root, '.devdeck'), '');
    expect(refusal(() => prepareRuntimeDir(runtimePaths(other.root, other.env)))).toContain('is not a folder');
  });

  it.skipIf(process.getuid?.() !== 0)('refuses a folder of another user (needs root to make one)', () => {
    const { root, env } = project();
    const paths = runtimePaths(root, env);
    mkdirSync(paths.socketDir, { mode: 0o700 });
    chownSync(paths.socketDir, 65_534, 65_534);
    expect(refusal(() => prepareRuntimeDir(paths))).toContain('belongs to user 65534, not to you (0)');
  });

  it('says which folder it cannot create', () => {
    const { root, env } = project();
    const paths = { ...runtimePaths(root, env), stateDir: join(root, 'missing', '.devdeck') };
    expect(refusal(() => prepareRuntimeDir(paths))).toContain(`Cannot create ${paths.stateDir}: ENOENT`);
  });
});

it('caches are in the folder that the user sets', () => {
  expect(configCacheDir({ XDG_CACHE_HOME: '/c', HOME: '/h' })).toBe('/c/devdeck/config');
  expect(configCacheDir({ XDG_CACHE_HOME: 'relative', HOME: '/h' })).toBe('/h/.cache/devdeck/config');
});
