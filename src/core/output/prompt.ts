// Recognises that a program waits for a person to type something: the last thing on its terminal has no end of line, and
// reads like a question. Left to others: that nothing came after it for a while (supervisor/prompt-watch).
// Trap: a word and a colon is also how a program says what it is doing, so it must end in a blank, as prompts do.

import { plainLine } from './plain-line.ts';

export interface Prompt {
  /** As it stands on the terminal. */
  readonly text: string;
  /** The typed answer must stay hidden. */
  readonly isSecret: boolean;
}

const LONGEST_PROMPT = 300;
/** `(y/N)`, `[Y/n]:`, `(yes/no/[fingerprint])?`. */
const YES_NO = /[([]y(?:es)?\/no?(?:\/[^)\]]*)?[)\]][)\]]?[\s:?›]*$/i;
const QUESTION = /\?\s*(?:[([][\p{L}\d]+[)\]]\s*)?$/u;
const LABEL = /\p{L}[\p{L}\d)\]'"]*:\s+$/u;
/** `mysql> `, `irb(main):001> `, `? Project name › `. */
const SHELL = /[\p{L}\d)\]].*[>›❯]\s+$/u;
const SECRET = /\b(?:passw(?:or)?d|passphrase|secret|pin|token|verification code|one-time)\b[^?]*$/i;
const SECRET_LABEL = /\b(?:passw(?:or)?d|passphrase)\b[^:]*:\s*$/i;

/** `lastLine` is the last line of the terminal, cleaned (`cleanLine`). */
export function findPrompt(lastLine: string): Prompt | undefined {
  const line = plainLine(lastLine);
  const text = line.trim();
  if (text === '' || text.length > LONGEST_PROMPT) return undefined;
  const asks = [YES_NO, QUESTION, LABEL, SHELL, SECRET_LABEL].some((pattern) => pattern.test(line));
  return asks ? { text, isSecret: SECRET.test(text) } : undefined;
}
