// Stands in for every copy of string-width in the bundle: one column for each of the characters that nearly all text is
// made of, and of those that stand in for an uptime (main/session/answer-text); and the real thing, whose table of emoji
// takes 20 ms to build, for the first text with any other.

import type realStringWidth from 'string-width';
import { createRequire } from 'node:module';

const ONE_COLUMN_EACH =
  /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2030-\u2038\u2190-\u21ff\u2200-\u22ff\u2500-\u25fc\u2713-\u2718\u2800-\u28ff\u29d6\u29d7\ue000-\ue005]*$/;
const ESC = '\u001b';
const SGR_TAIL = /^\[[\d;:]*m/;

let full: typeof realStringWidth | undefined;

function real(...args: Parameters<typeof realStringWidth>): number {
  full ??= (createRequire(import.meta.url)('./string-width.cjs') as { readonly default: typeof realStringWidth })
    .default;
  return full(...args);
}

export default function stringWidth(...args: Parameters<typeof realStringWidth>): number {
  const [text, options] = args;
  if (typeof text === 'string' && options === undefined) {
    const plain = text.includes(ESC) ? withoutSgr(text) : text;
    if (ONE_COLUMN_EACH.test(plain)) return plain.length;
  }
  return real(...args);
}

/** A text with any other sequence keeps it, and with it goes to the real one. */
function withoutSgr(text: string): string {
  const [first = '', ...tails] = text.split(ESC);
  if (!tails.every((tail) => SGR_TAIL.test(tail))) return text;
  return first + tails.map((tail) => tail.replace(SGR_TAIL, '')).join('');
}
