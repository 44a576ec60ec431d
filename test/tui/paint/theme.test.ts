import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_USER_CONFIG, type UserConfig } from '../../../src/core/model/user-config.ts';
import { asciiGlyphs } from '../../../src/format/ascii.ts';
import { displayWidth } from '../../../src/format/text.ts';
import { createTheme, needsAscii, themeName } from '../../../src/tui/paint/theme.ts';

const ok = (env: Record<string, string>, wish: Partial<UserConfig> = {}): string =>
  createTheme(env, { ...DEFAULT_USER_CONFIG, ...wish })
    .paint('ok', 'x')
    .replaceAll('\u001b', '^');

const RICH = { TERM: 'xterm-256color', COLORTERM: 'truecolor' };

describe('colours', () => {
  it("are the terminal's own sixteen unless somebody says otherwise", () => {
    expect(ok(RICH)).toBe('^[32mx^[39m');
    expect(ok({ TERM: 'linux' }, { theme: 'dark' })).toBe('^[32mx^[39m');
  });

  it('fit a light or dark background when asked to, or when the terminal tells of a light one', () => {
    expect(ok(RICH, { theme: 'dark' })).toBe('^[38;5;114mx^[39m');
    expect(ok(RICH, { theme: 'light' })).toBe('^[38;5;28mx^[39m');
    expect(ok({ ...RICH, COLORFGBG: '0;15' })).toBe('^[38;5;28mx^[39m');
  });

  it('stay away with NO_COLOR, but for a theme that the person has named', () => {
    expect(ok({ ...RICH, NO_COLOR: '1' })).toBe('x');
    expect(themeName({ NO_COLOR: '1' }, { theme: 'dark' })).toBe('dark');
    expect(ok(RICH, { theme: 'none', tones: { ok: 5 } })).toBe('x');
  });

  it('can be chosen one by one, as good as the terminal can show them', () => {
    expect(ok(RICH, { tones: { ok: [255, 170, 0] } })).toBe('^[38;2;255;170;0mx^[39m');
    expect(ok({ TERM: 'xterm-256color' }, { tones: { ok: [255, 170, 0] } })).toBe('^[38;5;214mx^[39m');
    expect(ok({ TERM: 'vt100' }, { tones: { ok: [255, 170, 0] } })).toBe('^[32mx^[39m');
    expect(ok({ TERM: 'vt100' }, { tones: { ok: 12 } })).toBe('^[94mx^[39m');
  });
});

describe('glyphs in ASCII', () => {
  it('are used where the locale is not UTF-8, on the Linux console, or when asked for', () => {
    const needs = (env: Record<string, string>, glyphs: UserConfig['glyphs'] = 'auto') => needsAscii(env, { glyphs });
    expect(needs({ LANG: 'de_DE.ISO-8859-1' })).toBe(true);
    expect(needs({ LC_ALL: 'C', LANG: 'de_DE.UTF-8' })).toBe(true);
    expect(needs({ LANG: 'C.utf8', TERM: 'linux' })).toBe(true);
    expect(needs({ LANG: 'C.utf8' })).toBe(false);
    expect(needs({})).toBe(false);
    expect(needs({ LANG: 'C' }, 'unicode')).toBe(false);
    expect(needs({}, 'ascii')).toBe(true);
  });

  it('exist for all that the screen can draw, and are as wide', () => {
    const glyphs = new Set<string>();
    for (const folder of ['tui', 'format']) {
      for (const file of readdirSync(`src/${folder}`, { recursive: true, encoding: 'utf8' })) {
        if (!/\.tsx?$/.test(file)) continue;
        for (const glyph of readFileSync(`src/${folder}/${file}`, 'utf8').match(/\P{ASCII}/gu) ?? []) glyphs.add(glyph);
      }
    }
    expect(glyphs.size).toBeGreaterThan(30);
    for (const glyph of [...glyphs, '⠀', '⣿']) {
      expect(asciiGlyphs(glyph), glyph).toMatch(/^\p{ASCII}$/u);
      expect(displayWidth(glyph), glyph).toBe(1);
    }
  });
});
