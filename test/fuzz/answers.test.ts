import { describe, it } from 'vitest';
import { expectLinearWork } from './grow.ts';
import { startCounting } from './work.ts';

startCounting();
const { readComponentHealth } = await import('../../src/core/view/component-health.ts');
const { FrameReader } = await import('../../src/ipc/frames.ts');
const { parseHello, parseRequest, parseServerFrame } = await import('../../src/ipc/protocol.ts');
const { parseProject } = await import('../../src/config/parse.ts');
const { readContainer, readEvent, readImage } = await import('../../src/system/containers/container-facts.ts');
const { frameReader, lineReader } = await import('../../src/system/containers/log-records.ts');
const { printable } = await import('../../src/system/printable.ts');

const JSON_PIECES = ['{', '}', '[', ']', '"', ':', ',', '\\', '1', 'true', 'null', '{}', '[]', '"a"', '"a":', ' '];

/** Whatever the pieces come to, as one text in a well-formed answer, and as the answer itself. */
function answersOf(text: string): readonly unknown[] {
  const parts = text.match(/[^]{1,20}/g) ?? [];
  const list = parts.map((part) => ({ name: part, status: part, message: part }));
  const map = Object.fromEntries(parts.map((part, index) => [part + index, { status: part, error: part }]));
  return [{ services: list }, { components: map }, { checks: { [text]: { checks: map } } }, safely(text)];
}

function safely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A stream in chunks of a few bytes, which is how a stranger would make us copy the most. */
function inChunks(bytes: Buffer, push: (chunk: Buffer) => void): void {
  try {
    for (let at = 0; at < bytes.length; at += 7) push(bytes.subarray(at, at + 7));
  } catch {
    // What cannot be read ends the stream.
  }
}

describe('the cost of foreign answers grows only with their length', () => {
  it('of a health check', () => {
    const work = (text: string) => answersOf(text).map(readComponentHealth);
    expectLinearWork({ pieces: JSON_PIECES, work, runs: 60 });
  });

  it('of a container engine', () => {
    const work = (text: string) => {
      const [list, map] = answersOf(text);
      const container = { Id: 'a'.repeat(64), Name: text, Config: { Image: text, Labels: map }, HostConfig: list };
      return [readContainer(container), readContainer(list), readImage({ Id: text, Config: map }), readEvent(map)];
    };
    expectLinearWork({ pieces: JSON_PIECES, work, runs: 60 });
  });

  it('of a container that writes', () => {
    const work = (text: string) => {
      for (const length of [text.length, 5]) {
        // Of their own: what an earlier text left unfinished is not this one's work.
        const [frames, lines] = [frameReader(() => undefined), lineReader(() => undefined)];
        const head = Buffer.from([1, 0, 0, 0, 0, 0, length >> 8, length & 0xff]);
        inChunks(Buffer.concat([head, Buffer.from(text)]), (chunk) => frames.push(chunk));
        inChunks(Buffer.from(text), (chunk) => lines.push(chunk));
      }
    };
    expectLinearWork({ pieces: ['x', '\n', '\0', '\u0001', '2026-01-31T12:00:00Z '], work, runs: 60 });
  });

  it('of a client or a supervisor', () => {
    const work = (text: string) => {
      const reader = new FrameReader(1024 * 1024);
      const lines = Buffer.from(`${JSON.stringify({ id: 1, method: text, params: [text] })}\n${text}\n`);
      inChunks(lines, (chunk) => {
        reader.push(chunk, (frame) => [parseHello(frame), parseRequest(frame), parseServerFrame(frame)]);
      });
    };
    expectLinearWork({ pieces: [...JSON_PIECES, '\n'], work, runs: 60 });
  });

  it('of a process that chose its own name and arguments', () => {
    expectLinearWork({
      pieces: ['x', ' ', '\0', '\n', '\u001B[', '\u202E', '👍', '\uD83D'],
      work: (text) => printable(text),
    });
  });
});

describe('the cost of a config grows only with its length', () => {
  it('to read and to judge', () => {
    const pieces = [
      'a',
      ': ',
      '\n',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '#',
      '&a ',
      '*a',
      '${a.port}',
      '|',
      '>',
    ];
    const work = (text: string) => {
      for (const config of [text, `services:\n  a: {command: x, env: {A: ${JSON.stringify(text)}}}\n${text}`]) {
        const sources = [{ file: '.project.config', text: config }] as const;
        parseProject({ root: '/p', configFile: '/p/.project.config', sources, variable: () => undefined });
      }
    };
    expectLinearWork({ pieces, work, length: 2_000, runs: 60 });
  });
});
