// Cuts a byte stream into frames: one JSON text a line, in UTF-8, ended by a line feed.
// Decides where a frame ends and how long it may be; what it means is protocol.ts's.
// Trap: chunks arrive split anywhere, even within a character, so only whole lines are decoded.

const LINE_FEED = 0x0a;

/** The stream cannot be read on: a frame is too long, or is not JSON. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** One frame as bytes, ready to be written. */
export function encodeFrame(frame: object): Buffer {
  return Buffer.from(`${JSON.stringify(frame)}\n`);
}

export class FrameReader {
  private parts: Buffer[] = [];
  private partBytes = 0;
  private readonly maxBytes: number;

  /** @param maxBytes the longest frame that is read, without its line feed; no more than this is ever held */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /**
   * Calls `onFrame` for each frame that `chunk` completes, in order. How the stream is split makes no difference.
   * @throws FrameError after the frames before the bad one; the reader is of no use afterwards
   */
  push(chunk: Buffer, onFrame: (frame: unknown) => void): void {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      this.keep(chunk.subarray(start, end));
      onFrame(parse(this.takeLine()));
      start = end + 1;
    }
    this.keep(chunk.subarray(start));
  }

  private keep(part: Buffer): void {
    this.partBytes += part.length;
    if (this.partBytes > this.maxBytes) throw new FrameError(`a frame is longer than ${this.maxBytes} bytes`);
    if (part.length > 0) this.parts.push(part);
  }

  private takeLine(): string {
    const line = this.parts.length === 1 ? this.parts[0] : Buffer.concat(this.parts, this.partBytes);
    this.parts = [];
    this.partBytes = 0;
    return line === undefined ? '' : line.toString('utf8');
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new FrameError('a frame is not JSON', { cause });
  }
}
