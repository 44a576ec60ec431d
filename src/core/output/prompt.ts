// Recognises that a program waits for a person's input: the last text on its terminal has no line end and reads like a
// question. Left to others: that no output followed for a while (supervisor/watch/prompt-watch). Trap: programs also
// report progress with a word and a colon, so the text must end in a blank, as prompts do.

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
