import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { acquireSessionLock, isSessionLocked } from '../../../src/system/state/session-lock.ts';
import { tempDir } from '../temp-dir.ts';

const fixture = (name: string) => new URL(`../../fixtures/state/${name}.mjs`, import.meta.url).pathname;

interface Running {
  readonly child: ChildProcess;
  /** The next line that it writes. */
  line(): Promise<string>;
  readonly exited: Promise<unknown>;
}

function run(name: string, path: string): Running {
  const child = spawn(process.execPath, [fixture(name), path], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    child,
    line: async () => String((await lines.next()).value),
    exited: new Promise((resolve) => child.on('exit', resolve)),
  };
}

/** Takers that wait for each other and then take the lock all at once; what each of them says. */
async function takeAtOnce(takers: readonly Running[]): Promise<string[]> {
  await Promise.all(takers.map((taker) => taker.line()));
  for (const { child } of takers) child.stdin?.write('!');
  return await Promise.all(takers.map((taker) => taker.line()));
}

it('the lock goes to exactly one of 20 processes that ask at once', { timeout: 60_000 }, async () => {
  const path = join(tempDir(), 'session.lock');
  const takers = Array.from({ length: 20 }, () => run('take', path));
  const words = await takeAtOnce(takers);
  expect(words.toSorted()).toEqual(['owner', ...Array<string>(19).fill('taken')]);
  expect(isSessionLocked(path)).toBe(true);
});

it('the lock goes to the next process when its owner is killed with -9', async () => {
  const path = join(tempDir(), 'session.lock');
  const owner = run('take', path);
  expect(await takeAtOnce([owner])).toEqual(['owner']);
  expect(acquireSessionLock(path)).toBeUndefined();

  owner.child.kill('SIGKILL');
  await owner.exited;

  expect(isSessionLocked(path)).toBe(false);
  const lock = acquireSessionLock(path);
  expect(lock?.path).toBe(path);
  lock?.release();
});

it('the lock can be taken while others ask about it all the time', async () => {
  const path = join(tempDir(), 'session.lock');
  acquireSessionLock(path)?.release();
  await Promise.all(['ask', 'ask'].map((name) => run(name, path).line()));
  for (let round = 0; round < 100; round += 1) {
    const lock = acquireSessionLock(path);
    expect(lock, `round ${round}`).toBeDefined();
    lock?.release();
  }
});

it('a process keeps the lock when it asks about it or tries to take it again', async () => {
  const path = join(tempDir(), 'session.lock');
  const lock = acquireSessionLock(path);
  onTestFinished(() => lock?.release());
  expect(isSessionLocked(path)).toBe(true);
  expect(acquireSessionLock(path)).toBeUndefined();
  expect(await takeAtOnce([run('take', path)])).toEqual(['taken']);
});

it('the lock is taken again when its file was removed, unless another process has it now', async () => {
  const path = join(tempDir(), 'session.lock');
  const lock = acquireSessionLock(path);
  onTestFinished(() => lock?.release());
  expect(lock?.renew(path)).toBe(true);
  rmSync(path);
  expect(lock?.renew(path)).toBe(true);
  expect(await takeAtOnce([run('take', path)])).toEqual(['taken']);

  rmSync(path);
  expect(await takeAtOnce([run('take', path)])).toEqual(['owner']);
  expect(lock?.renew(path)).toBe(false);
});

it('the lock is free after its release, and a second release does no harm', () => {
  const path = join(tempDir(), 'session.lock');
  const first = acquireSessionLock(path);
  first?.release();
  const second = acquireSessionLock(path);
  first?.release();
  expect(isSessionLocked(path)).toBe(true);
  second?.release();
  expect(isSessionLocked(path)).toBe(false);
});

it('an unused lock has no holder, and asking creates no file', () => {
  const path = join(tempDir(), 'session.lock');
  expect(isSessionLocked(path)).toBe(false);
  expect(isSessionLocked(path)).toBe(false);
});

it('a folder or a symbolic link at the path of the lock is kept and named', () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'folder.lock'));
  symlinkSync('/dev/null', join(dir, 'link.lock'));
  for (const name of ['folder.lock', 'link.lock']) {
    expect(() => acquireSessionLock(join(dir, name))).toThrow(`${name}: it is not a regular file`);
    expect(isSessionLocked(join(dir, name))).toBe(false);
  }
});
