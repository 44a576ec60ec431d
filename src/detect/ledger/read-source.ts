// The text of a file in another tool's format → its top map with an account of its keys, or why it cannot be read.

import json5 from 'json5';
import { parse as parseToml } from 'smol-toml';
import { Composer, Lexer, Parser } from 'yaml';
import { isMap } from '../facts/folder.ts';
import { SourceMap } from './source-map.ts';

/** `json5`: JSON as editors and most tools take it, with comments and trailing commas. */
export type Format = 'yaml' | 'toml' | 'json' | 'json5';

export type ReadSource =
  | { readonly map: SourceMap; readonly value: Readonly<Record<string, unknown>>; readonly problem?: undefined }
  | { readonly problem: string };

/** `problem` is one line, with the place where the format's own reader gives one. */
export function readSource(text: string, format: Format): ReadSource {
  try {
    const value = parsed(text, format);
    if (value === null || value === undefined) return { problem: 'it is empty' };
    return isMap(value) ? { map: new SourceMap(value), value } : { problem: 'it is not a map of keys' };
  } catch (error) {
    return { problem: firstLine(error instanceof Error ? error.message : String(error)) };
  }
}

/** The value alone; undefined when the text cannot be read. */
export function valueOf(text: string, format: Format): Readonly<Record<string, unknown>> {
  const read = readSource(text, format);
  return read.problem === undefined ? read.value : {};
}

function parsed(text: string, format: Format): unknown {
  switch (format) {
    case 'yaml':
      return parseYaml(text);
    case 'toml':
      return parseToml(text);
    case 'json':
      return JSON.parse(text);
    case 'json5':
      return json5.parse(text);
    default:
      return undefined;
  }
}

/** A compose file of a hundred services has about 20 000. */
const MAX_TOKENS = 200_000;
const MAX_OPEN = 100;

/** With merge keys. Aliases stay links to one value, so many of them cost nothing. */
function parseYaml(text: string): unknown {
  const [document] = new Composer({ merge: true, logLevel: 'silent' }).compose(boundedTokens(text), true, text.length);
  const [error] = document?.errors ?? [];
  if (error !== undefined) {
    const line = text.slice(0, error.pos[0]).split('\n').length;
    throw new Error(`${error.message.replace(/\s*$/, '')} at line ${line}`);
  }
  return document?.toJS({ maxAliasCount: -1 });
}

/** The library takes more than linear time for absurdly many or deeply nested values. */
function* boundedTokens(text: string) {
  const parser = new Parser();
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    if (count > MAX_TOKENS) throw new Error(`it has more than ${MAX_TOKENS} YAML tokens`);
    if (parser.stack.length > MAX_OPEN) throw new Error('its values are nested too deeply');
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/:\s*$/, '').trim();
}
