// The text of a person's own config → UserConfig. A mistake costs only the setting it is in: the screen is for looking
// at services, and opens with any mistake here. The caller passes the known keys and actions.

import {
  COLOR_NAMES,
  DEFAULT_USER_CONFIG,
  GLYPH_CHOICES,
  NOTIFY_WAYS,
  SCREEN_LOOKS,
  THEME_NAMES,
  TONES,
  type Color,
  type KeyRemaps,
  type ToneName,
  type UserConfig,
} from '../../core/model/user-config.ts';
import { readDocument, type Path } from '../text/document.ts';
import type { ConfigIssue } from '../text/issue.ts';
import { quoted } from '../text/position.ts';
import type { ConfigSource } from '../text/source.ts';
import { didYouMean } from '../text/suggest.ts';

const SETTINGS = ['screen', 'keys', 'theme', 'glyphs', 'notify', 'mouse'];

/** What the screen knows of its keys. */
export interface KeyWords {
  readonly actions: readonly string[];
  readonly namedKeys: readonly string[];
  readonly fixedKeys: readonly string[];
  /** Undefined when there is no key so. */
  parseKey(text: string): string | undefined;
  /** The first remap that takes a key from another action of the same place, and how the help calls that one. */
  findClash(remaps: KeyRemaps): { readonly action: string; readonly key: string; readonly taken: string } | undefined;
}

export interface ReadUserConfig {
  readonly config: UserConfig;
  /** In the order of the file. */
  readonly issues: readonly ConfigIssue[];
  /** The line of each setting that is obeyed, by its path as in "theme", "keys.restart", "theme.ok". */
  readonly lines: ReadonlyMap<string, number>;
}

export function readUserConfig(source: ConfigSource, words: KeyWords): ReadUserConfig {
  const { document, issues: syntax } = readDocument(source);
  const lines = new Map<string, number>();
  if (syntax.length > 0) return { config: DEFAULT_USER_CONFIG, issues: syntax, lines };
  const issues: ConfigIssue[] = [];
  const reader: Reader = {
    words,
    refuse(path, message, hint) {
      issues.push(document.issueAt(document.place(path)?.value ?? 0, message, hint));
      return undefined;
    },
    refuseKey(path, message, hint) {
      issues.push(document.issueAt(document.place(path)?.key ?? 0, message, hint));
    },
    obey(path) {
      lines.set(path.join('.'), document.issueAt(document.place(path)?.key ?? 0, '').line);
    },
  };
  const config = isMap(document.value ?? {})
    ? readSettings((document.value ?? {}) as Settings, reader)
    : (reader.refuse(
        [],
        'the config must be a map',
        'begin with one of screen:, keys:, theme:, glyphs:, notify:, mouse:',
      ),
      DEFAULT_USER_CONFIG);
  return { config, issues: issues.toSorted((a, b) => a.line - b.line || a.column - b.column), lines };
}

type Settings = Readonly<Record<string, unknown>>;

interface Reader {
  readonly words: KeyWords;
  readonly refuse: (path: Path, message: string, hint?: string) => undefined;
  /** The name is wrong, not what it is given. */
  readonly refuseKey: (path: Path, message: string, hint?: string) => void;
  readonly obey: (path: Path) => void;
}

function readSettings(settings: Settings, reader: Reader): UserConfig {
  for (const name of Object.keys(settings)) {
    if (!SETTINGS.includes(name)) reader.refuseKey([name], `unknown setting ${quoted(name)}`, guess(name, SETTINGS));
  }
  const said = <Value>(name: string, read: (value: unknown) => Value | undefined): Value | undefined => {
    const value = settings[name] ?? undefined;
    const meant = value === undefined ? undefined : read(value);
    if (meant !== undefined) reader.obey([name]);
    return meant;
  };
  const theme = said('theme', (value) => readTheme(value, reader));
  return {
    screen: said('screen', (value) => oneOf(value, SCREEN_LOOKS, ['screen'], reader)) ?? DEFAULT_USER_CONFIG.screen,
    keys: said('keys', (value) => readKeys(value, reader)) ?? {},
    theme: theme?.name ?? DEFAULT_USER_CONFIG.theme,
    tones: theme?.tones ?? {},
    glyphs: said('glyphs', (value) => oneOf(value, GLYPH_CHOICES, ['glyphs'], reader)) ?? DEFAULT_USER_CONFIG.glyphs,
    notify: said('notify', (value) => readNotify(value, reader)) ?? DEFAULT_USER_CONFIG.notify,
    hasMouse: said('mouse', (value) => readMouse(value, reader)) ?? DEFAULT_USER_CONFIG.hasMouse,
  };
}

function readKeys(value: unknown, reader: Reader): KeyRemaps | undefined {
  if (!isMap(value)) return reader.refuse(['keys'], 'keys must be a map of actions', 'such as {restart: ctrl-r}');
  const remaps: Record<string, readonly string[]> = {};
  for (const [action, wanted] of Object.entries(value)) {
    if (!reader.words.actions.includes(action)) {
      reader.refuseKey(['keys', action], `there is no action ${quoted(action)}`, guess(action, reader.words.actions));
      continue;
    }
    const texts = Array.isArray(wanted) ? wanted : wanted === null || wanted === 'none' ? [] : [wanted];
    const keys = texts.flatMap((text: unknown) => readKey(text, action, reader) ?? []);
    // With one key misspelt, the action keeps its present keys.
    if (keys.length === texts.length) remaps[action] = keys;
  }
  for (let clash = reader.words.findClash(remaps); clash !== undefined; clash = reader.words.findClash(remaps)) {
    const { action, key, taken } = clash;
    reader.refuse(['keys', action], `${quoted(key)} is taken in the same place: ${taken}`, `give one another key`);
    delete remaps[action];
  }
  for (const action of Object.keys(remaps)) reader.obey(['keys', action]);
  return remaps;
}

function readKey(value: unknown, action: string, { words, refuse }: Reader): string | undefined {
  const path = ['keys', action];
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const key = words.parseKey(text);
  if (key === undefined) {
    const hint = /^(?:alt|meta|m)[-+]/i.test(text)
      ? 'a terminal sends Alt and a key like Escape and the key'
      : (didYouMean(text, words.namedKeys) ??
        'a key is one letter or sign, ctrl-LETTER, or a name such as pgup, space, tab');
    return refuse(path, `there is no key ${quoted(text || String(value))}`, hint);
  }
  if (!words.fixedKeys.includes(key)) return key;
  return refuse(path, `${quoted(key)} cannot be remapped`, 'take another key');
}

function readTheme(
  value: unknown,
  reader: Reader,
): { readonly name: UserConfig['theme']; readonly tones: UserConfig['tones'] } | undefined {
  if (!isMap(value)) {
    const name = oneOf(value, THEME_NAMES, ['theme'], reader);
    return name === undefined ? undefined : { name, tones: {} };
  }
  const tones: Partial<Record<ToneName, Color>> = {};
  for (const [key, wanted] of Object.entries(value)) {
    if (key === 'base') continue;
    const tone = TONES.find((each) => each === key);
    if (tone === undefined) {
      reader.refuseKey(['theme', key], `the theme has no part ${quoted(key)}`, guess(key, ['base', ...TONES]));
      continue;
    }
    const color = readColor(wanted, ['theme', key], reader);
    if (color === undefined) continue;
    tones[tone] = color;
    reader.obey(['theme', key]);
  }
  const base = value['base'] ?? undefined;
  const name = base === undefined ? undefined : oneOf(base, THEME_NAMES, ['theme', 'base'], reader);
  return { name: name ?? DEFAULT_USER_CONFIG.theme, tones };
}

function readColor(value: unknown, path: Path, { refuse }: Reader): Color | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255) return value;
  const text = typeof value === 'string' ? value.toLowerCase().replaceAll(/[_ ]/g, '-') : '';
  const index = COLOR_NAMES.findIndex((name) => name === text);
  if (index >= 0) return index;
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(text);
  if (hex !== null) return [parseInt(hex[1] ?? '', 16), parseInt(hex[2] ?? '', 16), parseInt(hex[3] ?? '', 16)];
  const hint =
    value === null
      ? 'put it in quotes: in YAML a # begins a comment'
      : (didYouMean(text, COLOR_NAMES) ?? 'a name such as green or bright-blue, a number up to 255, or "#rrggbb"');
  return refuse(path, `${String(path.at(-1))} must be a colour, not ${show(value)}`, hint);
}

function readNotify(value: unknown, reader: Reader): UserConfig['notify'] | undefined {
  // YAML 1.1 read "off" as false, and so do some editors.
  if (value === 'off' || value === false) return [];
  const ways = Array.isArray(value) ? value : [value];
  const known = ways.map((way: unknown) => oneOf(way, NOTIFY_WAYS, ['notify'], reader, ['off']));
  return known.every((way) => way !== undefined) ? [...new Set(known)] : undefined;
}

function readMouse(value: unknown, reader: Reader): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return reader.refuse(['mouse'], `mouse must be true or false, not ${show(value)}`);
}

function oneOf<Choice extends string>(
  value: unknown,
  choices: readonly Choice[],
  path: Path,
  { refuse }: Reader,
  others: readonly string[] = [],
): Choice | undefined {
  const text = String(value);
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  const all = [...choices, ...others];
  const message = `${path.join('.')} must be one of ${all.join(', ')}, not ${show(value)}`;
  return refuse(path, message, didYouMean(text, all));
}

function isMap(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function guess(word: string, known: readonly string[]): string {
  return (
    didYouMean(word, known) ?? (known.length < 12 ? `there are ${known.join(', ')}` : 'docs/user-config.md lists them')
  );
}

function show(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'a list';
  return isMap(value) ? 'a map' : String(value);
}
