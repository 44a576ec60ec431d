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
  /** Lines that make no sense. The others are good all the same. */
  readonly problems: readonly DotenvProblem[];
}

const NAME = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=(?:[ \t]+(?=["'`]))?/y;
const NOTHING = /[ \t]*(?:#.*)?(?:\n|$)/y;
const LINE = /.*\n?/y;
const UNQUOTED = /[^\n]*/y;
const QUOTED = { "'": /'([^']*)'/y, '`': /`([^`]*)`/y, '"': /"((?:[^"\\]|\\[^])*)"/y } as const;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

export function parseDotenv(text: string): Dotenv {
  const source = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  const entries: DotenvEntry[] = [];
  const problems: DotenvProblem[] = [];
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
    const read = name === undefined ? { problem: 'this is no NAME=value' } : value();
    if ('problem' in read) {
      problems.push({ line: source.slice(0, start).split('\n').length, message: read.problem });
      position = start;
      take(LINE);
    } else if (name !== undefined) {
      entries.push({ name, value: read });
    }
  }
  return { entries, problems };
}

function withoutComment(text: string): string {
  return text.replace(/[ \t]#.*$/, '').trim();
}

function doubleQuoted(text: string): Template {
  return parseTemplate(text, 'dotenv').template.map((part) =>
    part.kind === 'text' ? { kind: 'text', text: part.text.replaceAll(/\\([nrt"\\])/g, unescape) } : part,
  );
}

function unescape(escape: string, letter: string): string {
  return ESCAPES[letter] ?? escape;
}
