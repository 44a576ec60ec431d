// The output of a container as the engine hands it on: with stdout and stderr apart, in frames with a head of eight bytes;
// of a terminal, as it is. Each record begins with the time at which the engine got it.
// Trap: a line of more than 16 KiB comes in several records, each with a time of its own, and only the last one ends it.

import type { LogRecord } from '../container-engine.ts';

const FRAME_HEAD_BYTES = 8;
/** No record is nearly as large; a head that says so is none. */
const LARGEST_FRAME_BYTES = 16 * 1024 * 1024;
const LONGEST_TIME_BYTES = '2026-01-31T12:00:00.123456789+00:00'.length;
const LF = 10;
const SPACE = 32;

type Sink = (record: LogRecord) => void;

/** Takes chunks as they come, and passes records on. */
export interface RecordReader {
  push(chunk: Buffer): void;
}

/** @throws Error when the bytes are no frames */
export function frameReader(sink: Sink): RecordReader {
  const chunks = new Chunks();
  /** Of the frame that has begun, its head included. */
  let wantedBytes = FRAME_HEAD_BYTES;
  return {
    push(chunk) {
      chunks.add(chunk);
      if (chunks.byteCount < wantedBytes) return;
      let bytes = chunks.take();
      wantedBytes = FRAME_HEAD_BYTES;
      while (bytes.length >= FRAME_HEAD_BYTES) {
        const length = bytes.readUInt32BE(4);
        if (length > LARGEST_FRAME_BYTES) throw new Error('the engine sent output that cannot be read');
        if (bytes.length < FRAME_HEAD_BYTES + length) {
          wantedBytes = FRAME_HEAD_BYTES + length;
          break;
        }
        const content = bytes.subarray(FRAME_HEAD_BYTES, FRAME_HEAD_BYTES + length);
        sink(recordOf(content, bytes[0] === 2 ? 'err' : 'out'));
        bytes = bytes.subarray(FRAME_HEAD_BYTES + length);
      }
      chunks.add(bytes);
    },
  };
}

/** Of a terminal: one record a line. What has no end yet waits for it. */
export function lineReader(sink: Sink): RecordReader {
  const chunks = new Chunks();
  return {
    push(chunk) {
      chunks.add(chunk);
      if (chunk.includes(LF)) {
        let bytes = chunks.take();
        for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF)) {
          sink(recordOf(bytes.subarray(0, end + 1), 'out'));
          bytes = bytes.subarray(end + 1);
        }
        chunks.add(bytes);
      }
      if (chunks.byteCount > LARGEST_FRAME_BYTES) throw new Error('the engine sent output that cannot be read');
    },
  };
}

/** Waits for the end of its line. Joined once that is there: joining at each chunk would copy it again and again. */
class Chunks {
  #parts: Buffer[] = [];
  #byteCount = 0;

  get byteCount(): number {
    return this.#byteCount;
  }

  add(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#parts.push(chunk);
    this.#byteCount += chunk.length;
  }

  take(): Buffer {
    const bytes = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts, this.#byteCount);
    this.#parts = [];
    this.#byteCount = 0;
    return bytes ?? Buffer.alloc(0);
  }
}

/** A record without a readable time keeps all its bytes. */
function recordOf(content: Buffer, stream: 'out' | 'err'): LogRecord {
  const end = content.subarray(0, LONGEST_TIME_BYTES + 1).indexOf(SPACE);
  const atMs = end === -1 ? Number.NaN : Date.parse(content.toString('latin1', 0, end));
  return Number.isNaN(atMs)
    ? { bytes: content, stream, atMs: Date.now() }
    : { bytes: content.subarray(end + 1), stream, atMs };
}
