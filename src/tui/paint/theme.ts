// Colours by meaning, and glyphs that the terminal can show. A glyph or a word always repeats what a colour says. `16`
// uses the terminal's own palette, without black and white, so that it stays readable on every scheme. `dark` and
// `light` are fixed colours for terminals with 256.

import { wantsAscii } from '../../format/locale.ts';
import type { Environment } from '../../core/env/environment.ts';
import { DEFAULT_USER_CONFIG, type Color, type UserConfig } from '../../core/model/user-config.ts';
import { asciiGlyphs } from '../../format/ascii.ts';
import type { Tone } from '../../format/status-label.ts';

/** `accent`: the person searched for it. `focus`: the keys go there. */
export type ScreenTone = Tone | 'accent' | 'focus' | 'strong' | 'plain';

interface Style {
  readonly color?: Color;
  /** SGR parameter of bold or dim; 22 ends both. */
  readonly weight?: 1 | 2;
}

type Palette = Readonly<Record<ScreenTone, Style>>;

const SIXTEEN: Palette = {
  ok: { color: 2 },
  warn: { color: 3 },
  fail: { color: 1 },
  busy: { color: 12 },
  muted: { weight: 2 },
  accent: { color: 6 },
  focus: { color: 6, weight: 1 },
  strong: { weight: 1 },
  plain: {},
};
const DARK: Palette = {
  ...SIXTEEN,
  ok: { color: 114 },
  warn: { color: 221 },
  fail: { color: 203 },
  busy: { color: 111 },
  muted: { color: 245 },
  accent: { color: 80 },
  focus: { color: 80, weight: 1 },
};
const LIGHT: Palette = {
  ...SIXTEEN,
  ok: { color: 28 },
  warn: { color: 130 },
  fail: { color: 160 },
  busy: { color: 25 },
  muted: { color: 243 },
  accent: { color: 30 },
  focus: { color: 30, weight: 1 },
};

const HUES_16 = [6, 2, 4, 5, 14, 10, 12, 13];
const HUES_DARK = [80, 114, 111, 176, 152, 150, 147, 73, 183, 79, 117, 108];
const HUES_LIGHT = [30, 28, 25, 91, 23, 65, 55, 31, 97, 29, 61, 66];

type ThemeWish = Pick<UserConfig, 'theme' | 'tones' | 'glyphs'>;

/** How an Ink `Text` looks: Ink's own names of the same style. */
interface Look {
  readonly color?: string;
  readonly bold?: true;
  readonly dimColor?: true;
}

export interface Theme {
  readonly hasColor: boolean;
  /** SGR parameters that tell names apart; none is a colour of trouble. */
  readonly hues: readonly string[];
  /** The same for a component; `index` may be larger than there are hues. */
  hue(index: number): Look;
  /** For the parts of the chrome, which are components. */
  look(tone: ScreenTone): Look;
  /** The text in its tone, then the previous look again. */
  paint(tone: ScreenTone, text: string): string;
  /** The text with glyphs that the terminal can show, at the same width. */
  glyphs(text: string): string;
  /** Takes the terminal's answer about its background. Returns true if that changes the theme; a person's own theme never changes. */
  adopt(ground: 'light' | 'dark'): boolean;
}

/** @param env NO_COLOR, if not empty, leaves only bold and dim; a theme that the person named comes first (https://no-color.org) */
export function createTheme(env: Environment, wish: ThemeWish = DEFAULT_USER_CONFIG): Theme {
  const name = themeName(env, wish);
  const depth = colorDepth(env);
  let palette = depth === 16 ? SIXTEEN : { dark: DARK, light: LIGHT, '16': SIXTEEN, none: SIXTEEN }[name];
  const hasColor = name !== 'none';
  const hues = depth === 16 ? HUES_16 : { dark: HUES_DARK, light: HUES_LIGHT, '16': HUES_16, none: HUES_16 }[name];
  const isAscii = needsAscii(env, wish);

  const styleOf = (tone: ScreenTone): Style => {
    const own = tone === 'plain' ? undefined : wish.tones[tone];
    const isShown = own !== undefined && (depth > 16 || (typeof own === 'number' && own < 16));
    if (!isShown) return palette[tone];
    return { ...(tone === 'muted' ? {} : palette[tone]), color: own };
  };
  const sequences = new Map<ScreenTone, { readonly on: string; readonly off: string }>();
  const looks = new Map<ScreenTone, Look>();
  const mix = (): void => {
    for (const tone of Object.keys(SIXTEEN) as ScreenTone[]) {
      const { color, weight } = styleOf(tone);
      looks.set(tone, {
        ...(hasColor && color !== undefined ? { color: colorName(color, depth) } : {}),
        ...(weight === 1 ? { bold: true } : {}),
        ...(weight === 2 ? { dimColor: true } : {}),
      });
      const on = [weight, hasColor && color !== undefined ? colorCode(color, depth) : undefined];
      const off = [weight === undefined ? undefined : 22, on[1] === undefined ? undefined : 39];
      sequences.set(tone, { on: sgr(on), off: sgr(off) });
    }
  };
  mix();
  return {
    hasColor,
    hues: hues.map((color) => String(colorCode(color, depth))),
    hue: (index) => (hasColor ? { color: colorName(hues[index % hues.length] ?? 0, depth) } : {}),
    look: (tone) => looks.get(tone) ?? {},
    paint(tone, text) {
      const { on, off } = sequences.get(tone) ?? { on: '', off: '' };
      return on === '' || text === '' ? text : `${on}${text}${off}`;
    },
    glyphs: isAscii ? asciiGlyphs : (text) => text,
    adopt(ground) {
      const asked = ground === 'light' ? LIGHT : DARK;
      if (wish.theme !== 'auto' || !hasColor || depth === 16 || palette === asked) return false;
      palette = asked;
      mix();
      return true;
    },
  };
}

/** The theme for `auto` until the terminal answers. Some terminals set COLORFGBG, which can say that the background is light. */
export function themeName(env: Environment, { theme }: Pick<ThemeWish, 'theme'>): Exclude<ThemeWish['theme'], 'auto'> {
  if (theme !== 'auto') return theme;
  if ((env['NO_COLOR'] ?? '') !== '') return 'none';
  return /;(?:7|15)$/.test(env['COLORFGBG'] ?? '') ? 'light' : '16';
}

/** As the person's config says, else as the locale and the terminal say. */
export function needsAscii(env: Environment, { glyphs }: Pick<ThemeWish, 'glyphs'>): boolean {
  if (glyphs !== 'auto') return glyphs === 'ascii';
  return wantsAscii(env);
}

type Depth = 16 | 256 | 16_777_216;

function colorDepth(env: Environment): Depth {
  if (/^(?:truecolor|24bit)$/.test(env['COLORTERM'] ?? '')) return 16_777_216;
  return /256|kitty|ghostty|alacritty|direct/.test(env['TERM'] ?? '') ? 256 : 16;
}

function colorCode(color: Color, depth: Depth): string | number {
  if (typeof color !== 'number') return depth > 256 ? `38;2;${color.join(';')}` : `38;5;${nearest(color)}`;
  if (color >= 16) return `38;5;${color}`;
  return color < 8 ? 30 + color : 90 + color - 8;
}

const COLOR_NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** As Ink calls it. */
function colorName(color: Color, depth: Depth): string {
  if (typeof color !== 'number') return depth > 256 ? `rgb(${color.join(', ')})` : `ansi256(${nearest(color)})`;
  if (color >= 16) return `ansi256(${color})`;
  return `${COLOR_NAMES[color % 8]}${color < 8 ? '' : 'Bright'}`;
}

/** In the 6 × 6 × 6 cube of the 256-colour palette, with the steps 0, 95, 135, 175, 215, 255. */
function nearest(color: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = color.map((part) =>
    part < 48 ? 0 : part < 115 ? 1 : Math.floor((part - 35) / 40),
  );
  return 16 + 36 * red + 6 * green + blue;
}

function sgr(codes: readonly (string | number | undefined)[]): string {
  const set = codes.filter((code) => code !== undefined);
  return set.length === 0 ? '' : `\u001b[${set.join(';')}m`;
}
