import { array, assert, asyncProperty, constantFrom, integer, nat, oneof, record, uint8Array } from 'fast-check';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../../src/system/clock.ts';
import { createLogFiles } from '../../../src/system/logs/log-files.ts';
import { cpuMs } from '../../helpers/cpu-time.ts';
import { linesOnDisk, numbered, openLog, textsOf, written } from './log-fixture.ts';
import { tempDir } from '../temp-dir.ts';

describe('a line of output', () => {
  it('is in the file with its time, as written, without the carriage return of a terminal', async () => {
    const { dir, log, clock, print } = openLog();
    print('one\r\n\u001B[31mtwo\r\rmore\n\n');
    await written();
    clock.advance(1500);
    print('three \n');
    await written();
    expect(readFileSync(join(dir, 'api.log'), 'utf8')).toBe(
      '2026-01-31T12:00:00.000Z one\n' +
        '2026-01-31T12:00:00.000Z \u001B[31mtwo\r\rmore\n' +
        '2026-01-31T12:00:00.000Z \n' +
        '2026-01-31T12:00:01.500Z three \n',
    );
    expect(log.read(3, 1)).toEqual([{ seq: 3, timeMs: clock.wallMs(), text: 'three ' }]);
    expect(log.path).toBe(join(dir, 'api.log'));
    expect(log.problem).toBeNull();
  });

  it('is readable only by the user', async () => {
    const { dir, print } = openLog();
    print('secret\n');
    await written();
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'api.log')).mode & 0o777).toBe(0o600);
  });

  it('is kept byte for byte, in chunks of 7 bytes, in any encoding', async () => {
    const { dir, log } = openLog();
    const lines = ['grüße, 世界 👩‍👩‍👧 — ok', '', 'x'.repeat(100), '\u0000\u0001'].map((text) => Buffer.from(text));
    lines.push(Buffer.from([0xff, 0xfe, 0x80, 0x0d, 0x41]));
    const output = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    for (let at = 0; at < output.length; at += 7) log.append(output.subarray(at, at + 7), 'out');
    expect(textsOf(log.read(0, 100))).toEqual(lines.map(String));
    await written();
    const stamp = '2026-01-31T12:00:00.000Z '.length;
    let rest = readFileSync(join(dir, 'api.log'));
    for (const line of lines) {
      expect(rest.subarray(stamp, rest.indexOf(10))).toEqual(line);
      rest = rest.subarray(rest.indexOf(10) + 1);
    }
  });

  it('is joined for each stream separately, in the order of the line ends', () => {
    const { print, texts } = openLog();
    print('out 1, ');
    print('err 1, ', 'err');
    print('out 2\n');
    print('err 2\n', 'err');
    expect(texts()).toEqual(['out 1, out 2', 'err 1, err 2']);
  });

  it('is announced once for each turn of the event loop', async () => {
    const { calls, print } = openLog();
    for (const line of numbered(1000)) print(`${line}\n`);
    expect(calls.count).toBe(0);
    await written();
    expect(calls.count).toBe(1);
    await written();
    expect(calls.count).toBe(1);
  });

  it('can be read before it is written', () => {
    const { dir, log, print } = openLog();
    print('one\ntwo\nthree\n');
    expect(linesOnDisk(dir)).toEqual([]);
    expect(log.next).toBe(3);
    expect(textsOf(log.read(1, 1))).toEqual(['two']);
    expect(textsOf(log.read(-5, 2))).toEqual(['one', 'two']);
    expect(log.read(3, 10)).toEqual([]);
  });

  it('is passed to a watcher when it is complete, and not after the watcher left', () => {
    const { log, print } = openLog();
    const seen: string[] = [];
    log.watchLines((line) => void seen.push(line.toString()));
    print('on');
    print('e\r\ntwo\nthr');
    log.note('— restarted —');
    log.watchLines(null);
    print('ee\n');
    expect(seen).toEqual(['one', 'two']);
  });

  it('is on disk when the log is closed', () => {
    const { dir, log, print } = openLog();
    print('one\ntwo');
    log.note('— stopped\nby you —');
    log.close();
    log.close();
    print('late\n');
    log.note('late');
    expect(linesOnDisk(dir)).toEqual(['one', '— stopped by you —', 'two']);
    expect(textsOf(log.read(0, 10))).toEqual(['one', '— stopped by you —', 'two']);
  });
});

describe('a line without an end', () => {
  it('appears within a second and comes once when it is completed', async () => {
    const { dir, log, clock, calls, print } = openLog();
    print('ready\nPassword: ');
    await written();
    expect(log.next).toBe(1);
    clock.advance(1000);
    expect(calls.count).toBe(2);
    expect(log.next).toBe(2);
    expect(log.read(1, 5)).toMatchObject([{ seq: 1, text: 'Password: ', partial: true }]);
    expect(linesOnDisk(dir)).toEqual(['ready']);

    print('****\n');
    await written();
    clock.advance(1000);
    expect(log.next).toBe(2);
    expect(log.read(0, 5).map(({ seq, text, partial }) => [seq, text, partial])).toEqual([
      [0, 'ready', undefined],
      [1, 'Password: ****', undefined],
    ]);
    expect(linesOnDisk(dir)).toEqual(['ready', 'Password: ****']);
    expect(calls.count).toBe(3);
  });

  it('stays last while the other stream continues, and grows as it is written', () => {
    const { log, clock, print } = openLog();
    print('10%');
    clock.advance(1000);
    print('warning\n', 'err');
    print(' 20%');
    clock.advance(1000);
    expect(log.next).toBe(2);
    expect(textsOf(log.read(0, 5))).toEqual(['warning', '10% 20%']);
  });

  it('is ended by the end of the process', () => {
    const { log, texts, print } = openLog();
    log.endLine();
    print('half');
    print('err half', 'err');
    log.endLine();
    print('whole\n');
    log.endLine();
    expect(texts()).toEqual(['half', 'err half', 'whole']);
  });

  it('is cut at 64 KiB, between characters, and every byte is kept', () => {
    const { log, print } = openLog();
    const text = `a${'é'.repeat(80_000)}`;
    print(`${text}\nnext\n`);
    const lines = textsOf(log.read(0, 10));
    expect(lines.map((line) => Buffer.byteLength(line))).toEqual([65_535, 65_540, 28_934, 4]);
    expect(lines.slice(1, 3).every((line) => line.startsWith('… '))).toBe(true);
    expect(lines.slice(0, 3).join('').replaceAll('… ', '')).toBe(text);
  });

  it('is not cut when it ends right at 64 KiB', () => {
    const { texts, print } = openLog();
    const full = 'x'.repeat(64 * 1024);
    print(`${full}\n`);
    for (const part of [full.slice(0, 1000), full.slice(1000), '\r', '\n']) print(part);
    expect(texts()).toEqual([full, full]);
  });

  it('may be 40 MB long without more memory', async () => {
    const { dir, log } = openLog({ maxSizeBytes: 100 * 1024 * 1024 });
    const chunk = Buffer.alloc(16 * 1024, 'x');
    const before = process.memoryUsage();
    const usedMs = await cpuMs(async () => {
      for (let round = 0; round < 2560; round += 1) log.append(chunk, 'out');
      log.endLine();
      await written();
    });
    const after = process.memoryUsage();
    expect(usedMs).toBeLessThan(2000);
    expect(after.external + after.arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(8 * 1024 * 1024);
    const kept = linesOnDisk(dir).map((line) => line.replace('… ', '').length);
    expect(kept.reduce((sum, length) => sum + length)).toBe(40 * 1024 * 1024);
  });
});

describe('rotation', () => {
  it('keeps each numbered line exactly once, in order, within the limit', async () => {
    const maxSizeBytes = 64 * 1024;
    const { dir, log, texts, print } = openLog({ maxSizeBytes, keep: 3 });
    const lines = numbered(20_000);
    for (let at = 0; at < lines.length; at += 40) {
      print(`${lines.slice(at, at + 40).join('\n')}\n`);
      if (at % 400 === 0) await written();
    }
    await written();
    const names = ['api.log', 'api.log.1', 'api.log.2'];
    for (const name of names) expect(statSync(join(dir, name)).size).toBeLessThanOrEqual(maxSizeBytes);
    expect(() => statSync(join(dir, 'api.log.3'))).toThrow('ENOENT');

    const onDisk = linesOnDisk(dir);
    expect(onDisk.length).toBeGreaterThan(3000);
    expect(onDisk).toEqual(lines.slice(-onDisk.length));
    expect(log.next).toBe(20_000);
    expect(log.first()).toBe(20_000 - onDisk.length);
    expect(texts()).toEqual(onDisk);
    for (const seq of [log.first(), 17_000, 18_001, 19_999]) {
      expect(log.read(seq, 2)[0]).toMatchObject({ seq, text: `line ${seq}` });
    }
  });

  it('holds every line when there is room for all', async () => {
    const { dir, print, texts } = openLog({ maxSizeBytes: 50_000, keep: 100 });
    const lines = numbered(30_000);
    for (let at = 0; at < lines.length; at += 100) print(`${lines.slice(at, at + 100).join('\n')}\n`);
    await written();
    expect(linesOnDisk(dir)).toEqual(lines);
    expect(texts()).toEqual(lines);
  });

  it('keeps only the current file when the limit is one', async () => {
    const { dir, print, texts } = openLog({ maxSizeBytes: 1000, keep: 1 });
    for (const line of numbered(500)) {
      print(`${line}\n`);
      await written();
    }
    expect(linesOnDisk(dir)).toEqual(texts());
    expect(texts().at(-1)).toBe('line 499');
    expect(texts().length).toBeLessThanOrEqual(28);
    expect(() => statSync(join(dir, 'api.log.1'))).toThrow('ENOENT');
  });

  it('continues in the same file, and says so, while rotation is impossible', async () => {
    const { dir, clock, log, print } = openLog({ maxSizeBytes: 1000, keep: 3 });
    mkdirSync(join(dir, 'api.log.2', 'occupied'), { recursive: true });
    for (const line of numbered(100)) {
      print(`${line}\n`);
      await written();
    }
    expect(log.problem).toMatch(/the log grows beyond its size, it cannot be rotated: /);
    expect(textsOf(log.read(0, 1000))).toEqual(numbered(100));
    rmSync(join(dir, 'api.log.2'), { recursive: true });
    clock.advance(10_000);
    print('line 100\n');
    await written();
    expect(log.problem).toBeNull();
    expect(statSync(join(dir, 'api.log')).size).toBeLessThan(1000);
    expect(textsOf(log.read(0, 1000))).toEqual(numbered(101));
  });
});

describe('the log of earlier sessions', () => {
  async function earlierSession(dir: string, count: number): Promise<void> {
    const { log, print } = openLog({ dir, maxSizeBytes: 100_000, keep: 5 });
    for (let at = 0; at < count; at += 100) {
      print(`${numbered(100, at).join('\n')}\n`);
      await written();
    }
    log.close();
  }

  it('has negative numbers and is found across rotated files', async () => {
    const dir = join(tempDir(), 'logs');
    await earlierSession(dir, 8000);
    const { log, print } = openLog({ dir, maxSizeBytes: 100_000, keep: 5 });
    print('now\n');
    expect(log.next).toBe(1);
    expect(textsOf(log.read(-1, 2))).toEqual(['line 7999', 'now']);
    expect(log.read(-8000, 1)).toMatchObject([{ seq: -8000, text: 'line 0' }]);
    expect(textsOf(log.read(-7000, 6000))).toEqual(numbered(6000, 1000));
    expect(log.read(-Infinity, 1)).toMatchObject([{ seq: -8000 }]);
    expect(log.first()).toBe(-8000);
  });

  it('is counted in small steps on a request for the first line', async () => {
    const dir = join(tempDir(), 'logs');
    await earlierSession(dir, 8000);
    const { log } = openLog({ dir, maxSizeBytes: 100_000, keep: 5 });
    log.first();
    await expect.poll(() => log.first()).toBe(-8000);
  });

  it('is not joined to the first new line when a crash left half a line', async () => {
    const dir = join(tempDir(), 'logs');
    await earlierSession(dir, 100);
    writeFileSync(join(dir, 'api.log'), '2026-01-31T12:00:00.000Z hal', { flag: 'a' });
    const { log, print } = openLog({ dir });
    print('new\n');
    await written();
    expect(textsOf(log.read(-2, 3))).toEqual(['line 99', 'hal', 'new']);
  });

  it('may be any bytes at all', () => {
    assertForeign(Buffer.from('no time here\n\n\u0000\n2026-99-99T99:99:99.999Z odd\nlast'), [
      'no time here',
      '',
      '\u0000',
      '2026-99-99T99:99:99.999Z odd',
      'last',
    ]);
  });

  it('may be one line of many megabytes', () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'api.log'), Buffer.alloc(5 * 1024 * 1024, 'x'));
    const { log } = openLog({ dir });
    const lines = log.read(-Infinity, 100);
    expect(lines.reduce((sum, { text }) => sum + text.length, 0)).toBe(5 * 1024 * 1024);
    expect(lines.at(-1)?.seq).toBe(-1);
  });

  function assertForeign(content: Buffer, expected: readonly string[]): void {
    const dir = tempDir();
    writeFileSync(join(dir, 'api.log'), content);
    const { log } = openLog({ dir });
    const lines = log.read(-100, 100);
    expect(textsOf(lines)).toEqual(expected);
    expect(lines.every(({ timeMs }) => Number.isFinite(timeMs))).toBe(true);
  }
});

it('a log reads like a plain list for any lines, chunks and files', async () => {
  const piece = oneof(constantFrom('\n', 'a\nb\n', '\r\n', 'é', 'x'.repeat(700)), uint8Array({ maxLength: 40 }));
  const action = record({ piece, stream: constantFrom('out' as const, 'err' as const), turns: nat(3) });
  await assert(
    asyncProperty(
      array(action, { maxLength: 60 }),
      integer({ min: -5, max: 80 }),
      nat(90),
      async (actions, from, count) => {
        const dir = mkdtempSync(join(tmpdir(), 'devdeck-log-'));
        const log = createLogFiles({ dir, clock: createClock() }).open(
          'api',
          { maxSizeBytes: 400, keep: 1000 },
          { onLines: () => {} },
        );
        try {
          const model: Buffer[] = [];
          const open = { out: Buffer.alloc(0), err: Buffer.alloc(0) };
          for (const { piece, stream, turns } of actions) {
            const bytes = Buffer.from(piece as string);
            log.append(bytes, stream);
            let rest = Buffer.concat([open[stream], bytes]);
            for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
              model.push(rest.subarray(0, end > 0 && rest[end - 1] === 13 ? end - 1 : end));
              rest = rest.subarray(end + 1);
            }
            open[stream] = rest;
            if (turns === 0) await written();
          }
          const start = Math.max(0, from);
          expect(textsOf(log.read(from, count))).toEqual(model.slice(start, start + count).map(String));
          expect(log.next).toBe(model.length);
        } finally {
          log.close();
          rmSync(dir, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 150 },
  );
});

it('a log needs at most 1.5 s of processor time for a million lines of 100 bytes', async () => {
  const { log } = openLog({ maxSizeBytes: 200 * 1024 * 1024 });
  const chunk = Buffer.from(`${'x'.repeat(100)}\r\n`.repeat(10_000));
  const usedMs = await cpuMs(async () => {
    for (let round = 0; round < 100; round += 1) {
      for (let at = 0; at < chunk.length; at += 64 * 1024) {
        log.append(chunk.subarray(at, at + 64 * 1024), 'out');
        await written();
      }
    }
  });
  expect(log.next).toBe(1_000_000);
  expect(usedMs).toBeLessThan(1500);
  expect(log.read(999_999, 1)).toMatchObject([{ seq: 999_999, text: 'x'.repeat(100) }]);
});
