// A line of output as a person reads it, for code that looks for words in it: without colour.

// oxlint-disable-next-line no-control-regex
const SGR = /\u001B\[[0-9;:]*m/g;
const LONGEST_LINE = 2_000;

/** The text of clean lines (`cleanLine`): SGR is the only sequence that they hold. */
export function withoutColour(text: string): string {
  return text.includes('\u001B') ? text.replaceAll(SGR, '') : text;
}

/** The line without colour, cut at 2 000 characters: no message is longer. */
export function plainLine(line: string): string {
  return withoutColour(line.slice(0, LONGEST_LINE));
}
