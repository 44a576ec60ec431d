// Colours by meaning. Only the sixteen of the terminal's own palette and neither black nor white, so that every
// light and dark scheme stays readable; what is told by colour is always told by a glyph or a word too.

import type { Tone } from '../format/status-label.ts';

/** `accent`: what one looks for. `focus`: where the keys go. */
export type ScreenTone = Tone | 'accent' | 'focus' | 'strong' | 'plain';

interface Style {
  /** SGR parameter of the foreground. */
  readonly color?: number;
  /** SGR parameter of bold or dim; 22 ends both. */
  readonly weight?: 1 | 2;
}

const STYLES: Readonly<Record<ScreenTone, Style>> = {
  ok: { color: 32 },
  warn: { color: 33 },
  fail: { color: 31 },
  busy: { color: 94 },
  muted: { weight: 2 },
  accent: { color: 36 },
  focus: { color: 36, weight: 1 },
  strong: { weight: 1 },
  plain: {},
};

export interface Theme {
  readonly hasColor: boolean;
  /** The text in its tone, and after it the look from before. */
  paint(tone: ScreenTone, text: string): string;
}

/** @param env NO_COLOR, if not empty, leaves bold and dim only (https://no-color.org) */
export function createTheme(env: Readonly<Record<string, string | undefined>>): Theme {
  const hasColor = (env['NO_COLOR'] ?? '') === '';
  return {
    hasColor,
    paint(tone, text) {
      const { color, weight } = STYLES[tone];
      const on = [weight, hasColor ? color : undefined].filter((code) => code !== undefined);
      if (on.length === 0 || text === '') return text;
      const off = on.map((code) => (code === weight ? 22 : 39));
      return `\u001b[${on.join(';')}m${text}\u001b[${off.join(';')}m`;
    },
  };
}
