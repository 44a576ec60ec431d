import { describe, expect, it, onTestFinished } from 'vitest';
import type { LogFolds } from '../../../src/core/session/log-query.ts';
import { FoldedLog } from '../../../src/supervisor/output/folded-log.ts';
import { createLogFiles } from '../../../src/system/logs/log-files.ts';
import { FakeSystem } from '../../fakes/fake-system.ts';
import { tempDir } from '../../system/temp-dir.ts';

const ESC = '\u001b';

function openLog() {
  const system = new FakeSystem();
  const { clock } = system;
  const advance = (ms: number): Promise<void> => system.advance(ms);
  const file = createLogFiles({ dir: tempDir(), clock }).open(
    'web',
    { maxSizeBytes: 10_000_000, keep: 2 },
    { onLines: () => {} },
  );
  const log = new FoldedLog(file, { clock, columns: () => 80, onChange: () => {} });
  onTestFinished(() => log.close());
  const write = (text: string): void => log.append(Buffer.from(text), 'out');
  const texts = (folds: LogFolds = 'all', from = -100, count = 5_000): readonly string[] =>
    log
      .folded(folds)
      .read(from, count)
      .map(({ text }) => text);
  return { log, clock, advance, write, texts };
}

describe('a log with folds', () => {
  it('shows the last frame of redrawn output, during it and afterwards', async () => {
    const { log, advance, write, texts } = openLog();
    write('listening\n\n\n');
    for (let frame = 0; frame < 500; frame += 1) write(`${ESC}[2A${ESC}[Ka ${frame}\n${ESC}[Kb ${frame}\n`);
    expect(texts()).toEqual(['listening', 'a 499', 'b 499']);
    expect(log.folded('all').next).toBe(3);
    expect(
      log
        .folded('all')
        .read(1, 9)
        .every(({ partial }) => partial),
    ).toBe(true);
    await advance(2_000);
    write('after\n');
    expect(texts()).toEqual(['listening', 'a 499', 'b 499', 'after']);
    expect(
      log
        .folded('all')
        .read(1, 9)
        .some(({ partial }) => partial),
    ).toBe(false);
    expect(log.next).toBe(1_004);
    expect(log.read(0, 5_000)).toHaveLength(1_004);
  });

  it('continues with the same rows after a pause', async () => {
    const { advance, write, texts } = openLog();
    write('head\n0%\n');
    write(`${ESC}[1A${ESC}[K10%\n`);
    await advance(5_000);
    write(`${ESC}[1A${ESC}[K20%\n`);
    expect(texts()).toEqual(['head', '20%']);
    await advance(5_000);
    expect(texts()).toEqual(['head', '20%']);
  });

  it('shows a redrawn line without an end', async () => {
    const { advance, write, texts } = openLog();
    write('a: 0%\nb: 0%\n');
    write(`${ESC}[2A${ESC}[2K\ra: 50%\r${ESC}[2B`);
    await advance(300);
    expect(texts()).toEqual(['a: 50%', 'b: 0%']);
    write(`${ESC}[1A${ESC}[2K\rb: 70%\r${ESC}[1B`);
    write('done\n');
    expect(texts()).toEqual(['a: 50%', 'b: 70%', 'done']);
  });

  it('leaves out lines of our own probes, unless they are asked for', async () => {
    const { log, advance, write, texts } = openLog();
    for (let probe = 0; probe < 3; probe += 1) {
      const end = log.beginProbe('/health');
      write(`said ${probe}\n"GET /health HTTP/1.1" 200\n`);
      end();
      await advance(5_000);
    }
    write('"GET /health HTTP/1.1" 200\n');
    expect(texts()).toEqual(['said 0', 'said 1', 'said 2', '"GET /health HTTP/1.1" 200']);
    expect(texts('redrawn')).toHaveLength(7);
    expect(log.folded('all').read(1, 2)).toMatchObject([
      { seq: 1, rawSeq: 2, text: 'said 1' },
      { seq: 2, rawSeq: 4, text: 'said 2' },
    ]);
  });

  it('reads any window across a thousand hidden lines', async () => {
    const { log, advance, write } = openLog();
    for (let index = 0; index < 1_000; index += 1) {
      log.beginProbe('/')();
      write(`line ${index}\nGET / 200\n`);
    }
    await advance(5_000);
    const view = log.folded('all');
    expect(view.next).toBe(1_000);
    expect(view.read(990, 50).map(({ text }) => text)).toEqual(Array.from({ length: 10 }, (_, i) => `line ${990 + i}`));
    expect(view.read(300, 2)).toMatchObject([
      { seq: 300, text: 'line 300' },
      { seq: 301, text: 'line 301' },
    ]);
  });

  it('ends redrawn output with the run, and before a note of devdeck', () => {
    const { log, write, texts } = openLog();
    write(`1\n${ESC}[1A2\n`);
    log.note('alert');
    write(`x\n${ESC}[1Ay`);
    log.endLine();
    expect(texts()).toEqual(['2', 'alert', 'y']);
  });
});
