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
  it('keeps processes older than us, and reads them once', () => {
    expect(look()).toContain(INIT);
    expect(readPids).toContain(INIT);
    expect(look()).toContain(INIT);
    expect(readPids).not.toContain(INIT);
  });

  it('reads members of our trees and newer processes each time', () => {
    look();
    look(INIT);
    expect(readPids).toContain(INIT);
    expect(readPids).toContain(process.pid);
  });

  it('checks old processes again after a while', () => {
    look();
    nowMs = 25_000;
    look();
    expect(readPids).toContain(INIT);
  });
});
