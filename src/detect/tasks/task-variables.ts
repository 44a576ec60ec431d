// Variables of task runners, as far as their values stand in the file: make, just, Task and mise. One that the environment may
// set becomes `${NAME:-value}`, so that a port stays movable.

import { asMap, asText } from '../facts/folder.ts';

export type Variables = ReadonlyMap<string, string>;

function orFromEnvironment(name: string, value: string): string {
  return /^\d+$/.test(value) ? `\${${name}:-${value}}` : value;
}

/** `NAME = value`, `NAME := value`; `NAME ?= value` gives way to the environment. With those of an `include .env`. */
export function makeVariables(text: string, dotenv: Variables): Variables {
  const written = [
    ...text.matchAll(/^(?:export[ \t]{1,9})?([A-Za-z_]\w{0,99})[ \t]{0,9}(\?|:{1,2})?=[ \t]{0,9}(.*)$/gm),
  ].map(([, name = '', kind, value = '']): readonly [string, string] => [
    name,
    kind === '?' ? orFromEnvironment(name, value.trim()) : value.trim(),
  ]);
  return new Map([...(/^-?include[ \t]{1,9}\.env\b/m.test(text) ? dotenv : []), ...written]);
}

export function expandMake(line: string, variables: Variables): string {
  return line
    .replaceAll(/\$[({]([A-Za-z_]\w*)[)}]/g, (whole, name: string) => variables.get(name) ?? whole)
    .replaceAll('$$', '$');
}

const QUOTED = String.raw`["']([^"'\n]{0,200})["']`;
const JUST_VARIABLE = new RegExp(
  String.raw`^(?:export[ \t]{1,9})?([A-Za-z_][\w-]{0,99})[ \t]{0,9}:=[ \t]{0,9}(?:${QUOTED}|env(?:_var_or_default)?\(\s{0,9}${QUOTED}\s{0,9},\s{0,9}${QUOTED}\s{0,9}\))`,
  'gm',
);
const JUST_PARAMETER = new RegExp(String.raw`\s[+*$]?([A-Za-z_][\w-]{0,99})=${QUOTED}`, 'g');

/** `name := "value"`, `name := env("NAME", "value")`. */
export function justVariables(text: string): Variables {
  return new Map(
    [...text.matchAll(JUST_VARIABLE)].map(([, name = '', literal, variable = '', fallback = '']) => [
      name,
      literal ?? orFromEnvironment(variable, fallback),
    ]),
  );
}

/** Of one recipe: `web port="3000" *args:`. */
export function justParameters(signature: string): Variables {
  const defaults = [...signature.matchAll(JUST_PARAMETER)].map(([, name = '', value = '']) => [name, value] as const);
  const rest = [...signature.matchAll(/\s\*\$?([A-Za-z_][\w-]{0,99})(?=[\s:])/g)].map(
    ([, name = '']) => [name, ''] as const,
  );
  return new Map([...defaults, ...rest]);
}

/** `{{ name }}`, `{{.NAME}}`, `{{vars.name}}`. What is not known stays as it is. */
export function expandTemplate(line: string, variables: Variables, prefix = ''): string {
  return line
    .replaceAll(/\{\{-?\s{0,9}([\w.-]{1,99})\s{0,9}-?\}\}/g, (whole, written: string) =>
      written.startsWith(prefix) ? (variables.get(written.slice(prefix.length)) ?? whole) : whole,
    )
    .trim();
}

/** Of Task: `{{.PORT | default "8080"}}` reads the environment. */
export function expandTask(line: string, variables: Variables): string {
  const withDefaults = line.replaceAll(
    /\{\{\s{0,9}(?:\.(\w{1,99})\s{0,9}\|\s{0,9}default\s{1,9}["']?(\w{1,99})["']?|default\s{1,9}["']?(\w{1,99})["']?\s{1,9}\.(\w{1,99}))\s{0,9}\}\}/g,
    (_whole, name?: string, value?: string, other?: string, otherName?: string) => {
      const variable = name ?? otherName ?? '';
      return variables.get(variable) ?? orFromEnvironment(variable, value ?? other ?? '');
    },
  );
  return expandTemplate(withDefaults, variables, '.');
}

/** Plain values of a map, numbers too; what a command or another variable makes is left out. */
export function plainValues(written: unknown): Variables {
  return new Map(
    Object.entries(asMap(written)).flatMap(([name, value]) => {
      const text = asText(value);
      return text === undefined || text.includes('{{') ? [] : [[name, text] as const];
    }),
  );
}
