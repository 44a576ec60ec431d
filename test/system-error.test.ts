import { openSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DevError } from '../src/errors.ts';
import { systemFailure, systemReason } from '../src/system-error.ts';
import { tempDir } from './system/temp-dir.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it worked');
}

describe('an error of the system', () => {
  it('says what failed, why, and what to do', () => {
    const path = join(tempDir(), 'a');
    expect(systemFailure(thrownBy(() => readdirSync(path)))).toMatchObject({
      code: 'system',
      exitCode: 1,
      message: `Cannot read ${path}: it does not exist (ENOENT).`,
      hint: 'see whether it was removed or renamed',
    });
  });

  it.each([
    [
      'a link in a circle',
      'too many on the way (ELOOP)',
      (dir: string) => {
        symlinkSync('l', join(dir, 'l'));
        openSync(join(dir, 'l'), 'r');
      },
    ],
    [
      'a file in the way',
      'not a folder (ENOTDIR)',
      (dir: string) => {
        writeFileSync(join(dir, 'f'), '');
        openSync(join(dir, 'f/x'), 'r');
      },
    ],
    ['a full disk', 'no space is left on the disk (ENOSPC)', () => writeFileSync('/dev/full', 'x')],
    ['a name that is too long', 'its name is too long (ENAMETOOLONG)', () => openSync('x'.repeat(300), 'r')],
  ])('is told of %s', (_, words, work) => {
    const dir = tempDir();
    expect(systemFailure(thrownBy(() => work(dir)))?.message).toContain(words);
  });

  it('includes disk errors of SQLite, but not SQL errors', () => {
    const missing = thrownBy(() => new DatabaseSync(join(tempDir(), 'none/x.db')));
    expect(systemFailure(missing)?.message).toContain('permission denied');
    expect(systemFailure(thrownBy(() => new DatabaseSync(':memory:').exec('SELEC')))).toBeUndefined();
  });

  it('is not reported as a bug', () => {
    expect(systemFailure(new TypeError('x is undefined'))).toBeUndefined();
    expect(systemFailure(thrownBy(() => readdirSync('a\0b')))).toBeUndefined();
    expect(systemFailure(Object.assign(new Error('EBADF'), { code: 'EBADF', errno: -9 }))).toBeUndefined();
    expect(systemFailure(new DevError({ code: 'refused', exitCode: 1, message: 'no' }))).toBeUndefined();
  });

  it('has a reason for messages that already say what failed', () => {
    const error = Object.assign(new Error('x'), { code: 'EROFS', errno: -30 });
    expect(systemReason(error)).toBe('the file system is read-only');
    expect(systemReason(new Error('something else'))).toBe('something else');
  });
});
