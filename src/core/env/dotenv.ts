// Reads the text of a `.env` file. Left to others: finding the file, and what a variable in it stands for.
// Own code, because util.parseEnv and dotenv skip what they do not understand, know no line numbers and no `${VAR}`.
// Rules, where the field disagrees, are those of Docker Compose: a comment needs a space before its `#`,
// single quotes are literal, `${VAR}` and `${VAR:-default}` are expanded elsewhere, a bare `$` is a dollar sign.

import { parseTemplate, type Template } from './template.ts';

export interface DotenvEntry {
  readonly name: string;
  readonly value: Template;
}

interface DotenvProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

export interface Dotenv {
  /** In the order of the file; a name may come twice, and the later one counts. */
  readonly entries: readonly DotenvEntry[];
  /** Lines that make no sense, the first hundred of them. The others are good all the same. */
  readonly problems: readonly DotenvProblem[];
}

const NAME = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=(?:[ \t]+(?=["'`]))?/y;
const NOTHING = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const LINE = /[^\n]*\n?/y;
const UNQUOTED = /[^\n]*/y;
const QUOTED = { "'": /'([^']*)'/y, '`': /`([^`]*)`/y, '"': /"((?:[^"\\]|\\[^])*)"/y } as const;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

const MOST_PROBLEMS = 100;

/** Takes time that grows with the length of the text, whatever is in it. */
export function parseDotenv(text: string): Dotenv {
  const source = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  const entries: DotenvEntry[] = [];
  const problems: DotenvProblem[] = [];
  const lineAt = lineCounter(source);
  let position = 0;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(source);
    if (match !== null) position += match[0].length;
    return match;
  };

  const value = (): Template | { readonly problem: string } => {
    const quote = source[position];
    if (quote !== '"' && quote !== "'" && quote !== '`') {
      return parseTemplate(withoutComment(take(UNQUOTED)?.[0] ?? ''), 'dotenv').template;
    }
    const quoted = take(QUOTED[quote])?.[1];
    if (quoted === undefined) return { problem: `the ${quote} is never closed` };
    if (take(NOTHING) === null) return { problem: `there is more text after the closing ${quote}` };
    return quote === '"' ? doubleQuoted(quoted) : [{ kind: 'text', text: quoted }];
  };

  while (position < source.length) {
    const start = position;
    if (take(NOTHING) !== null) continue;
    const name = take(NAME)?.[1];
    const read = name === undefined ? { problem: 'this is not NAME=value' } : value();
    if ('problem' in read) {
      if (problems.length < MOST_PROBLEMS) problems.push({ line: lineAt(start), message: read.problem });
      position = start;
      take(LINE);
    } else if (name !== undefined) {
      entries.push({ name, value: read });
    }
  }
  return { entries, problems };
}

/** Tells the line of a place, counted from 1. Places are asked for in their order, so that each line is counted once. */
function lineCounter(text: string): (place: number) => number {
  let line = 1;
  let lineEnd = text.indexOf('\n');
  return (place) => {
    for (; lineEnd !== -1 && lineEnd < place; lineEnd = text.indexOf('\n', lineEnd + 1)) line += 1;
    return line;
  };
}

function withoutComment(text: string): string {
  const comment = text.search(/[ \t]#/);
  return (comment === -1 ? text : text.slice(0, comment)).trim();
}

function doubleQuoted(text: string): Template {
  return parseTemplate(text, 'dotenv').template.map((part) =>
    part.kind === 'text' ? { kind: 'text', text: part.text.replaceAll(/\\([nrt"\\])/g, unescape) } : part,
  );
}

function unescape(escape: string, letter: string): string {
  return ESCAPES[letter] ?? escape;
}
