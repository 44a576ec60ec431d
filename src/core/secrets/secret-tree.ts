// Finds known values in a text, with a tree of their prefixes in which every edge is a piece of text. A search costs
// one step for each position of the text and each character that matches a value, with any number of values.

/** Where the text may begin and end around a value: anywhere, or only where no word continues. */
export type Boundary = 'anywhere' | 'word';

interface Edge {
  label: string;
  node: Node;
}

class Node {
  readonly edges = new Map<number, Edge>();
  /** A value ends here. */
  ends: Boundary | undefined;
  /** What may follow where a value is longer than the tree is deep. */
  readonly tails: string[] = [];
}

/** Of a longer value the beginning stands in the tree; what follows it is compared once the beginning was found. */
const MAX_DEPTH = 64;
/** So much of a value counts as the value where the text was cut with "…" … */
const SHORTEST_CUT = 3;
/** … and where the text simply ends. */
const SHORTEST_END = 8;

const CUT = '…'.charCodeAt(0);
const WORD = /[A-Za-z0-9_]/;

export class SecretTree {
  readonly #root = new Node();

  add(value: string, boundary: Boundary): void {
    let node = this.#root;
    let rest = value.slice(0, MAX_DEPTH);
    while (rest !== '') {
      const edge = node.edges.get(rest.charCodeAt(0));
      if (edge === undefined) {
        const leaf = new Node();
        node.edges.set(rest.charCodeAt(0), { label: rest, node: leaf });
        node = leaf;
        break;
      }
      const shared = sharedLength(edge.label, rest, 0);
      if (shared < edge.label.length) split(edge, shared);
      node = edge.node;
      rest = rest.slice(shared);
    }
    if (value.length > MAX_DEPTH) node.tails.push(value.slice(MAX_DEPTH));
    if (node.ends !== 'anywhere') node.ends = boundary;
  }

  /**
   * Where the longest value that begins at `at` ends; `at` itself when none does. A value that was cut counts too.
   * @param knownTo up to here the text is known to be secret: only what leads further is followed to its end
   */
  endOf(text: string, at: number, knownTo: number): number {
    let node = this.#root;
    let end = at;
    let position = at;
    for (;;) {
      if (isCutAt(text, at, position)) return position;
      const edge = node.edges.get(text.charCodeAt(position));
      if (edge === undefined) return end;
      const shared = sharedLength(edge.label, text, position);
      position += shared;
      if (shared < edge.label.length) return isCutAt(text, at, position) ? position : end;
      node = edge.node;
      const fits = node.ends === 'anywhere' || (node.ends === 'word' && isWord(text, at, position));
      if (fits) end = position + (position > knownTo ? longestTail(node, text, position) : 0);
    }
  }
}

function split(edge: Edge, at: number): void {
  const between = new Node();
  between.edges.set(edge.label.charCodeAt(at), { label: edge.label.slice(at), node: edge.node });
  edge.label = edge.label.slice(0, at);
  edge.node = between;
}

function sharedLength(label: string, text: string, at: number): number {
  const most = Math.min(label.length, text.length - at);
  let length = 0;
  while (length < most && label.charCodeAt(length) === text.charCodeAt(at + length)) length += 1;
  return length;
}

function longestTail({ tails }: Node, text: string, at: number): number {
  return tails.reduce((longest, tail) => Math.max(longest, sharedLength(tail, text, at)), 0);
}

function isCutAt(text: string, from: number, at: number): boolean {
  const length = at - from;
  if (at === text.length) return length >= SHORTEST_END;
  return length >= SHORTEST_CUT && text.charCodeAt(at) === CUT;
}

function isWord(text: string, from: number, to: number): boolean {
  return !WORD.test(text.charAt(from - 1)) && !WORD.test(text.charAt(to));
}
