import { describe, it } from 'vitest';
import { expectLinearWork } from './grow.ts';
import { startCounting } from './work.ts';

startCounting();
const { cleanLine, printable } = await import('../../src/core/output/log-line.ts');
const { LogGroups } = await import('../../src/core/output/log-groups.ts');
const { TerminalModes } = await import('../../src/core/terminal/terminal-modes.ts');
const { Masker } = await import('../../src/core/secrets/masker.ts');
const { LineSplitter } = await import('../../src/system/logs/log-splitter.ts');

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

describe('the cost of a line of output grows only with its length', () => {
  it('to clean', () => {
    expectLinearWork({ pieces: PIECES, work: cleanLine, length: 15_000, runs: 100 });
  });

  it('to clean for a name', () => {
    expectLinearWork({ pieces: PIECES, work: (text) => printable(text, 40), length: 15_000, runs: 60 });
  });

  it('to keep secrets out of', () => {
    const masker = new Masker();
    masker.learn({ API_KEY: 'abcabcabc', DB_PASSWORD: 'x=x=x=x=x=', TOKEN: 'a'.repeat(2_000) });
    const pieces = [
      'abc',
      'a',
      'x=',
      'password=',
      '"',
      "'",
      '\\',
      'token: ',
      '://',
      '@',
      ':',
      '?',
      '&',
      '--key ',
      'Bearer ',
      ' ',
    ];
    expectLinearWork({ pieces, work: masker.mask });
  });

  it('to split and to follow its modes, for any chunks', () => {
    const work = (text: string) => {
      const splitter = new LineSplitter(() => undefined);
      const modes = new TerminalModes();
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += 5) {
        splitter.push(bytes.subarray(at, at + 5));
        modes.push(bytes.subarray(at, at + 5));
      }
    };
    expectLinearWork({ pieces: [...PIECES, '\n', `${ESC}[?1049h`, `${ESC}[>1u`, `${ESC}[?`], work });
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
