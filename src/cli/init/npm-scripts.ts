// Scripts for a package.json: adds missing ones, and keeps the format of the rest.

import { DevError, EXIT, messageOf } from '../../errors.ts';

const SCRIPTS = {
  'dev:up': './dev',
  'dev:status': './dev status',
  'dev:logs': './dev logs -f',
  'dev:stop': './dev stop',
} as const;

/** The new text and the additions; undefined when nothing is missing. */
export function withNpmScripts(
  before: string,
): { readonly text: string; readonly added: readonly string[] } | undefined {
  const json = parse(before);
  const scripts = json['scripts'] ?? {};
  if (typeof scripts !== 'object' || Array.isArray(scripts)) throw unreadable('its "scripts" is not a map');
  const missing = Object.entries(SCRIPTS).filter(([name]) => !Object.hasOwn(scripts, name));
  if (missing.length === 0) return undefined;
  const after = { ...json, scripts: { ...scripts, ...Object.fromEntries(missing) } };
  const indent = /^\{\r?\n([ \t]+)/.exec(before)?.[1] ?? '  ';
  const lineEnd = before.includes('\r\n') ? '\r\n' : '\n';
  const text = JSON.stringify(after, null, indent).replaceAll('\n', lineEnd) + (before.endsWith('\n') ? lineEnd : '');
  return { text, added: missing.map(([name, does]) => `"${name}": "${does}"`) };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw unreadable(messageOf(cause));
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw unreadable('it is not a map');
  return json as Readonly<Record<string, unknown>>;
}

function unreadable(why: string): DevError {
  return new DevError({
    code: 'refused',
    exitCode: EXIT.usage,
    message: `package.json cannot be read: ${why}.`,
    hint: 'correct it, or leave out --scripts',
  });
}
