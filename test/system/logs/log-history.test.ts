import { appendFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPastLog } from '../../../src/system/logs/log-history.ts';
import { cpuMs } from '../../helpers/cpu-time.ts';
import type { RawLine } from '../../../src/system/logs/log-record.ts';
import { numbered, textsOf } from './log-fixture.ts';
import { tempDir } from '../temp-dir.ts';

const START_MS = Date.UTC(2026, 0, 31, 12);

/** Lines that come one a second, in files of the given lengths, the oldest first. */
function history(...lengths: readonly number[]): string {
  const dir = tempDir();
  let seq = 0;
  for (const [index, length] of lengths.entries()) {
    const number = lengths.length - 1 - index;
    const lines = numbered(length, seq).map(
      (text, offset) => `${new Date(START_MS + (seq + offset) * 1000).toISOString()} ${text}\n`,
    );
    writeFileSync(join(dir, number === 0 ? 'api.log' : `api.log.${number}`), lines.join(''));
    seq += length;
  }
  return dir;
}

function readLogTail(log: {
  readonly dir: string;
  readonly service: string;
  readonly lines: number;
}): readonly RawLine[] {
  return openPastLog(log).read(-log.lines, log.lines);
}

describe('the tail of a log without a session', () => {
  it('has the last lines, in order, across rotated files', () => {
    const dir = history(5000, 3000, 10);
    const tail = readLogTail({ dir, service: 'api', lines: 4000 });
    expect(textsOf(tail)).toEqual(numbered(4000, 4010));
    expect(tail[0]).toMatchObject({ seq: -4000, timeMs: START_MS + 4010 * 1000 });
    expect(tail.at(-1)?.seq).toBe(-1);
  });

  it('is everything when there is less than that', () => {
    const dir = history(5, 3);
    expect(textsOf(readLogTail({ dir, service: 'api', lines: 200 }))).toEqual(numbered(8));
    expect(readLogTail({ dir, service: 'api', lines: 0 })).toEqual([]);
  });

  it('is found when the newest file is missing or empty, and is empty without a log', () => {
    const dir = history(5, 0);
    expect(textsOf(readLogTail({ dir, service: 'api', lines: 2 }))).toEqual(['line 3', 'line 4']);
    expect(readLogTail({ dir, service: 'web', lines: 2 })).toEqual([]);
    expect(readLogTail({ dir: join(dir, 'missing'), service: 'api', lines: 2 })).toEqual([]);
  });

  it('includes a last line that a crash left without an end', () => {
    const dir = history(3);
    appendFileSync(join(dir, 'api.log'), '2026-01-31T12:00:09.000Z hal');
    expect(textsOf(readLogTail({ dir, service: 'api', lines: 2 }))).toEqual(['line 2', 'hal']);
  });

  it('is read quickly from files of any size', async () => {
    const dir = join(tempDir(), 'logs');
    mkdirSync(dir);
    const block = Buffer.from(`2026-01-31T12:00:00.000Z ${'x'.repeat(74)}\n`.repeat(50_000));
    for (let round = 0; round < 20; round += 1) appendFileSync(join(dir, 'api.log'), block);
    expect(statSync(join(dir, 'api.log')).size).toBe(100_000_000);
    const usedMs = await cpuMs(() => {
      expect(readLogTail({ dir, service: 'api', lines: 200 })).toHaveLength(200);
    });
    expect(usedMs).toBeLessThan(50);
  });
});

describe('a search in a log without a session', () => {
  const isError = (text: string): boolean => text.startsWith('ERROR');
  /** In stretches of 64 KiB: an error at the end of one, with a trace over all of the next two; and one far behind. */
  const traced = (index: number): string =>
    index === 1000 || index === 9000
      ? 'ERROR it failed'
      : index > 1000 && index < 4000
        ? `  ${index}`
        : `fine ${index}`;

  function tracedDir(): string {
    const dir = tempDir();
    const lines = Array.from(
      { length: 10_000 },
      (_, index) => `${new Date(START_MS).toISOString()} ${traced(index).padEnd(60)}`,
    );
    writeFileSync(join(dir, 'api.log'), `${lines.join('\n')}\n`);
    return dir;
  }

  it('reads the stretches that may hold what is looked for, and what goes on from them', () => {
    const log = openPastLog({ dir: tracedDir(), service: 'api', mayPass: (stretch) => stretch.includes('ERROR') });
    const read = textsOf(log.read(-10_000, 10_000)).map((text) => text.trimEnd());
    expect(read.filter(isError)).toHaveLength(2);
    expect(read.filter((text) => text.startsWith('  '))).toHaveLength(2_999);
    expect(read.filter((text) => text.startsWith('fine')).length).toBeLessThan(4_500);
  });

  it('numbers lines as without the search', () => {
    const dir = tracedDir();
    const all = new Map(
      openPastLog({ dir, service: 'api' })
        .read(-10_000, 10_000)
        .map(({ seq, text }) => [seq, text]),
    );
    const log = openPastLog({ dir, service: 'api', mayPass: (stretch) => stretch.includes('ERROR') });
    for (let from = -10_000; from < 0; from += 1_000)
      for (const { seq, text } of log.read(from, 1_000)) expect(all.get(seq)).toBe(text);
  });
});
