import { beforeEach, describe, expect, it } from 'vitest';
import { readStat } from '../../../src/system/linux/proc.ts';
import { createTableReader, type TableReader } from '../../../src/system/linux/table-reader.ts';

const INIT = 1;
let nowMs: number;
let readPids: number[];
let table: TableReader;

beforeEach(() => {
  nowMs = 0;
  readPids = [];
  const readOne = (pid: number) => {
    readPids.push(pid);
    return readStat(pid);
  };
  table = createTableReader(readOne, () => nowMs);
});

function look(...members: readonly number[]): readonly number[] {
  readPids = [];
  return table.read(new Set(members)).map(({ pid }) => pid);
}

describe('the table of processes', () => {
  it('holds what was there before us each time, and reads it once', () => {
    expect(look()).toContain(INIT);
    expect(readPids).toContain(INIT);
    expect(look()).toContain(INIT);
    expect(readPids).not.toContain(INIT);
  });

  it('reads a member of our trees, and what is no older than ourselves, each time', () => {
    look();
    look(INIT);
    expect(readPids).toContain(INIT);
    expect(readPids).toContain(process.pid);
  });

  it('looks again after a while whether an old stranger is still the one it was', () => {
    look();
    nowMs = 25_000;
    look();
    expect(readPids).toContain(INIT);
  });
});
