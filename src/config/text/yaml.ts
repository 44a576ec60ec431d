// Text → YAML nodes, with YAML's own errors in our words. Bounded: the library composes nodes by recursion and in more
// than linear time, so a text with absurdly many or deeply nested tokens is refused before it gets there.

import { Composer, Lexer, Parser, type Node, type YAMLError } from 'yaml';
import type { ConfigIssue } from './issue.ts';
import { quoted, type IssueAt } from './position.ts';

/** A config of a hundred services has about 15 000. */
const MAX_TOKENS = 100_000;
const MAX_OPEN = 100;
const MAX_ERRORS = 100;

/** Ends the reading of a file: the rest of it cannot be looked at. */
export class Unreadable extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** @throws Unreadable */
export function parseYaml(
  text: string,
  issueAt: IssueAt,
): { readonly root: Node | null; readonly issues: readonly ConfigIssue[] } {
  // The reader of the nodes finds duplicate keys: the library would compare every key with every other.
  const composer = new Composer({ version: '1.2', uniqueKeys: false, resolveKnownTags: false });
  const documents = composer.compose(boundedTokens(text), true, text.length);
  const first = documents.next().value;
  const second = documents.next().value;
  const errors = [...(first?.errors ?? []), ...(first?.warnings ?? [])].toSorted((a, b) => a.pos[0] - b.pos[0]);
  const issues = errors.slice(0, MAX_ERRORS).map((error) => {
    const { message, hint } = reword(error, text);
    return issueAt(error.pos[0], message, hint);
  });
  if (second !== undefined) {
    issues.push(issueAt(second.range[0], 'a second YAML document begins here; a config is one', 'remove the "---"'));
  }
  // One slip makes the parser stumble on; the first report of a line is the one to read.
  const firstOfLine = new Map(issues.toReversed().map((issue) => [issue.line, issue]));
  return { root: first?.contents ?? null, issues: [...firstOfLine.values()] };
}

function* boundedTokens(text: string) {
  const parser = new Parser();
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    if (count > MAX_TOKENS) throw new Unreadable(parser.offset, `the file has more than ${MAX_TOKENS} YAML tokens`);
    if (parser.stack.length > MAX_OPEN) throw new Unreadable(parser.offset, 'the values are nested too deeply');
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

function reword(error: YAMLError, text: string): { readonly message: string; readonly hint?: string } {
  const [start, end] = error.pos;
  const message = error.message.charAt(0).toLowerCase() + error.message.slice(1);
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { message: 'YAML does not allow tabs for indentation', hint: 'indent with spaces' };
    case 'TAG_RESOLVE_FAILED':
      return { message: `the YAML tag ${quoted(text.slice(start, end))} is not supported`, hint: 'remove it' };
    case 'RESOURCE_EXHAUSTION':
      return { message: 'this text is too long to be read' };
    case 'BAD_SCALAR_START':
    case 'BAD_ALIAS':
      return { message, hint: 'put the text in quotes' };
    case 'UNEXPECTED_TOKEN':
      return text.slice(Math.max(0, start - 1), start + 1) === '${'
        ? { message: 'inside { } and [ ] YAML takes the brace of "${" for a map', hint: 'put the text in quotes' }
        : { message };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { message, hint: 'if ": " is part of the text, put the text in quotes' };
    default:
      return { message };
  }
}
