// A line of output as a person reads it, for code that looks for words in it.

import stripAnsi from 'strip-ansi';

const LONGEST_LINE = 2_000;

/** The line without colour, cut at 2 000 characters: no message is longer. */
export function plainLine(line: string): string {
  return stripAnsi(line.slice(0, LONGEST_LINE));
}
