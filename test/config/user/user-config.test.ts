import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readUserConfig } from '../../../src/config/user/user-config.ts';
import { DEFAULT_USER_CONFIG } from '../../../src/core/model/user-config.ts';
import { KEY_WORDS } from '../../../src/tui/keymap/key-words.ts';

const read = (text: string) => readUserConfig({ file: '~/.config/devdeck/config', text }, KEY_WORDS);
const complaints = (text: string) =>
  read(text).issues.map(({ line, column, message, hint }) => `${line}:${column} ${message}; ${hint}`);

describe("a person's own config", () => {
  it('has the defaults when it is empty', () => {
    expect(read('')).toMatchObject({ config: DEFAULT_USER_CONFIG, issues: [] });
  });

  it('sets the look of the screen, keys, theme, glyphs, notices and the mouse', () => {
    const { config, issues, lines } = read(
      [
        'theme: {base: dark, ok: green, fail: 196, accent: "#ffaa00"}',
        'glyphs: ascii',
        'notify: [bell, desktop]',
        'mouse: false',
        'screen: plain',
        'keys:',
        '  restart: Ctrl-R',
        '  quit: [Q, ctrl-q]',
        '  detach: none',
      ].join('\n'),
    );
    expect(issues).toEqual([]);
    expect(config).toEqual({
      screen: 'plain',
      theme: 'dark',
      tones: { ok: 2, fail: 196, accent: [255, 170, 0] },
      glyphs: 'ascii',
      notify: ['bell', 'desktop'],
      hasMouse: false,
      keys: { restart: ['ctrl-r'], quit: ['Q', 'ctrl-q'], detach: [] },
    });
    expect(Object.fromEntries(lines)).toMatchObject({ theme: 1, 'theme.fail': 1, mouse: 4, screen: 5, 'keys.quit': 8 });
  });

  it.each([
    ['thme: dark', '1:1 unknown setting "thme"; did you mean "theme"?'],
    ['theme: drak', '1:8 theme must be one of auto, light, dark, 16, none, not "drak"; did you mean "dark"?'],
    [
      'theme: {okay: 3}',
      '1:9 the theme has no part "okay"; there are base, ok, warn, fail, busy, muted, accent, focus, strong',
    ],
    ['theme: {ok: #00ff00\n}', '1:13 ok must be a colour, not null; put it in quotes: in YAML a # begins a comment'],
    ['theme: {ok: gren}', '1:13 ok must be a colour, not "gren"; did you mean "green"?'],
    ['screen: plai', '1:9 screen must be one of drawn, plain, not "plai"; did you mean "plain"?'],
    ['notify: [bel]', '1:9 notify must be one of bell, desktop, title, off, not "bel"; did you mean "bell"?'],
    ['keys: {restrat: r}', '1:8 there is no action "restrat"; did you mean "restart"?'],
    ['keys: {restart: pagup}', '1:17 there is no key "pagup"; did you mean "pgup"?'],
    ['keys: {restart: alt-r}', '1:17 there is no key "alt-r"; a terminal sends Alt and a key like Escape and the key'],
    ['keys: {restart: esc}', '1:17 "esc" cannot be remapped; take another key'],
    [
      'keys: {restart: s}',
      '1:17 "s" is taken in the same place: startStop (start or stop the service); give one another key',
    ],
    ['mouse: maybe', '1:8 mouse must be true or false, not "maybe"; undefined'],
    ['- a', '1:1 the config must be a map; begin with one of screen:, keys:, theme:, glyphs:, notify:, mouse:'],
  ])('says what is wrong with %s', (text, complaint) => {
    expect(complaints(text)).toEqual([complaint]);
  });

  it('keeps valid settings beside a mistake', () => {
    const { config, issues } = read('theme: drak\nglyphs: ascii\nkeys: {restart: s, detach: D}');
    expect(issues).toHaveLength(2);
    expect(config).toMatchObject({ theme: 'auto', glyphs: 'ascii', keys: { detach: ['D'] } });
  });

  it('lets two actions swap their keys', () => {
    const { config, issues } = read('keys: {restart: s, startStop: r}');
    expect(issues).toEqual([]);
    expect(config.keys).toEqual({ restart: ['s'], startStop: ['r'] });
  });

  it('matches the docs', () => {
    const page = readFileSync('docs/user-config.md', 'utf8');
    const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) expect(complaints(example), example).toEqual([]);
  });

  it('reports invalid YAML, and uses the defaults', () => {
    expect(complaints('keys: [a')).toHaveLength(1);
    expect(read('keys: [a').config).toBe(DEFAULT_USER_CONFIG);
  });
});
