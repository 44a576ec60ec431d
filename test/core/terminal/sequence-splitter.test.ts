import { describe, expect, it } from 'vitest';
import { SequenceSplitter } from '../../../src/core/terminal/sequence-splitter.ts';
import { QUESTIONS } from '../../../src/core/terminal/terminal-answers.ts';

const ESC = '\u001b';

function split(...chunks: readonly string[]): { readonly text: string; readonly found: readonly string[] } {
  const splitter = new SequenceSplitter(QUESTIONS);
  const pieces = chunks.flatMap((chunk) => splitter.split(Buffer.from(chunk)));
  return {
    text: Buffer.concat(pieces.filter((piece) => typeof piece !== 'string')).toString(),
    found: pieces.filter((piece) => typeof piece === 'string'),
  };
}

describe('sequences in a stream', () => {
  const output = `a${ESC}[31mred${ESC}[0m${ESC}[6nb${ESC}]11;?${ESC}\\c${ESC}P$qm${ESC}\\d${ESC}[?2026$pe${ESC}[2J`;
  const rest = `a${ESC}[31mred${ESC}[0mbcde${ESC}[2J`;
  const found = ['[6n', `]11;?${ESC}\\`, `P$qm${ESC}\\`, '[?2026$p'];

  it('are taken out, and everything else stays as it is', () => {
    expect(split(output)).toEqual({ text: rest, found });
  });

  it('are found for any chunks of output', () => {
    for (let at = 1; at < output.length; at += 1) {
      expect(split(output.slice(0, at), output.slice(at))).toEqual({ text: rest, found });
    }
    expect(split(...Array.from(output))).toEqual({ text: rest, found });
  });

  it('are passed on when only their beginning matches', () => {
    const other = `${ESC}]11;#ffffff\u0007${ESC}[5;10n${ESC}]0;title\u0007${ESC}[?25h`;
    expect(split(other)).toEqual({ text: other, found: [] });
  });

  it('hold nothing back when they never end', () => {
    const endless = `${ESC}]11;${'x'.repeat(500)}${ESC}[${'1;'.repeat(200)}`;
    expect(split(endless).text).toBe(endless);
  });

  it('have a constant cost per byte, even when every byte begins one', () => {
    const splitter = new SequenceSplitter(QUESTIONS);
    const hostile = Buffer.from(`${ESC}]11;`.repeat(200_000));
    const beganMs = performance.now();
    splitter.split(hostile);
    expect(performance.now() - beganMs).toBeLessThan(1_000);
  });
});
