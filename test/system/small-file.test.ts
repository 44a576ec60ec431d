import { execFileSync } from 'node:child_process';
import { constants, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSmallFile } from '../../src/system/small-file.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'devdeck-small-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('reads a file up to the size that it may have, also through a link', () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'twelve bytes');
  symlinkSync('file', join(folder, 'link'));
  expect(readSmallFile(path, 12)).toBe('twelve bytes');
  expect(readSmallFile(join(folder, 'link'), 12)).toBe('twelve bytes');
  expect(readSmallFile(path, 11)).toBeUndefined();
});

it('does not open a FIFO, which would be waited for without end', () => {
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  expect(readSmallFile(path, 100)).toBeUndefined();
  // Without a reader, opening it for writing fails: nobody has opened it.
  expect(() => openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)).toThrow('ENXIO');
});

it('a small file is undefined for a folder, a device, a link to itself, an impossible or a missing path', () => {
  mkdirSync(join(folder, 'folder'));
  symlinkSync('loop', join(folder, 'loop'));
  const paths = ['folder', 'loop', 'nothing', 'with\0null', 'x'.repeat(300)].map((name) => join(folder, name));
  expect([...paths, '/dev/zero'].map((path) => readSmallFile(path, 100))).toEqual(Array(6).fill(undefined));
});
