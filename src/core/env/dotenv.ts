// Reads the text of a `.env` file. Left to others: finding the file, and filling in variables.
// Own code, because util.parseEnv and dotenv skip what they do not understand, know no line numbers and no `${VAR}`.
// Rules, where the field disagrees, are those of Docker Compose: a comment needs a space before its `#`,
// single quotes are literal, `${VAR}` and `${VAR:-default}` are expanded elsewhere, a name alone hands its variable on.

import { homeWrittenOut, parseTemplate, type Template } from './template.ts';

export interface DotenvEntry {
  readonly name: string;
  /** Undefined for a name alone: the variable keeps its value from outside the file. */
  readonly value: Template | undefined;
}

interface DotenvProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

export interface Dotenv {
  /** In the order of the file; a name may come twice, and the later one counts. */
  readonly entries: readonly DotenvEntry[];
  /** Variables whose value cannot be read, the first hundred of them. The others are good all the same. */
  readonly problems: readonly DotenvProblem[];
  /** Lines that name no variable at all, the first hundred of them. They say nothing. */
  readonly strangeLines: readonly DotenvProblem[];
}

const NAME = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=(?:[ \t]+(?=["'`]))?/y;
const NAME_ALONE = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const WITH_COLON = /[ \t]*([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*:/y;
const NOTHING = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const LINE = /[^\n]*\n?/y;
const UNQUOTED = /[^\n]*/y;
const QUOTED = { "'": /'([^']*)'/y, '`': /`([^`]*)`/y, '"': /"((?:[^"\\]|\\[^])*)"/y } as const;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

const MOST_PROBLEMS = 100;

/** Needs time that grows only with the length of the text. */
export function parseDotenv(text: string): Dotenv {
  const source = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  const entries: DotenvEntry[] = [];
  const problems: DotenvProblem[] = [];
  const strangeLines: DotenvProblem[] = [];
  const lineAt = lineCounter(source);
  let position = 0;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(source);
    if (match !== null) position += match[0].length;
    return match;
  };

  const value = (name: string): Template | { readonly problem: string } => {
    const quote = source[position];
    if (quote !== '"' && quote !== "'" && quote !== '`') {
      return parseTemplate(homeWrittenOut(name, withoutComment(take(UNQUOTED)?.[0] ?? '')), 'dotenv').template;
    }
    const quoted = take(QUOTED[quote])?.[1];
    if (quoted === undefined) return { problem: `the ${quote} is never closed` };
    if (take(NOTHING) === null) return { problem: `there is more text after the closing ${quote}` };
    return quote === '"' ? doubleQuoted(quoted) : [{ kind: 'text', text: quoted }];
  };

  const note = (list: DotenvProblem[], place: number, message: string): void => {
    if (list.length < MOST_PROBLEMS) list.push({ line: lineAt(place), message });
  };

  const skipLine = (start: number): void => {
    position = start;
    take(LINE);
  };

  while (position < source.length) {
    const start = position;
    if (take(NOTHING) !== null) continue;
    const alone = take(NAME_ALONE)?.[1];
    if (alone !== undefined) {
      entries.push({ name: alone, value: undefined });
      continue;
    }
    const name = take(NAME)?.[1];
    if (name === undefined) {
      const colon = take(WITH_COLON)?.[1];
      const hint = colon === undefined ? '' : `: write ${colon}=… with an equals sign`;
      note(strangeLines, start, `this is not NAME=value${hint}`);
      skipLine(start);
      continue;
    }
    const read = value(name);
    if ('problem' in read) {
      note(problems, start, read.problem);
      skipLine(start);
    } else {
      entries.push({ name, value: read });
    }
  }
  return { entries, problems, strangeLines };
}

/** The line of a position, counted from 1. Positions must come in order, so that each line is counted once. */
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
