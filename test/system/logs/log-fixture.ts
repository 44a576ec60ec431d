// Log files in a folder of the test's own, with a clock that the test sets.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { createLogFiles } from '../../../src/system/logs/log-files.ts';
import type { Clock, LogFile } from '../../../src/system/system.ts';
import { tempDir } from '../temp-dir.ts';

class SteppedClock implements Clock {
  #nowMs = 0;
  #due: { readonly atMs: number; readonly callback: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return Date.UTC(2026, 0, 31, 12) + this.#nowMs;
  }

  after(delayMs: number, callback: () => void): void {
    this.#due.push({ atMs: this.#nowMs + delayMs, callback });
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    const due = this.#due.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#due = this.#due.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { callback } of due) callback();
  }
}

export interface LogFixture {
  readonly dir: string;
  readonly clock: SteppedClock;
  readonly log: LogFile;
  /** How often `onLines` was called. */
  readonly calls: { count: number };
  readonly print: (text: string, stream?: 'out' | 'err') => void;
  /** Texts of all lines that can be read, from the oldest on. */
  readonly texts: () => string[];
}

export interface LogFixtureOptions {
  readonly dir?: string;
  readonly maxSizeBytes?: number;
  readonly keep?: number;
}

export function openLog(options: LogFixtureOptions = {}): LogFixture {
  const dir = options.dir ?? join(tempDir(), 'logs');
  const clock = new SteppedClock();
  const calls = { count: 0 };
  const spec = { maxSizeBytes: options.maxSizeBytes ?? 10 * 1024 * 1024, keep: options.keep ?? 5 };
  const log = createLogFiles({ dir, clock }).open('api', spec, { onLines: () => void (calls.count += 1) });
  onTestFinished(() => log.close());
  return {
    dir,
    clock,
    log,
    calls,
    print: (text, stream = 'out') => log.append(Buffer.from(text), stream),
    texts: () => textsOf(log.read(-Infinity, 1_000_000)),
  };
}

export function textsOf(lines: readonly { readonly text: string }[]): string[] {
  return lines.map(({ text }) => text);
}

/** Until what was appended in this turn has been written. */
export async function written(): Promise<void> {
  await turn();
}

/** The lines of all files of the service, the oldest file first, without their times. */
export function linesOnDisk(dir: string): string[] {
  const number = (name: string) => Number(name.slice('api.log.'.length) || 0);
  return readdirSync(dir)
    .filter((name) => name.startsWith('api.log'))
    .toSorted((a, b) => number(b) - number(a))
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n').slice(0, -1))
    .map((line) => line.slice('2026-01-31T12:00:00.000Z '.length));
}

/** `count` lines that say their number: "line 0", "line 1" … */
export function numbered(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `line ${from + index}`);
}
