import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathProblem, privacyProblem } from '../../../src/system/state/private-folder.ts';
import { tempDir } from '../temp-dir.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

describe('a folder', () => {
  it.each([0o700, 0o755])('is private with mode %o: others may look, not write', (mode) => {
    const dir = join(tempDir(), 'run');
    mkdirSync(dir);
    chmodSync(dir, mode);
    expect(privacyProblem(dir)).toBeUndefined();
  });

  it.each([
    ['is a symbolic link', (path: string) => symlinkSync('/', path)],
    ['is not a folder', (path: string) => writeFileSync(path, '')],
    [
      'can be written by others (mode 770)',
      (path: string) => {
        mkdirSync(path);
        chmodSync(path, 0o770);
      },
    ],
  ])('is not private when it %s', (why, make) => {
    const path = join(tempDir(), 'run');
    make(path);
    expect(privacyProblem(path)).toMatchObject({ folder: path, why });
  });

  it.skipIf(!isRoot)('is not private when it belongs to another user (needs root to make one)', () => {
    const path = join(tempDir(), 'run');
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, NOBODY, NOBODY);
    expect(privacyProblem(path)?.why).toBe(`belongs to user ${NOBODY}, not to you (0)`);
  });

  it('is not private when it does not exist', () => {
    expect(privacyProblem('/nowhere/run')).toBeUndefined();
    expect(pathProblem('/nowhere/run')).toBeUndefined();
  });

  it('is not private when others could create it first', () => {
    const top = tempDir();
    chmodSync(top, 0o777);
    expect(pathProblem(join(top, 'missing/devdeck/run'))).toMatchObject({ folder: top });
  });
});

describe('the way to a folder', () => {
  /** An open folder in which others may make and rename anything, with a folder of ours in it. */
  function below(mode: number, { closed = false } = {}): { readonly open: string; readonly own: string } {
    const top = tempDir();
    chmodSync(top, closed ? 0o700 : 0o755);
    const open = join(top, 'open');
    const own = join(open, 'own', 'run');
    mkdirSync(own, { recursive: true });
    chmodSync(open, mode);
    return { open, own };
  }

  it('is safe below a sticky folder', () => {
    expect(pathProblem(below(0o1777).own)).toBeUndefined();
  });

  it('is not safe below a folder in which others may rename ours', () => {
    const { open, own } = below(0o777);
    expect(pathProblem(own)).toMatchObject({ folder: open, why: 'lets others rename its entries (mode 777)' });
  });

  it('is safe below a folder that others cannot enter', () => {
    expect(pathProblem(below(0o777, { closed: true }).own)).toBeUndefined();
  });

  it('is judged at the target of links', () => {
    const { open, own } = below(0o777);
    const link = join(tempDir(), 'link');
    symlinkSync(join(own, '..'), link);
    expect(pathProblem(join(link, 'run'))).toMatchObject({ folder: open });
  });

  it.skipIf(!isRoot)('is not safe below a folder of another user (needs root to make one)', () => {
    const { open, own } = below(0o755);
    chownSync(open, NOBODY, NOBODY);
    expect(pathProblem(own)).toMatchObject({ folder: open, why: `belongs to user ${NOBODY}` });
  });
});
