import { onTestFinished, describe, expect, it } from 'vitest';
import { LogHub } from '../../../src/supervisor/output/log-hub.ts';
import { createClock } from '../../../src/system/clock.ts';
import { createLogFiles } from '../../../src/system/logs/log-files.ts';
import { tempDir } from '../../system/temp-dir.ts';

function openHub(): LogHub {
  const clock = createClock();
  const hub = new LogHub({
    clock,
    logFiles: createLogFiles({ dir: tempDir(), clock }),
    specOf: () => ({ log: { maxSizeBytes: 100_000_000, keep: 2 } }),
    columnsOf: () => 80,
    onProblem: () => undefined,
    mask: (text) => text,
  });
  onTestFinished(() => hub.close());
  return hub;
}

describe('lines of 64 KiB', () => {
  const lines = Array.from({ length: 60 }, (_, index) => `${index} ${'y'.repeat(64_000)}`);

  it('arrive a megabyte at a time, without a gap', () => {
    const hub = openHub();
    hub.file('web').append(Buffer.from(`${lines.join('\n')}\n`), 'out');
    const texts: string[] = [];
    let answers = 0;
    for (let from = 0; from < 60; answers += 1) {
      const window = hub.read({ service: 'web', from, count: 60 - from });
      expect(window.isCut ?? false).toBe(from + window.lines.length < 60);
      expect(window.lines.length * 64_000).toBeLessThan(1_200_000);
      texts.push(...window.lines.map(({ text }) => text));
      from += window.lines.length;
    }
    expect(texts).toEqual(lines);
    expect(answers).toBeGreaterThanOrEqual(4);
  });

  it('are few on a large terminal', () => {
    const hub = openHub();
    hub.file('web').append(Buffer.from(`${lines.join('\n')}\n`), 'out');
    const newest = hub.lastLines('web', 60_000);
    expect(newest.at(-1)).toBe(lines.at(-1));
    expect(newest.length).toBeLessThanOrEqual(20);
  });

  it('do not cut an answer that is complete', () => {
    const hub = openHub();
    hub.file('web').append(Buffer.from('a\nb\n'), 'out');
    expect(hub.read({ service: 'web', from: 0, count: 10 })).toMatchObject({ lines: [{ text: 'a' }, { text: 'b' }] });
    expect(hub.read({ service: 'web', from: 0, count: 10 }).isCut).toBeUndefined();
    expect(hub.read({ service: 'web', from: 0, count: 1 }).isCut).toBeUndefined();
  });
});
