// What others do to log files while we write them, and what disks do.

import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linesOnDisk, type LogFixture, numbered, openLog, textsOf, written } from './log-fixture.ts';
import { smallDisk, tempDir } from '../temp-dir.ts';

async function printAll(log: LogFixture, lines: readonly string[]): Promise<void> {
  log.print(`${lines.join('\n')}\n`);
  await written();
}

describe('a log file that others touch', () => {
  it('is created again when it was moved, and the moved one keeps the earlier lines', async () => {
    const fixture = openLog();
    const { dir, clock, log } = fixture;
    await printAll(fixture, numbered(100));
    renameSync(join(dir, 'api.log'), join(dir, 'saved'));
    clock.advance(1000);
    await printAll(fixture, numbered(100, 100));
    expect(linesOnDisk(dir)).toEqual(numbered(100, 100));
    expect(readFileSync(join(dir, 'saved'), 'utf8').split('\n')).toHaveLength(101);
    expect(log.first()).toBe(100);
    expect(textsOf(log.read(0, 1000))).toEqual(numbered(100, 100));
    expect(log.problem).toBeNull();
  });

  it('is created again with its folder when that was deleted', async () => {
    const fixture = openLog();
    const { dir, clock, log } = fixture;
    await printAll(fixture, ['one']);
    rmSync(dir, { recursive: true });
    clock.advance(1000);
    await printAll(fixture, ['two']);
    expect(linesOnDisk(dir)).toEqual(['two']);
    expect(log.read(0, 10)).toMatchObject([{ seq: 1, text: 'two' }]);
  });

  it('has no NUL bytes and no joined lines after it was cut', async () => {
    const fixture = openLog();
    const { dir, clock, log } = fixture;
    for (const size of [0, 10]) {
      await printAll(fixture, numbered(1000));
      truncateSync(join(dir, 'api.log'), size);
      clock.advance(1000);
      await printAll(fixture, ['after', 'the cut']);
      expect(readFileSync(join(dir, 'api.log')).includes(0)).toBe(false);
      expect(linesOnDisk(dir).slice(-2)).toEqual(['after', 'the cut']);
      expect(textsOf(log.read(log.next - 2, 2))).toEqual(['after', 'the cut']);
    }
  });

  it('gives the right lines again after a foreign write', async () => {
    const fixture = openLog();
    const { dir, clock, log } = fixture;
    await printAll(fixture, numbered(10));
    appendFileSync(join(dir, 'api.log'), 'a stranger\nwithout an end');
    clock.advance(1000);
    await printAll(fixture, numbered(10, 10));
    expect(textsOf(log.read(10, 10))).toEqual(numbered(10, 10));
    expect(textsOf(log.read(0, 10))).toEqual(numbered(10));
  });

  it('loses only the moved lines', async () => {
    const fixture = openLog({ maxSizeBytes: 5000, keep: 100 });
    const { dir, clock } = fixture;
    const lines = numbered(2000);
    for (let at = 0; at < lines.length; at += 20) {
      await printAll(fixture, lines.slice(at, at + 20));
      if (at % 400 === 0) {
        renameSync(join(dir, 'api.log'), join(dir, `moved-${at}`));
        clock.advance(1000);
      }
    }
    const moved = [0, 400, 800, 1200, 1600].flatMap((at) => readFileSync(join(dir, `moved-${at}`), 'utf8').split('\n'));
    const found = [...moved.filter((line) => line !== '').map((line) => line.slice(25)), ...linesOnDisk(dir)];
    expect(found.toSorted()).toEqual(lines.toSorted());
  });
});

describe('a log that cannot be opened', () => {
  it.each([
    ['a symbolic link', (path: string) => symlinkSync('/dev/null', path), 'it is a symbolic link'],
    ['a FIFO', (path: string) => execFileSync('mkfifo', [path]), 'is not a regular file'],
    ['a folder', (path: string) => mkdirSync(path), 'it is a folder'],
  ])(
    'because %s is in its place: says so, keeps the last lines and leaves that alone',
    async (_what, spoil, reason) => {
      const dir = tempDir();
      const path = join(dir, 'api.log');
      spoil(path);
      const before = lstatSync(path);
      const fixture = openLog({ dir });
      const { log, clock } = fixture;
      expect(log.problem).toContain('the log cannot be written: ');
      expect(log.problem).toContain(`${reason}; kept in memory for now`);

      const lines = numbered(60_000);
      for (let at = 0; at < lines.length; at += 1000) await printAll(fixture, lines.slice(at, at + 1000));
      expect(log.problem).toMatch(/; \d+ lines are lost so far$/);
      expect(log.next).toBe(60_000);
      const kept = log.read(-Infinity, 100_000);
      expect(kept[0]?.seq).toBe(log.first());
      expect(textsOf(kept)).toEqual(lines.slice(-kept.length));
      expect(kept.length).toBeGreaterThan((1024 * 1024) / 36);
      expect(kept.length).toBeLessThan((1024 * 1024 * 1.5) / 36);
      expect(lstatSync(path).mode).toBe(before.mode);

      rmSync(path, { recursive: true });
      clock.advance(10_000);
      expect(log.problem).toBeNull();
      const lost = 60_000 - kept.length;
      const onDisk = linesOnDisk(dir);
      expect(onDisk[0]).toMatch(new RegExp(`^— ${lost} lines lost: `));
      expect(onDisk.slice(1)).toEqual(textsOf(kept));
      expect(log.read(60_000 - 1, 1)).toMatchObject([{ seq: 59_999, text: 'line 59999' }]);
      expect(log.first()).toBe(lost - 1);
    },
  );

  it('is replaced by memory when its folder is a file', async () => {
    const dir = join(tempDir(), 'logs');
    writeFileSync(dir, '');
    const fixture = openLog({ dir });
    await printAll(fixture, numbered(10));
    expect(fixture.log.problem).toContain('its folder is not a folder');
    expect(fixture.texts()).toEqual(numbered(10));
    fixture.log.close();
    expect(existsSync(join(dir, 'api.log'))).toBe(false);
  });

  it('numbers earlier lines below zero even when it is opened late', async () => {
    const dir = tempDir();
    const path = join(dir, 'api.log');
    writeFileSync(`${path}.real`, '2026-01-31T11:00:00.000Z old 1\n2026-01-31T11:00:00.000Z old 2\n', { mode: 0o600 });
    symlinkSync(`${path}.real`, path);
    const fixture = openLog({ dir });
    await printAll(fixture, numbered(3));
    renameSync(`${path}.real`, path);
    fixture.clock.advance(10_000);
    await printAll(fixture, numbered(2, 3));
    expect(fixture.log.read(-5, 100).map(({ seq, text }) => [seq, text])).toEqual([
      [-2, 'old 1'],
      [-1, 'old 2'],
      ...numbered(5).map((text, seq) => [seq, text]),
    ]);
  });
});

describe('a full disk', () => {
  it('loses the oldest lines beyond 8 MiB, counts them, and continues when there is room', async ({ skip }) => {
    const disk = smallDisk() ?? skip('mounting a small disk is not permitted');
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(700 * 1024));
    const fixture = openLog({ dir: disk, maxSizeBytes: 300 * 1024, keep: 2 });
    const { log, clock } = fixture;
    const line = (seq: number) => `${String(seq).padStart(6, '0')} ${'x'.repeat(92)}`;
    const total = 100_000;
    for (let at = 0; at < total; at += 500) {
      await printAll(
        fixture,
        Array.from({ length: 500 }, (_, index) => line(at + index)),
      );
    }
    expect(log.problem).toMatch(/the log cannot be written: the disk is full; \d+ lines are lost so far/);
    expect(log.next).toBe(total);
    expect(textsOf(log.read(total - 3, 3))).toEqual([line(total - 3), line(total - 2), line(total - 1)]);
    const memory = log.read(total - 60_000, 60_000);
    expect(memory.length).toBe(60_000);

    rmSync(ballast);
    const { lost } = /(?<lost>\d+) lines are lost/.exec(log.problem ?? '')?.groups ?? {};
    for (let second = 0; second < 10; second += 1) clock.advance(1000);
    await printAll(fixture, ['end']);
    // The disk holds 1 MiB and rotation keeps 600 KiB of what came through, so look at the end of it only.
    expect(log.problem).toBeNull();
    const onDisk = linesOnDisk(disk);
    expect(onDisk.at(-1)).toBe('end');
    expect(onDisk.slice(0, -1)).toEqual(
      Array.from({ length: onDisk.length - 1 }, (_, index) => line(total - onDisk.length + 1 + index)),
    );
    expect(Number(lost)).toBeGreaterThan(1000);
  });

  it('leaves a line in the file with the number of missing lines', async ({ skip }) => {
    const disk = smallDisk() ?? skip('mounting a small disk is not permitted');
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(900 * 1024));
    const fixture = openLog({ dir: join(disk, 'logs'), maxSizeBytes: 10 * 1024 * 1024 });
    const { log, clock } = fixture;
    const long = 'y'.repeat(60_000);
    for (let at = 0; at < 400; at += 1) await printAll(fixture, [`${at} ${long}`]);
    const lost = Number(/(\d+) lines are lost/.exec(log.problem ?? '')?.[1]);
    expect(lost).toBeGreaterThan(200);

    rmSync(ballast);
    for (let second = 0; second < 10; second += 1) clock.advance(1000);
    expect(log.problem).toContain('the disk is full');
    const lines = linesOnDisk(join(disk, 'logs'));
    const gap = lines.findIndex((line) => line.startsWith('— '));
    expect(lines[gap]).toBe(`— ${lost} lines lost: the disk is full —`);
    expect(lines.slice(0, gap).map((line) => Number.parseInt(line, 10))).toEqual(
      Array.from({ length: gap }, (_, index) => index),
    );
    expect(lines.slice(gap + 1).every((line, index) => line.startsWith(`${gap + lost + index} y`))).toBe(true);
    const seqs = log.read(0, 1000).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(new Set(seqs).size).toBe(seqs.length);
    expect(log.read(399, 1)[0]?.text).toBe(`399 ${long}`);
  });
});
