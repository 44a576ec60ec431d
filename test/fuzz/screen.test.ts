import { describe, it } from 'vitest';
import { expectLinearWork } from './grow.ts';
import { startCounting } from './work.ts';

startCounting();
const { drawLine } = await import('../../src/tui/logs/log-rows.ts');
const { createTheme } = await import('../../src/tui/paint/theme.ts');

const theme = createTheme({ COLORTERM: 'truecolor' });
const STYLE = { times: 'clock', nowMs: 0, pattern: undefined, isCurrent: false, gutter: [] } as const;
const ESC = '\u001B';
const PIECES = [
  'x',
  'word',
  ' ',
  '你',
  '\u0301',
  '👩\u200D',
  '\uD83D',
  '\t',
  '\u202E',
  `${ESC}[31m`,
  `${ESC}[m`,
  `${ESC}]`,
];
const JSON_PIECES = ['[', ']', '{', '}', '"a":', '"', '\\', '1', ',', ' ', ':', 'null'];

function draw(text: string, look: { readonly isWrapped: boolean; readonly isPretty: boolean }): readonly string[] {
  const line = { seq: 1, time: '2026-01-31T12:00:00.000Z', text };
  return drawLine({ service: 'web', line }, { ...STYLE, ...look }, theme, 80);
}

describe('the cost of a line on the screen grows only with its length', () => {
  it('when it is cut or wrapped', () => {
    const work = (text: string) => [
      draw(text, { isWrapped: false, isPretty: false }),
      draw(text, { isWrapped: true, isPretty: false }),
    ];
    expectLinearWork({ pieces: PIECES, work, length: 6_000, runs: 40 });
  });

  it('when it is spread as JSON', () => {
    const work = (text: string) => {
      const inner = text.slice(0, text.length / 2);
      const nested = '['.repeat(text.length / 2) + ']'.repeat(text.length / 2);
      return [text, nested, `[${JSON.stringify(inner)}]`].map((json) =>
        draw(json, { isWrapped: true, isPretty: true }),
      );
    };
    expectLinearWork({ pieces: JSON_PIECES, work, runs: 40 });
  });
});
