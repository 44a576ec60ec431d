import { existsSync, linkSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEventWriter, openEventReader } from '../../../src/system/state/event-file.ts';
import { tempDir } from '../temp-dir.ts';

const START = '{"type":"session","state":"started"}';

function unexpected(error: unknown): never {
  throw error;
}

describe('the file of events', () => {
  it('returns the newest session first, and then each line once', () => {
    const path = join(tempDir(), 'events.jsonl');
    const write = createEventWriter(path, unexpected);
    for (const line of [START, 'old', START, 'new']) write(line);
    const reader = openEventReader(path);
    expect(reader?.next()).toEqual([START, 'new']);
    expect(reader?.next()).toEqual([]);
    write('newer');
    expect(reader?.next()).toEqual(['newer']);
  });

  it('stays small, and a reader loses nothing when it is rotated', () => {
    const path = join(tempDir(), 'events.jsonl');
    const write = createEventWriter(path, unexpected);
    write(START);
    const reader = openEventReader(path);
    const read = [...(reader?.next() ?? [])];
    const written = Array.from({ length: 3_000 }, (_, index) => `${index} ${'x'.repeat(990)}`);
    for (const [index, line] of written.entries()) {
      write(line);
      if (index % 100 === 99) read.push(...(reader?.next() ?? []));
    }
    expect(read).toEqual([START, ...written]);
    expect(statSync(`${path}.1`).size).toBeLessThan(1024 * 1024 + 2_000);
    expect(existsSync(`${path}.2`)).toBe(false);
    // The beginning is gone: everything that is left belongs to the newest session.
    expect(openEventReader(path)?.next().length).toBeGreaterThan(1_000);
  });

  it('does not exist without events, and a problem is reported once', () => {
    const dir = join(tempDir(), 'not-a-file');
    mkdirSync(dir);
    expect(openEventReader(dir)?.next() ?? []).toEqual([]);
    const problems: unknown[] = [];
    const write = createEventWriter(dir, (error) => problems.push(error));
    write('one');
    write('two');
    expect(problems).toHaveLength(1);
  });

  it('is not shared with a copy of the project that was made by hard links', () => {
    const [original, copy] = ['original.jsonl', 'copy.jsonl'].map((name) => join(tempDir(), name)) as [string, string];
    createEventWriter(original, unexpected)(START);
    linkSync(original, copy);
    createEventWriter(copy, unexpected)('of the copy');
    expect(readFileSync(original, 'utf8')).toBe(`${START}\n`);
    expect(readFileSync(copy, 'utf8')).toBe('of the copy\n');
  });

  it('is accessible only to its owner', () => {
    const path = join(tempDir(), 'events.jsonl');
    createEventWriter(path, unexpected)('one');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe('one\n');
  });
});
