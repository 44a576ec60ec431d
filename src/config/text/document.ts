// A config file → plain values with their positions. Left to others: the meaning of the values.
// Traps: aliases blow up a small file or point into themselves, so values and their text are counted and depth is
// bounded; `__proto__` is refused, and maps have no prototype.

import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { ConfigIssue } from './issue.ts';
import { issueMaker, quoted, type IssueAt } from './position.ts';
import type { ConfigSource } from './source.ts';
import { parseYaml, Unreadable } from './yaml.ts';

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
  readonly issueAt: IssueAt;
}

const MAX_VALUES = 50_000;
/** Characters of all keys and values. A file has at most a million; an alias repeats what it stands for. */
const MAX_TEXT = 4 * 1024 * 1024;
const MAX_DEPTH = 40;

export function readDocument(source: ConfigSource): {
  readonly document: ConfigDocument;
  readonly issues: readonly ConfigIssue[];
} {
  const places = new PlaceTree();
  const issueAt = issueMaker(source);
  const issues: ConfigIssue[] = [];
  let value: unknown = null;
  const document = (): ConfigDocument => ({ source, value, place: (path) => places.get(path), issueAt });

  if (source.problem !== undefined) {
    const { offset, message, hint } = source.problem;
    return { document: document(), issues: [issueAt(offset, message, hint)] };
  }
  try {
    const yaml = parseYaml(source.text, issueAt);
    issues.push(...yaml.issues);
    if (issues.length === 0) value = readNode(yaml.root, places, (...issue) => void issues.push(issueAt(...issue)));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    issues.push(issueAt(error.offset, error.message));
  }
  return { document: document(), issues };
}

/** The map that takes merged keys: where it is in the config, and where "<<" stands. */
interface MergePlace {
  readonly path: Path;
  readonly here: PlaceTree;
  readonly place: Place;
  /** How many merges and lists lead here. */
  readonly level: number;
}

type Report = (...issue: Parameters<IssueAt>) => void;

function readNode(root: Node | null, places: PlaceTree, report: Report): unknown {
  const anchors = new Map<string, Node>();
  let count = 0;
  let length = 0;

  const countText = (text: string, at: number): void => {
    length += text.length;
    if (length > MAX_TEXT) throw new Unreadable(at, 'more than 4 MiB of text, aliases followed');
  };

  /** `within` is the position of an alias, whose contents have no better one. */
  const read = (
    node: unknown,
    path: Path,
    here: PlaceTree,
    key: number | undefined,
    within: Place | undefined,
  ): unknown => {
    const [start, end] = (node as Node | null)?.range ?? [key ?? 0, key ?? 0];
    const place = within ?? { key: key ?? start, value: start, end };
    here.place = place;
    count += 1;
    if (count > MAX_VALUES) throw new Unreadable(place.value, `more than ${MAX_VALUES} values, aliases followed`);
    if (path.length > MAX_DEPTH) throw new Unreadable(place.value, 'the values are nested too deeply');

    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) return report(place.value, `no anchor &${node.source} precedes this alias`);
      return read(target, path, here, key, { ...place, end });
    }
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor !== undefined) anchors.set(anchor, node as Node);
    if (isMap(node)) return readMap(node.items, path, here, within);
    if (isSeq(node)) {
      return node.items.map((item, index) => read(item, [...path, index], here.below(index), undefined, within));
    }
    return isScalar(node) ? readScalar(node, path, place) : null;
  };

  const readMap = (pairs: readonly Pair[], path: Path, here: PlaceTree, within: Place | undefined): unknown => {
    const map = Object.create(null) as Record<string, unknown>;
    const merged: Pair[] = [];
    for (const pair of pairs) {
      const { key, value } = pair;
      const at = within?.value ?? (key as Node | null)?.range?.[0] ?? 0;
      const name = isScalar(key) && key.value !== null ? String(key) : undefined;
      if (name === undefined) report(at, 'a key must be text');
      else if (name === '__proto__') report(at, 'the key "__proto__" is not allowed');
      else if (name === '<<') merged.push(pair);
      else if (name in map) report(at, `the key ${quoted(name)} appears twice in one map`);
      else map[name] = read(value, [...path, name], here.below(name), at, within);
      countText(name ?? '', at);
    }
    for (const { key, value } of merged)
      merge(map, value, { path, here, place: within ?? placeOf(key, value), level: 0 });
    return map;
  };

  /** `<<: *base`, or a list of such: keys that the map does not have itself; of several the first counts. */
  const merge = (map: Record<string, unknown>, node: unknown, into: MergePlace): void => {
    const { path, here, place, level } = into;
    if (level > MAX_DEPTH) throw new Unreadable(place.value, 'the values are nested too deeply');
    const deeper = { ...into, level: level + 1 };
    const target = isAlias(node) ? anchors.get(node.source) : node;
    if (isSeq(target)) return target.items.forEach((item) => merge(map, item, deeper));
    if (!isMap(target))
      return report(place.value, '"<<" takes the keys of another map, such as *base, or of a list of maps');
    const below: unknown[] = [];
    for (const { key, value } of target.items) {
      count += 1;
      if (count > MAX_VALUES) throw new Unreadable(place.value, `more than ${MAX_VALUES} values, aliases followed`);
      // A value that is not text is reported at its position.
      if (!isScalar(key) || key.value === null) continue;
      const name = String(key);
      if (name === '<<') below.push(value);
      else if (!(name in map) && name !== '__proto__')
        map[name] = read(value, [...path, name], here.below(name), undefined, place);
    }
    for (const each of below) merge(map, each, deeper);
  };

  const readScalar = (node: { value: unknown; source?: string }, path: Path, place: Place): unknown => {
    const { value } = node;
    countText(node.source ?? '', place.value);
    if (typeof value === 'string' && value.includes('\0')) report(place.value, 'text must not hold a NUL character');
    return isText(path) && value !== null ? (node.source ?? value) : value;
  };

  return read(root, [], places, undefined, undefined);
}

function placeOf(key: unknown, value: unknown): Place {
  const [start, end] = (value as Node | null)?.range ?? [0, 0];
  return { key: (key as Node | null)?.range?.[0] ?? start, value: start, end };
}

/** Kept as written where a text is wanted: `VERSION: 1.10` means 1.10 and not 1.1, and `command: true` runs true. */
function isText(path: Path): boolean {
  const keys = path.slice(path[0] === 'services' ? 2 : 1);
  return (keys[0] === 'env' && keys.length === 2) || keys.includes('command');
}

/** The positions of a value and of all values within it. */
class PlaceTree {
  place: Place | undefined;
  readonly #below = new Map<string | number, PlaceTree>();

  /** That of a key or an index, made where there is none. */
  below(step: string | number): PlaceTree {
    const known = this.#below.get(step);
    if (known !== undefined) return known;
    const made = new PlaceTree();
    this.#below.set(step, made);
    return made;
  }

  get([step, ...rest]: Path): Place | undefined {
    return step === undefined ? this.place : this.#below.get(step)?.get(rest);
  }
}
