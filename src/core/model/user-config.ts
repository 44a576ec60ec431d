// What a person likes on every project: keys, look of the screen, colours, glyphs, notices, mouse. Read by config/, obeyed by the screen.

export const THEME_NAMES = ['auto', 'light', 'dark', '16', 'none'] as const;
type ThemeName = (typeof THEME_NAMES)[number];

/** What a colour means; a glyph or a word always says it too. */
export const TONES = ['ok', 'warn', 'fail', 'busy', 'muted', 'accent', 'focus', 'strong'] as const;
export type ToneName = (typeof TONES)[number];

/** The terminal's own sixteen by name; number N is N in its palette of 256. */
export const COLOR_NAMES = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'bright-black',
  'bright-red',
  'bright-green',
  'bright-yellow',
  'bright-blue',
  'bright-magenta',
  'bright-cyan',
  'bright-white',
] as const;

/** A number of the palette of 256, or red, green and blue from 0 to 255. */
export type Color = number | readonly [red: number, green: number, blue: number];

export const GLYPH_CHOICES = ['auto', 'unicode', 'ascii'] as const;
type GlyphChoice = (typeof GLYPH_CHOICES)[number];

export const NOTIFY_WAYS = ['bell', 'desktop', 'title'] as const;
export type NotifyWay = (typeof NOTIFY_WAYS)[number];

/** Drawn on the whole terminal, or told line by line. */
export const SCREEN_LOOKS = ['drawn', 'plain'] as const;
export type ScreenLook = (typeof SCREEN_LOOKS)[number];

/** By action: the keys that take the place of its own; none at all switches them off. */
export type KeyRemaps = Readonly<Record<string, readonly string[]>>;

export interface UserConfig {
  readonly screen: ScreenLook;
  readonly keys: KeyRemaps;
  readonly theme: ThemeName;
  readonly tones: Readonly<Partial<Record<ToneName, Color>>>;
  readonly glyphs: GlyphChoice;
  readonly notify: readonly NotifyWay[];
  readonly hasMouse: boolean;
}

export const DEFAULT_USER_CONFIG: UserConfig = {
  screen: 'drawn',
  keys: {},
  theme: 'auto',
  tones: {},
  glyphs: 'auto',
  notify: ['bell', 'title'],
  hasMouse: true,
};
