import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  readRunRecords,
  readSessionRecord,
  removeIfOurs,
  removePidFile,
  type SessionRecord,
  writeAtomically,
  writePidFile,
  writeRunRecords,
  writeSessionRecord,
  writeStatus,
} from '../../../src/system/state/state-files.ts';
import { smallDisk, tempDir } from '../temp-dir.ts';

const RECORD: SessionRecord = {
  pid: 4242,
  startTicks: 99,
  bootId: 'b',
  rootDevice: '2049',
  rootInode: '77',
  sessionId: 's-1',
  socket: '/run/x.sock',
  startedAt: '2026-01-31T12:00:00.000Z',
  version: '1.2.3',
  root: '/shop',
  openedBy: 'screen',
};

describe('session record', () => {
  it('comes back as it was written, readable by its user alone', () => {
    const path = join(tempDir(), 'session.json');
    writeSessionRecord(path, RECORD);
    expect(readSessionRecord(path)).toEqual(RECORD);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['is cut short', '{"pid": 42'],
    ['is empty', ''],
    ['is no object', '[1]'],
    ['names pid 0', JSON.stringify({ ...RECORD, pid: 0 })],
    ['names pid -1', JSON.stringify({ ...RECORD, pid: -1 })],
    ['names a pid that is no number', JSON.stringify({ ...RECORD, pid: '1e3' })],
    ['lacks the start time', JSON.stringify({ ...RECORD, startTicks: undefined })],
    ['lacks the inode of the root', JSON.stringify({ ...RECORD, rootInode: undefined })],
    ['lacks the boot id', JSON.stringify({ ...RECORD, bootId: '' })],
    ['was opened by something unknown', JSON.stringify({ ...RECORD, openedBy: 'magic' })],
    ['is huge', `${JSON.stringify(RECORD)}${' '.repeat(2 * 1024 * 1024)}`],
  ])('counts as absent when the file %s', (_what, content) => {
    const path = join(tempDir(), 'session.json');
    writeFileSync(path, content);
    expect(readSessionRecord(path)).toBeUndefined();
  });

  it('counts as absent when its path is missing, a folder, a link or a FIFO', () => {
    const dir = tempDir();
    writeSessionRecord(join(dir, 'real'), RECORD);
    mkdirSync(join(dir, 'folder'));
    symlinkSync(join(dir, 'real'), join(dir, 'link'));
    execFileSync('mkfifo', [join(dir, 'fifo')]);
    for (const name of ['missing', 'folder', 'link', 'fifo']) {
      expect(readSessionRecord(join(dir, name))).toBeUndefined();
    }
  });

  it('is removed by its own session only', () => {
    const path = join(tempDir(), 'session.json');
    writeSessionRecord(path, { ...RECORD, sessionId: 's-2' });
    expect(removeIfOurs(path, 's-1')).toBe(false);
    expect(existsSync(path)).toBe(true);
    expect(removeIfOurs(path, 's-2')).toBe(true);
    expect(existsSync(path)).toBe(false);
    expect(removeIfOurs(path, 's-2')).toBe(false);
  });
});

const MARK = { pid: 4242, startTicks: 99, bootId: 'b', rootDevice: '2049', rootInode: '77', sessionId: 's' };

describe('run records', () => {
  it('come back as they were written', () => {
    const path = join(tempDir(), 'runs.json');
    const records = {
      ...MARK,
      runs: [{ service: 'api', pid: 7, startTicks: 8 }],
      containers: [{ service: 'db', id: 'ab'.repeat(32), isOurs: true }],
    };
    writeRunRecords(path, records);
    expect(readRunRecords(path)).toEqual(records);
  });

  it('keep valid ones when others are not', () => {
    const path = join(tempDir(), 'runs.json');
    const sound = { service: 'api', pid: 7, startTicks: 8 };
    const runs = [null, 5, { ...sound, pid: -7 }, { ...sound, startTicks: 1.5 }, { pid: 7, startTicks: 8 }, sound];
    writeFileSync(path, JSON.stringify({ ...MARK, runs }));
    expect(readRunRecords(path)?.runs).toEqual([sound]);
    writeFileSync(path, JSON.stringify({ ...MARK, runs: 'none' }));
    expect(readRunRecords(path)?.runs).toEqual([]);
  });
});

describe('pid file', () => {
  it('holds the pid alone, and is removed only while it does', () => {
    const dir = tempDir();
    writePidFile(dir, 'api', 4242);
    expect(readFileSync(join(dir, 'api.pid'), 'utf8')).toBe('4242\n');
    removePidFile(dir, 'api', 4243);
    expect(readdirSync(dir)).toEqual(['api.pid']);
    removePidFile(dir, 'api', 4242);
    expect(readdirSync(dir)).toEqual([]);
    removePidFile(dir, 'api', 4242);
  });
});

describe('writing a state file', () => {
  it('leaves a status as it is that says the same already, and brings back one that does not', () => {
    const path = join(tempDir(), 'status.json');
    const write = (json: string) => {
      writeStatus(path, json);
      return statSync(path).ino;
    };
    const file = write('{"a":1}');
    expect(write('{"a":1}')).toBe(file);
    expect(write('{"a":2}')).not.toBe(file);
    for (const spoil of [() => writeFileSync(path, 'other'), () => rmSync(path)]) {
      spoil();
      write('{"a":2}');
      expect(readFileSync(path, 'utf8')).toBe('{"a":2}\n');
    }
  });

  it('never shows a reader half of it, however busy the writer is', async () => {
    const path = join(tempDir(), 'status.json');
    const status = (round: number) => JSON.stringify({ round, filler: 'x'.repeat(20_000 + (round % 7) * 5000) });
    writeStatus(path, status(0));
    const reader = spawn(
      process.execPath,
      [new URL('../../fixtures/state/read-status.mjs', import.meta.url).pathname, path],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void reader.kill('SIGKILL'));
    let output = '';
    await new Promise<void>((resolve) => {
      reader.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        resolve();
      });
    });
    for (let round = 1; round <= 1000; round += 1) writeStatus(path, status(round));
    reader.stdin.end();
    await new Promise((resolve) => reader.on('close', resolve));
    const counts = JSON.parse(output.replace('reading\n', '')) as { reads: number; torn: number };
    expect(counts.reads).toBeGreaterThan(100);
    expect(counts.torn).toBe(0);
  });

  it('leaves the old content when the disk is full', ({ skip }) => {
    const disk = smallDisk() ?? skip('mounting a small disk is not permitted');
    const path = join(disk, 'status.json');
    writeStatus(path, '{"old":true}');
    expect(() => writeStatus(path, 'x'.repeat(2 * 1024 * 1024))).toThrow('ENOSPC');
    expect(readFileSync(path, 'utf8')).toBe('{"old":true}\n');
    expect(readdirSync(disk)).toEqual(['status.json']);
  });

  it('does not follow a link in place of its temporary file', () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'victim'), 'precious');
    symlinkSync(join(dir, 'victim'), join(dir, `status.json.${process.pid}.tmp`));
    writeAtomically(join(dir, 'status.json'), 'new');
    expect(readFileSync(join(dir, 'victim'), 'utf8')).toBe('precious');
    expect(readFileSync(join(dir, 'status.json'), 'utf8')).toBe('new');
  });
});
