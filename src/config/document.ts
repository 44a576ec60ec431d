// YAML text → plain values, and where each of them stands. YAML's own errors become issues here.
// Left to others: what the values mean. Traps: aliases can blow up a small file or point into themselves, so values
// are counted and depth is bounded; `__proto__` is refused, and maps have no prototype.

import { isAlias, isMap, isScalar, isSeq, parseDocument, type Node, type Pair, type YAMLError } from 'yaml';
import type { ConfigIssue } from './issue.ts';
import type { ConfigSource } from './source.ts';

export type Path = readonly (string | number)[];

/** Offsets in the text. */
export interface Place {
  readonly key: number;
  readonly value: number;
  readonly end: number;
}

export interface ConfigDocument {
  readonly source: ConfigSource;
  /** Null when the file holds nothing. */
  readonly value: unknown;
  place(path: Path): Place | undefined;
  issueAt(offset: number, message: string, hint?: string): ConfigIssue;
}

const MAX_VALUES = 50_000;
const MAX_DEPTH = 40;

/** A value that ends the reading: the rest of the document cannot be trusted. */
class Unreadable extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

export function readDocument(source: ConfigSource): {
  readonly document: ConfigDocument;
  readonly issues: readonly ConfigIssue[];
} {
  const places = new Map<string, Place>();
  const issueAt = issueMaker(source);
  const issues: ConfigIssue[] = [];
  let value: unknown = null;
  const document = (): ConfigDocument => ({ source, value, place: (path) => places.get(keyOf(path)), issueAt });

  if (source.problem !== undefined) {
    const { offset, message, hint } = source.problem;
    return { document: document(), issues: [issueAt(offset, message, hint)] };
  }
  try {
    const yaml = parseDocument(source.text, { version: '1.2', prettyErrors: false, logLevel: 'error' });
    issues.push(...syntaxIssues([...yaml.errors, ...yaml.warnings], source.text, issueAt));
    if (issues.length === 0)
      value = readNode(yaml.contents, places, (at, text, hint) => issues.push(issueAt(at, text, hint)));
  } catch (error) {
    if (error instanceof Unreadable) issues.push(issueAt(error.offset, error.message));
    // The only way out of a parser that recurses, and the text is at fault: thousands of brackets in a row.
    else if (error instanceof RangeError) issues.push(issueAt(0, 'the values are nested too deeply'));
    else throw error;
  }
  return { document: document(), issues };
}

type Report = (offset: number, message: string, hint?: string) => void;

function readNode(root: Node | null, places: Map<string, Place>, report: Report): unknown {
  const anchors = new Map<string, Node>();
  let count = 0;

  /** `within` is where an alias stands, whose contents have no better place. */
  const read = (node: unknown, path: Path, key: number | undefined, within: Place | undefined): unknown => {
    const [start, end] = (node as Node | null)?.range ?? [key ?? 0, key ?? 0];
    const place = within ?? { key: key ?? start, value: start, end };
    places.set(keyOf(path), place);
    count += 1;
    if (count > MAX_VALUES) throw new Unreadable(place.value, `more than ${MAX_VALUES} values, aliases followed`);
    if (path.length > MAX_DEPTH) throw new Unreadable(place.value, 'the values are nested too deeply');

    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) return report(place.value, `no anchor &${node.source} stands before this alias`);
      return read(target, path, key, { ...place, end });
    }
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor !== undefined) anchors.set(anchor, node as Node);
    if (isMap(node)) return readMap(node.items, path, within);
    if (isSeq(node)) return node.items.map((item, index) => read(item, [...path, index], undefined, within));
    return isScalar(node) ? readScalar(node, path, place) : null;
  };

  const readMap = (pairs: readonly Pair[], path: Path, within: Place | undefined): unknown => {
    const map = Object.create(null) as Record<string, unknown>;
    for (const { key, value } of pairs) {
      const at = within?.value ?? (key as Node | null)?.range?.[0] ?? 0;
      const name = isScalar(key) && key.value !== null ? String(key) : undefined;
      if (name === undefined) report(at, 'a key must be text');
      else if (name === '__proto__') report(at, 'the key "__proto__" is not allowed');
      else if (name === '<<') report(at, 'YAML 1.2 has no merge key "<<"', 'put what services share under "defaults:"');
      else map[name] = read(value, [...path, name], at, within);
    }
    return map;
  };

  const readScalar = (node: { value: unknown; source?: string }, path: Path, place: Place): unknown => {
    const { value } = node;
    if (typeof value === 'string' && value.includes('\0')) report(place.value, 'text must not hold a NUL character');
    if (typeof value === 'bigint') return Number(value);
    return isText(path) && value !== null ? (node.source ?? value) : value;
  };

  return read(root, [], undefined, undefined);
}

/** Kept as written where a text is wanted: `VERSION: 1.10` means 1.10 and not 1.1, and `command: true` runs true. */
function isText(path: Path): boolean {
  const keys = path.slice(path[0] === 'services' ? 2 : 1);
  return (keys[0] === 'env' && keys.length === 2) || keys.includes('command');
}

function syntaxIssues(
  errors: readonly YAMLError[],
  text: string,
  issueAt: ConfigDocument['issueAt'],
): readonly ConfigIssue[] {
  const issues = errors
    .toSorted((a, b) => a.pos[0] - b.pos[0])
    .map((error) => {
      const { message, hint } = reword(error, text);
      return issueAt(error.pos[0], message, hint);
    });
  // One slip makes the parser stumble on; the first report of a line is the one to read.
  return issues.filter((issue, index) => issues.findIndex(({ line }) => line === issue.line) === index);
}

function reword(error: YAMLError, text: string): { readonly message: string; readonly hint?: string } {
  const [start, end] = error.pos;
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { message: 'YAML does not allow tabs for indentation', hint: 'indent with spaces' };
    case 'DUPLICATE_KEY': {
      const key = /^[^:\s]*/.exec(text.slice(start, start + 80))?.[0] ?? '';
      return { message: `the key ${quoted(key.replaceAll(/^["']|["']$/g, ''))} stands twice in one map` };
    }
    case 'MULTIPLE_DOCS':
      return { message: 'a second YAML document begins here; a config is one', hint: 'remove the "---"' };
    case 'TAG_RESOLVE_FAILED':
      return {
        message: `the YAML tag ${text.slice(start, end)} means nothing here`,
        hint: 'remove it, or quote the text',
      };
    case 'BAD_SCALAR_START':
    case 'BAD_ALIAS':
      return { message: asClause(error.message), hint: 'put the text in quotes' };
    case 'UNEXPECTED_TOKEN':
      return text.slice(Math.max(0, start - 1), start + 1).includes('${')
        ? { message: 'inside { } and [ ] YAML takes the brace of "${" for a map', hint: 'put the text in quotes' }
        : { message: asClause(error.message) };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { message: asClause(error.message), hint: 'is ": " part of the text? Then put the text in quotes' };
    default:
      return { message: asClause(error.message) };
  }
}

function asClause(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** Text of a config as it is quoted in a message: on one line and not too long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function keyOf(path: Path): string {
  return path.join('\0');
}

function issueMaker({ file, text }: ConfigSource): ConfigDocument['issueAt'] {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  // An error at the very end is shown at the end of the last line that says something.
  const last = text.trimEnd().length;
  return (wanted, message, hint) => {
    const offset = Math.min(wanted, last);
    const line = lineStarts.findLastIndex((start) => start <= offset);
    const start = lineStarts[line] ?? 0;
    const sourceLine = text.slice(start, (lineStarts[line + 1] ?? text.length + 1) - 1).replace(/\r$/, '');
    const place = { file, line: line + 1, column: offset - start + 1, sourceLine };
    return hint === undefined ? { ...place, message } : { ...place, message, hint };
  };
}
