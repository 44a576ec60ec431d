// Reads the parts of a health answer: what the service says about its database, its queue, its disk.
// Knows the shapes that frameworks use (Spring, .NET, terminus, health+json); anything else has no components.

import type { ComponentHealth } from '../model/run.ts';

/** Where frameworks put their components; the first one present counts. */
const CONTAINERS = ['services', 'components', 'checks', 'dependencies'];
const STATUS_KEYS = ['status', 'state', 'health', 'healthy', 'ok', 'result'];
const MESSAGE_KEYS = ['message', 'error', 'detail', 'details', 'output', 'reason', 'description'];
const OK_WORDS = new Set(['ok', 'healthy', 'up', 'pass', 'passing', 'connected', 'running', 'ready', 'true', 'green']);

/** More than a screen can show. */
const MOST_COMPONENTS = 50;
/** Components may hold components, as a cluster reports its nodes; deeper than this they are not looked at. */
const DEEPEST = 3;
const LONGEST_TEXT = 200;
/** Of a name in its level, and of a status. */
const LONGEST_WORD = 80;
/** Characters of all components together: an answer is kept, sent and drawn for each service. */
const MOST_TEXT = 8_000;

/**
 * The components of a parsed JSON answer, in its order; nested ones as `db.replica`. At most 50, with 8 000 characters
 * together. Never throws.
 */
export function readComponentHealth(answer: unknown): readonly ComponentHealth[] {
  const components = listComponents(answer, '', 1).slice(0, MOST_COMPONENTS);
  let length = 0;
  const tooMuch = components.findIndex(({ name, status, message = '' }) => {
    length += name.length + status.length + message.length;
    return length > MOST_TEXT;
  });
  return tooMuch === -1 ? components : components.slice(0, tooMuch);
}

function listComponents(value: unknown, prefix: string, depth: number): ComponentHealth[] {
  const container = isRecord(value) ? CONTAINERS.map((key) => value[key]).find(isContainer) : undefined;
  if (container === undefined || depth > DEEPEST) return [];
  return namedEntries(container).flatMap(([name, entry]) => readComponent(prefix + name, entry, depth));
}

/** Entries that can have a status. A list names them by `name`, `component` or `id`; else they are counted. */
function namedEntries(container: Record<string, unknown> | unknown[]): [string, unknown][] {
  if (!Array.isArray(container)) {
    return Object.entries(container)
      .map(([name, entry]): [string, unknown] => [clip(name, LONGEST_WORD), worstOf(entry)])
      .filter(([, entry]) => isRecord(entry) || isText(entry) || typeof entry === 'boolean')
      .slice(0, MOST_COMPONENTS);
  }
  return container
    .filter(isRecord)
    .slice(0, MOST_COMPONENTS)
    .map((entry, index) => {
      const name = [entry['name'], entry['component'], entry['id']].find(isText);
      return [name === undefined ? String(index + 1) : clip(name, LONGEST_WORD), entry];
    });
}

/** health+json (draft-inadarei-api-health-check) keeps a list of measurements under each name. */
function worstOf(entry: unknown): unknown {
  return Array.isArray(entry) ? (entry.find((item) => !isOk(ownStatus(item) ?? '')) ?? entry[0]) : entry;
}

/** The component itself, then those inside it. */
function readComponent(name: string, entry: unknown, depth: number): ComponentHealth[] {
  const nested = listComponents(entry, `${name}.`, depth + 1);
  const nestedOk = nested.every((component) => component.ok);
  const status = ownStatus(entry) ?? (nested.length === 0 ? 'unknown' : nestedOk ? 'ok' : 'failed');
  const message = isRecord(entry) ? MESSAGE_KEYS.map((key) => entry[key]).find(isText) : undefined;
  const ok = isOk(status) && nestedOk;
  const text = message === undefined ? {} : { message: clip(message, LONGEST_TEXT) };
  return [{ name, status: clip(status, LONGEST_WORD), ok, ...text }, ...nested];
}

/** The word of the entry, or of its status key. */
function ownStatus(entry: unknown): string | undefined {
  const said = isRecord(entry)
    ? STATUS_KEYS.map((key) => entry[key]).find((value) => typeof value === 'boolean' || isText(value))
    : entry;
  if (typeof said === 'boolean') return said ? 'ok' : 'failed';
  return isText(said) ? said : undefined;
}

function isOk(status: string): boolean {
  return OK_WORDS.has(status.toLowerCase());
}

function isContainer(value: unknown): value is Record<string, unknown> | unknown[] {
  return Array.isArray(value) || isRecord(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** The service wrote it: printable, on one line, of bounded length. */
function clip(text: string, longest: number): string {
  const clean = text.slice(0, longest * 2).replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
  return clean.length <= longest ? clean : `${clean.slice(0, longest - 1)}…`;
}
