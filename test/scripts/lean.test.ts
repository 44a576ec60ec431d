// What the bundle uses in place of the real thing must give the same answers.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import xterm from '@xterm/headless';
import { RE2JS as RealRE2JS } from 're2js';
import realStringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { LazySegmenter } from '../../scripts/lean/lazy-segmenter.ts';
import { RE2JS } from '../../scripts/lean/re2js.ts';
import LeanOutput from '../../scripts/lean/ink-output.ts';
import RealOutput from '../../node_modules/ink/build/output.js';
import stringWidth from '../../scripts/lean/string-width.ts';

const anyCharacter = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom('\u001b[31m', '🚀', 'e\u0301', '👩‍👩‍👧', '\r\n', '▁', '●', '…', '語'),
);
const anyText = fc.array(anyCharacter, { maxLength: 12 }).map((parts) => parts.join(''));

it('a library of CommonJS in the bundle is whole, also one that calls itself a module', async () => {
  const dist = join(import.meta.dirname, '../../dist');
  const files = readdirSync(dist).filter((name) => /^xterm-headless-\w+\.js$/.test(name));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const bundled = (await import(join(dist, file))) as { readonly default?: typeof xterm };
    expect(bundled.default?.Terminal).toBeTypeOf('function');
  }
});

describe('the lazy segmenter', () => {
  const real = new Intl.Segmenter();

  it('segments every text as the real one does', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const segments = Array.from(new LazySegmenter().segment(text), ({ segment, index }) => [segment, index]);
        expect(segments).toEqual(Array.from(real.segment(text), ({ segment, index }) => [segment, index]));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the grapheme at a column', () => {
    fc.assert(
      fc.property(anyText, fc.nat(14), (text, index) => {
        const found = new LazySegmenter().segment(text).containing(index);
        expect(found?.segment).toBe(real.segment(text).containing(index)?.segment);
      }),
    );
  });

  it('segments every single character beside any other as the real one does', () => {
    const lazy = new LazySegmenter();
    const joined = (segments: Iterable<{ readonly segment: string }>): string =>
      Array.from(segments, ({ segment }) => segment).join('|');
    const different = Array.from({ length: 0x10000 }, (_, code) => `a${String.fromCharCode(code)}b`).filter(
      (text) => joined(lazy.segment(text)) !== joined(real.segment(text)),
    );
    expect(different).toEqual([]);
  });
});

describe('the lean width of text', () => {
  it.each([
    'plain',
    '● ready',
    '▁▂▃█ 12%',
    '\u001b[1;32m✓ ok\u001b[0m',
    '8000→8001',
    '── logs ──',
    'ä é ñ',
    '\ue000\ue001\ue005',
  ])('is that of the real one for %j', (text) => {
    expect(stringWidth(text)).toBe(realStringWidth(text));
  });

  it('is that of the real one for every character that it knows', () => {
    // Beyond this it knows none.
    for (let code = 0x20; code <= 0x3000; code += 1) {
      const text = String.fromCharCode(code);
      const width = knownWidth(text);
      if (width !== undefined) expect(width, code.toString(16)).toBe(realStringWidth(text));
    }
  });
});

/** Undefined when it would ask the real one, which it cannot find outside the bundle. */
function knownWidth(text: string): number | undefined {
  try {
    return stringWidth(text);
  } catch {
    return undefined;
  }
}

describe('the lean engine for patterns', () => {
  it('has the flags of the real one, which it does not load for them', () => {
    const { CASE_INSENSITIVE, MULTILINE, LOOKBEHINDS } = RE2JS;
    expect({ CASE_INSENSITIVE, MULTILINE, LOOKBEHINDS }).toEqual({
      CASE_INSENSITIVE: RealRE2JS.CASE_INSENSITIVE,
      MULTILINE: RealRE2JS.MULTILINE,
      LOOKBEHINDS: RealRE2JS.LOOKBEHINDS,
    });
  });
});

describe('the lean sheet of Ink', () => {
  type Sheet = Pick<RealOutput, 'write' | 'clip' | 'unclip' | 'get'>;
  const SIZE = { width: 24, height: 4 };
  const anyText = fc
    .array(
      fc.constantFrom('a', 'b c', '●', '語', '  ', '\u001b[31mred\u001b[39m', '\u001b[1mbold\u001b[22m', '\u200d'),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((parts) => parts.join(''));
  const anyLook = fc.constantFrom<((text: string) => string)[]>(
    [],
    [(text: string) => `\u001b[2m${text}\u001b[22m`],
    [(text: string) => text, (text: string) => `\u001b[36m${text}\u001b[39m`],
  );
  const anyWrite = fc
    .record({ x: fc.integer({ min: 0, max: 22 }), y: fc.integer({ min: -1, max: 4 }), text: anyText, looks: anyLook })
    .map(
      ({ x, y, text, looks }) =>
        (sheet: Sheet) =>
          sheet.write(x, y, text, { transformers: looks }),
    );
  const anyClip = fc
    .record({
      x1: fc.constantFrom(0, 3),
      x2: fc.constantFrom(8, 24),
      y1: fc.constantFrom(0, 1),
      y2: fc.constantFrom(2, 4),
    })
    .map((clip) => (sheet: Sheet) => sheet.clip(clip));
  const unclip = fc.constant((sheet: Sheet) => sheet.unclip());

  it('shows every frame as the real one does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(anyWrite, anyWrite, anyClip, unclip), { maxLength: 6 }),
        async (operations) => {
          const [lean, real] = [new LeanOutput(SIZE), new RealOutput(SIZE)];
          for (const operate of operations) for (const sheet of [lean, real]) operate(sheet);
          expect(lean.get().height).toBe(real.get().height);
          expect(await cellsOf(lean.get().output)).toEqual(await cellsOf(real.get().output));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leaves lines beside each other as they are, which is the usual frame', () => {
    const sheet = new LeanOutput(SIZE);
    sheet.clip({ x1: 0, x2: 24, y1: 0, y2: 4 });
    sheet.write(1, 0, '\u001b[1mapi\u001b[22m', { transformers: [] });
    sheet.write(9, 0, '●', { transformers: [] });
    sheet.unclip();
    expect(sheet.get().output).toBe(' \u001b[1mapi\u001b[22m     ●\n\n\n');
  });
});

const terminal = new xterm.Terminal({ cols: 40, rows: 6, allowProposedApi: true, convertEol: true });

/** What a terminal shows of it, with how it looks. */
async function cellsOf(frame: string): Promise<readonly string[]> {
  terminal.reset();
  await new Promise<void>((resolve) => terminal.write(frame, resolve));
  const cells: string[] = [];
  for (let row = 0; row < 6; row += 1) {
    for (let column = 0; column < 40; column += 1) {
      const cell = terminal.buffer.active.getLine(row)?.getCell(column);
      const chars = cell?.getChars() ?? '';
      const look = `${cell?.getFgColor()} ${cell?.isBold()} ${cell?.isDim()}`;
      cells.push(chars === '' || chars === ' ' ? '' : `${chars} ${look}`);
    }
  }
  return cells;
}
