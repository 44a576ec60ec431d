// A line of JSON as rows, one for each value. The text itself is split, not parsed: numbers keep their digits, and
// deep nesting cannot exhaust the stack.

interface JsonRow {
  readonly depth: number;
  /** With its quotes; empty if it has no key. */
  readonly key: string;
  readonly rest: string;
}

interface JsonRows {
  readonly rows: readonly JsonRow[];
  /** The number of further values. */
  readonly more: number;
}

const TOKEN = /[{}[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+/g;

/** Undefined if the text is not a JSON object or list. */
export function jsonRows(text: string, mostRows: number): JsonRows | undefined {
  if (!/^\s*[{[]/.test(text) || !isJson(text)) return undefined;
  const rows: JsonRow[] = [];
  let count = 0;
  let depth = 0;
  let key = '';
  let rest = '';

  const endRow = (): void => {
    if (count < mostRows) rows.push({ depth, key, rest });
    count += 1;
    key = '';
    rest = '';
  };

  let before = '';
  for (const [token] of text.matchAll(TOKEN)) {
    // An opening bracket ends its row only after the next token shows that it is not empty.
    if (isOpening(before) && !isClosing(token)) {
      endRow();
      depth += 1;
    }
    if (isClosing(token) && !isOpening(before)) {
      endRow();
      depth -= 1;
    }
    if (token === ':') {
      key = rest;
      rest = ': ';
    } else {
      rest += token;
    }
    if (token === ',') endRow();
    before = token;
  }
  endRow();
  return { rows, more: count - rows.length };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isOpening(token: string): boolean {
  return token === '{' || token === '[';
}

function isClosing(token: string): boolean {
  return token === '}' || token === ']';
}
