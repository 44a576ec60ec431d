// A line of JSON as rows, each value in one of its own. The text is taken apart as it stands: numbers keep their digits,
// and what is nested deeper than any stack costs no more than its length.

interface JsonRow {
  readonly depth: number;
  /** With its quotes; empty for what has none. */
  readonly key: string;
  readonly rest: string;
}

interface JsonRows {
  readonly rows: readonly JsonRow[];
  /** How many more there are. */
  readonly more: number;
}

const TOKEN = /[{}[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+/g;

/** Undefined for what is no JSON object or list. */
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
    // What opens ends its row only once it is known not to be empty.
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
