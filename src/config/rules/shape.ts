// Checks one file against the schema and says in plain words what does not fit.

import type { z } from 'zod/mini';
import type { ConfigDocument, Path } from '../text/document.ts';
import { MOST_ISSUES, type ConfigIssue } from '../text/issue.ts';
import { quoted } from '../text/position.ts';
import { configSchema, knownKeys, SERVICE_KEYS } from './schema.ts';
import { didYouMean } from '../text/suggest.ts';

type Issue = z.core.$ZodIssue;

/** The mistake in the value at a path, which is empty for the whole file. */
export interface ShapeIssue {
  readonly path: Path;
  readonly issue: ConfigIssue;
}

export function checkShape(document: ConfigDocument): readonly ShapeIssue[] {
  const result = configSchema.safeParse(document.value ?? {});
  const issues = result.error?.issues ?? [];
  return issues.slice(0, MOST_ISSUES).flatMap((issue) => explain(document, issue, []));
}

/** `port of service "api"`, `health.interval of defaults`, `on_hangup`. */
function nameOf(path: Path): string {
  const [top, ...rest] = path;
  if (top === undefined) return 'a config';
  const [owner, keys] =
    top === 'services' && rest.length > 0 ? [`service ${quoted(String(rest[0]))}`, rest.slice(1)] : [String(top), rest];
  const inner = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  return inner === '' ? owner : `${inner.replace(/^\./, '')} of ${owner}`;
}

function explain(document: ConfigDocument, issue: Issue, base: Path): ShapeIssue[] {
  const path: Path = [...base, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
  const place = document.place(path) ?? { key: 0, value: 0, end: 0 };
  const at = (offset: number, message: string, hint?: string): ShapeIssue => ({
    path,
    issue: document.issueAt(offset, message, hint),
  });

  if (issue.code === 'invalid_union') {
    const meant =
      issue.errors.find((errors) => errors.some(isInside)) ?? issue.errors.find((errors) => !errors.some(isWrongType));
    if (meant !== undefined) return meant.flatMap((inner) => explain(document, inner, path));
  }
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys.filter((key) => !key.startsWith('x-'));
    return unknown.slice(0, MOST_ISSUES).map((key) => {
      const offset = document.place([...path, key])?.key ?? place.value;
      const where = path.length === 0 ? '' : ` in ${nameOf(path)}`;
      const issue = document.issueAt(offset, `unknown key ${quoted(key)}${where}`, guessKey(key, path));
      return { path: [...path, key], issue };
    });
  }
  if (issue.code === 'invalid_key') {
    const [reason] = issue.issues;
    return [at(place.key, `the name of ${nameOf(path)} must be ${reason?.message ?? ''}`)];
  }
  const value = valueAt(document.value, path);
  const message = `${nameOf(path)} must be ${issue.message}, not ${show(value)}`;
  return [at(place.value, message, guessValue(issue, value, path))];
}

/** The kind of value is right, and something in it is not: then this is the form that was meant. */
function isInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys' || issue.code === 'invalid_key';
}

function isWrongType(issue: Issue): boolean {
  return (
    issue.code === 'invalid_type' ||
    (issue.code === 'invalid_union' && issue.errors.every((all) => all.some(isWrongType)))
  );
}

function guessKey(key: string, path: Path): string | undefined {
  const guess = didYouMean(key, knownKeys(path));
  if (guess !== undefined || path.length > 0) return guess;
  return SERVICE_KEYS.includes(key) ? `${quoted(key)} belongs under a service, or under "defaults:"` : undefined;
}

function guessValue(issue: Issue, value: unknown, path: Path): string | undefined {
  if (issue.code === 'invalid_value' && typeof value === 'string') return didYouMean(value, issue.values.map(String));
  if (issue.code === 'invalid_value' && value === false) return didYouMean('no', issue.values.map(String));
  if (issue.code === 'invalid_type' && issue.expected === 'boolean' && typeof value === 'string') {
    if (/^(?:yes|on|y)$/i.test(value)) return 'did you mean true?';
    if (/^(?:no|off|n)$/i.test(value)) return 'did you mean false?';
  }
  if (typeof value === 'number' && issue.message.includes('duration')) return `did you mean "${value}s"?`;
  if (typeof value === 'string' && path.at(-1) === 'depends_on') return `did you mean [${value}]?`;
  return undefined;
}

function show(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' && value !== null ? 'a map' : String(value);
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) value = (value as Record<string | number, unknown> | null | undefined)?.[key];
  return value;
}
