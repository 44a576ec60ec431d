import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameError, FrameReader } from '../../src/ipc/frames.ts';

function readAll(chunks: readonly Buffer[], maxBytes = 1024): { frames: unknown[]; failed: boolean } {
  const frames: unknown[] = [];
  const reader = new FrameReader(maxBytes);
  try {
    for (const chunk of chunks) reader.push(chunk, (frame) => frames.push(frame));
    return { frames, failed: false };
  } catch (error) {
    expect(error).toBeInstanceOf(FrameError);
    return { frames, failed: true };
  }
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : places[index - 1], end));
}

describe('frames', () => {
  it('arrive whole and in order for any chunks of the stream', () => {
    fc.assert(
      fc.property(fc.array(fc.object()), fc.array(fc.nat()), (frames, cuts) => {
        const plain = JSON.parse(JSON.stringify(frames)) as object[];
        const bytes = Buffer.concat(plain.map(encodeFrame));
        expect(readAll(split(bytes, cuts), 1024 * 1024)).toEqual({ frames: plain, failed: false });
      }),
    );
  });

  it('fail on bytes that are not JSON, after the frames before them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat()), (noise, cuts) => {
        const bytes = Buffer.concat([
          encodeFrame({ first: true }),
          Buffer.from(noise),
          Buffer.from('\n{"last":true}\n'),
        ]);
        const whole = readAll([bytes]);
        expect(whole.frames[0]).toEqual({ first: true });
        expect(readAll(split(bytes, cuts))).toEqual(whole);
      }),
    );
  });

  it('keep characters that are split between two chunks', () => {
    const bytes = encodeFrame({ text: 'größer 🚀' });
    const chunks = [...bytes].map((byte) => Buffer.from([byte]));
    expect(readAll(chunks).frames).toEqual([{ text: 'größer 🚀' }]);
  });

  it('are refused one byte beyond the limit, before their end', () => {
    const frame = JSON.stringify('x'.repeat(98));
    expect(readAll([Buffer.from(`${frame}\n`)], 100)).toEqual({ frames: ['x'.repeat(98)], failed: false });
    expect(readAll([Buffer.from(`${frame}\n`)], 99)).toEqual({ frames: [], failed: true });
    expect(readAll([Buffer.from('x'.repeat(60)), Buffer.from('x'.repeat(60))], 100).failed).toBe(true);
  });

  it('leave prototypes alone when a key is called __proto__', () => {
    const { frames } = readAll([Buffer.from('{"__proto__":{"polluted":true},"constructor":1}\n')]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf(frames[0])).toBe(Object.prototype);
  });

  it('may be nested to any depth', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(readAll([Buffer.from(`${deep}\n`)], 256 * 1024).failed).toBe(false);
  });
});
