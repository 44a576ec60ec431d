// A map of another tool's file that remembers which of its keys were carried over. What nobody asked for, or nobody could
// use, is left over and told: above the service in the config, and in what init prints.
// Trap: a key counts as carried over only when its value could be used. A reader that takes a value and then cannot
// express it has to say so (`lose`).

import { asText, asTexts, isMap } from '../facts/folder.ts';
import { briefly } from './briefly.ts';

export class SourceMap {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #carried = new Set<string>();
  readonly #within = new Map<string, SourceMap>();
  readonly #lost: string[] = [];

  constructor(value: unknown) {
    this.#values = isMap(value) ? value : {};
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined && this.#values[key] !== null;
  }

  keys(): readonly string[] {
    return Object.keys(this.#values);
  }

  /** Whatever it is; the key counts as carried over. */
  take(key: string): unknown {
    this.#carried.add(key);
    return this.#values[key];
  }

  /** Text, a number or a boolean as text. A blank text is none. */
  text(key: string): string | undefined {
    const text = asText(this.#values[key]);
    return text === undefined || text.trim() === '' ? undefined : this.#used(key, text);
  }

  /** A number in any spelling, from `least` on. */
  number(key: string, least = 0): number | undefined {
    const text = asText(this.#values[key]);
    const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
    return Number.isFinite(number) && number >= least ? this.#used(key, number) : undefined;
  }

  flag(key: string): boolean | undefined {
    const value = this.#values[key];
    return typeof value === 'boolean' ? this.#used(key, value) : undefined;
  }

  /** A list of texts, or one text. Empty when it is neither. */
  texts(key: string): readonly string[] {
    const value = this.#values[key];
    const texts = Array.isArray(value) ? asTexts(value) : typeof value === 'string' && value !== '' ? [value] : [];
    return texts.length > 0 ? this.#used(key, texts) : texts;
  }

  /** The map under the key, which keeps its own account; an empty one when there is none. */
  map(key: string): SourceMap {
    const found = this.#within.get(key) ?? new SourceMap(this.#values[key]);
    if (isMap(this.#values[key])) this.#within.set(key, found);
    return found;
  }

  /** Each map under the key with its name, in order. Each tells by itself what was left out of it. */
  maps(key: string): readonly (readonly [name: string, map: SourceMap])[] {
    const all = this.take(key);
    return isMap(all) ? Object.entries(all).map(([name, value]) => [name, new SourceMap(value)] as const) : [];
  }

  /** The key has no equal here, or its value none. `why` completes "… is not carried over: …". */
  lose(key: string, why?: string): void {
    this.#carried.add(key);
    const written = `${key}: ${briefly(this.#values[key])}`;
    this.#lost.push(why === undefined ? written : `${written} (${why})`);
  }

  /** Something that stands in no single key. */
  loseText(text: string): void {
    this.#lost.push(text);
  }

  /** What was not carried over, one line each, as `key: value` in short. Keys that begin with `x-` mean nothing anywhere. */
  leftOut(): readonly string[] {
    const silent = Object.keys(this.#values).filter(
      (key) => this.has(key) && !this.#carried.has(key) && !key.startsWith('x-'),
    );
    const others = silent.flatMap((key) => {
      const within = this.#within.get(key);
      if (within === undefined) return [`${key}: ${briefly(this.#values[key])}`];
      return within.leftOut().map((line) => `${key}.${line}`);
    });
    return [...this.#lost, ...others];
  }

  #used<T>(key: string, value: T): T {
    this.#carried.add(key);
    return value;
  }
}
