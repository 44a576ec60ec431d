// Colours by meaning. Only the sixteen names of the terminal's own palette and no black or white, so that every
// light and dark scheme stays readable; what is told by colour is always told by a glyph or a word too.

import type { TextProps } from 'ink';
import type { Tone } from '../format/status-label.ts';

/** `accent`: what one looks for. `focus`: where the keys go. */
export type ScreenTone = Tone | 'accent' | 'focus' | 'strong' | 'plain';

interface Style {
  readonly color?: 'green' | 'yellow' | 'red' | 'blueBright' | 'cyan';
  readonly bold?: boolean;
  readonly dim?: boolean;
}

const STYLES: Readonly<Record<ScreenTone, Style>> = {
  ok: { color: 'green' },
  warn: { color: 'yellow' },
  fail: { color: 'red' },
  busy: { color: 'blueBright' },
  muted: { dim: true },
  accent: { color: 'cyan' },
  focus: { color: 'cyan', bold: true },
  strong: { bold: true },
  plain: {},
};

const COLOR_CODES = { green: 32, yellow: 33, red: 31, blueBright: 94, cyan: 36 } as const;

export interface Theme {
  readonly hasColor: boolean;
  /** The same tone for Ink's `Text` … */
  props(tone: ScreenTone): Pick<TextProps, 'color' | 'bold' | 'dimColor'>;
  /** … and for a row that is drawn without Ink. */
  paint(tone: ScreenTone, text: string): string;
}

/** @param env NO_COLOR, if not empty, leaves bold and dim only (https://no-color.org) */
export function createTheme(env: Readonly<Record<string, string | undefined>>): Theme {
  const hasColor = (env['NO_COLOR'] ?? '') === '';
  return {
    hasColor,
    props(tone) {
      const { color, bold, dim } = STYLES[tone];
      return { ...(hasColor && color ? { color } : {}), ...(bold ? { bold } : {}), ...(dim ? { dimColor: true } : {}) };
    },
    paint(tone, text) {
      const { color, bold, dim } = STYLES[tone];
      const codes = [...(bold ? [1] : []), ...(dim ? [2] : []), ...(hasColor && color ? [COLOR_CODES[color]] : [])];
      return codes.length === 0 || text === '' ? text : `\u001b[${codes.join(';')}m${text}\u001b[0m`;
    },
  };
}
