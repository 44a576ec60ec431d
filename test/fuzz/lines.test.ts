import { describe, it } from 'vitest';
import { expectLinearWork } from './grow.ts';
import { startCounting } from './work.ts';

startCounting();
const { cleanLine, printable } = await import('../../src/core/output/log-line.ts');
const { LogGroups } = await import('../../src/core/output/log-groups.ts');

const ESC = '\u001B';
const TEXTS = ['abc', 'x', ' ', '\r', '\b', '\t', '\0', '你', '\u0301', '🇩🇪', '\u202E', '\uD83D', '('];
const SEQUENCES = [
  '[K',
  '[1K',
  '[2K',
  '[G',
  '[1000G',
  '[9D',
  '[60000C',
  '[J',
  '[31m',
  '[m',
  '[1;58:5:1m',
  '',
  '[',
  ']',
  'P',
  '\\',
];
const PIECES = [...TEXTS, ...SEQUENCES.map((sequence) => ESC + sequence)];

describe('a line of output costs no more than its length', () => {
  it('to clean', () => {
    expectLinearWork({ pieces: PIECES, work: cleanLine, length: 15_000, runs: 100 });
  });

  it('to clean for a name', () => {
    expectLinearWork({ pieces: PIECES, work: (text) => printable(text, 40), length: 15_000, runs: 60 });
  });

  it('to judge, also within a stack trace', () => {
    const pieces = ['(', ')', '[', '{"level":', ' at ', 'a.b', 'Error: ', 'ERROR', ':', ' ', '\t', "'", 'panic: ', '1'];
    const first = ['panic: x', 'Traceback (most recent call last):', "thread 'main' panicked at x", 'Error: x'];
    expectLinearWork({
      pieces,
      work: (text) => {
        for (const line of first) {
          const groups = new LogGroups();
          groups.next(line);
          groups.next(text);
        }
      },
    });
  });
});
