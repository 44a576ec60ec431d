import { describe, expect, it } from 'vitest';
import { answerTo, QUESTIONS } from '../../../src/core/terminal/terminal-answers.ts';

const ESC = '\u001b';
const ST = `${ESC}\\`;

const TERMINAL = {
  columns: 80,
  rows: 24,
  isSet: (mode: number) => ({ 25: true, 2004: false })[mode],
  cursor: async () => ({ column: 7, row: 3 }),
};

describe('the answers of a terminal', () => {
  it.each([
    ['[6n', `${ESC}[3;7R`],
    ['[?6n', `${ESC}[?3;7R`],
    ['[5n', `${ESC}[0n`],
    ['[c', `${ESC}[?62;22c`],
    ['[0c', `${ESC}[?62;22c`],
    ['[>c', `${ESC}[>1;10;0c`],
    ['[>0c', `${ESC}[>1;10;0c`],
    ['[=c', `${ESC}P!|00000000${ST}`],
    ['[>q', `${ESC}P>|devdeck${ST}`],
    ['[>0q', `${ESC}P>|devdeck${ST}`],
    ['[?25$p', `${ESC}[?25;1$y`],
    ['[?2004$p', `${ESC}[?2004;2$y`],
    ['[?9999$p', `${ESC}[?9999;0$y`],
    ['[4$p', `${ESC}[4;0$y`],
    ['[18t', `${ESC}[8;24;80t`],
    [`]10;?${ST}`, `${ESC}]10;rgb:e5e5/e5e5/e5e5${ST}`],
    [']11;?\u0007', `${ESC}]11;rgb:0000/0000/0000\u0007`],
    [']4;1;?\u0007', `${ESC}]4;1;rgb:cdcd/0000/0000\u0007`],
    [']4;196;?\u0007', `${ESC}]4;196;rgb:ffff/0000/0000\u0007`],
    [']4;255;?\u0007', `${ESC}]4;255;rgb:eeee/eeee/eeee\u0007`],
    [`P$qm${ST}`, `${ESC}P0$r${ST}`],
    [`P+q544e${ST}`, `${ESC}P0+r${ST}`],
    ['[?u', undefined],
  ])('%j', async (question, answer) => {
    expect(QUESTIONS.pattern.test(question)).toBe(true);
    expect(await answerTo(question, TERMINAL)).toBe(answer);
  });

  it.each(['[31m', '[?25h', '[2J', '[1;2c', ']11;#fff\u0007', '[0n', '[?62;22c', '[10;20R'])(
    'takes %j for no question',
    (sequence) => {
      expect(QUESTIONS.pattern.test(sequence)).toBe(false);
    },
  );
});
