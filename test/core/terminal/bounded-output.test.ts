import { describe, expect, it } from 'vitest';
import { BoundedOutput } from '../../../src/core/terminal/bounded-output.ts';

const ESC = '\u001b';

function bounded(output: string): { readonly text: string; readonly wipes: boolean } {
  const { pieces, wipes } = new BoundedOutput(23).take(Buffer.from(output));
  return { text: pieces.map((piece) => Buffer.from(piece).toString()).join(''), wipes };
}

describe('output above the last row', () => {
  it.each([
    [`${ESC}[r`, `${ESC}[1;23r`],
    [`${ESC}[3;24r`, `${ESC}[3;23r`],
    [`${ESC}[2;10r`, `${ESC}[2;10r`],
    [`${ESC}[999;999H`, `${ESC}[23;999H`],
    [`${ESC}[24d`, `${ESC}[23d`],
    [`${ESC}[5;6H`, `${ESC}[5;6H`],
    [`${ESC}[?25l${ESC}[31m`, `${ESC}[?25l${ESC}[31m`],
  ])('%j', (output, written) => {
    expect(bounded(`a${output}b`)).toEqual({ text: `a${written}b`, wipes: false });
  });

  it.each([`${ESC}[2J`, `${ESC}[J`, `${ESC}c`, `${ESC}[?1049h`, `${ESC}[?25;1049l`])(
    'recognises that %j clears it',
    (output) => {
      expect(bounded(output).wipes).toBe(true);
    },
  );

  it('restores the scroll region after a sequence that resets it', () => {
    expect(bounded(`${ESC}c`).text).toBe(`${ESC}c${ESC}[1;23r`);
    expect(bounded(`${ESC}[?1049h`).text).toBe(`${ESC}[?1049h${ESC}7${ESC}[1;23r${ESC}8`);
  });

  it.each([
    ['text', true],
    [`${ESC}[31m`, true],
    [`a${ESC}`, false],
    [`a${ESC}[3`, false],
    [`${ESC}]0;title`, false],
    [`${ESC}]0;title\u0007`, true],
  ])('knows whether %j ends between two sequences', (output, isWhole) => {
    const guard = new BoundedOutput(23);
    guard.take(Buffer.from(output));
    expect(guard.isWhole).toBe(isWhole);
  });

  it('knows whether it ends within a character', () => {
    const guard = new BoundedOutput(23);
    const bytes = Buffer.from('…');
    guard.take(bytes.subarray(0, 2));
    expect(guard.isWhole).toBe(false);
    guard.take(bytes);
    expect(guard.isWhole).toBe(true);
  });
});
