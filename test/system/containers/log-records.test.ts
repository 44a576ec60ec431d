import { expect, it } from 'vitest';
import { frameReader, lineReader } from '../../../src/system/containers/log-records.ts';
import type { LogRecord } from '../../../src/system/container-engine.ts';

const AT = '2026-01-31T12:00:00.123456789Z';
const AT_MS = Date.parse('2026-01-31T12:00:00.123Z');

function frame(stream: 1 | 2, text: string): Buffer {
  const content = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(content.length, 4);
  return Buffer.concat([head, content]);
}

const shown = (records: readonly LogRecord[]) =>
  records.map(({ bytes, stream, atMs }) => [stream, atMs, bytes.toString()]);

it.each([1, 3, 8, 1000])('frames are read in pieces of %i bytes', (size) => {
  const records: LogRecord[] = [];
  const reader = frameReader((record) => records.push(record));
  const bytes = Buffer.concat([frame(1, `${AT} hello\n`), frame(2, `${AT} oops ü\n`), frame(1, `${AT} no end`)]);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  expect(shown(records)).toEqual([
    ['out', AT_MS, 'hello\n'],
    ['err', AT_MS, 'oops ü\n'],
    ['out', AT_MS, 'no end'],
  ]);
});

it('lines of a terminal are read, each with its time', () => {
  const records: LogRecord[] = [];
  const reader = lineReader((record) => records.push(record));
  for (const piece of [`${AT} one\r\n2026-01-`, `31T12:00:01Z two\r\n`]) reader.push(Buffer.from(piece));
  expect(shown(records)).toEqual([
    ['out', AT_MS, 'one\r\n'],
    ['out', Date.parse('2026-01-31T12:00:01Z'), 'two\r\n'],
  ]);
});

it('a record with an invalid time is kept whole', () => {
  const records: LogRecord[] = [];
  frameReader((record) => records.push(record)).push(frame(1, 'no time here\n'));
  expect(records[0]?.bytes.toString()).toBe('no time here\n');
});

it('an impossible header is refused', () => {
  const reader = frameReader(() => {});
  expect(() => reader.push(Buffer.from('HTTP/1.1 400 Bad Request'))).toThrow('cannot be read');
});
