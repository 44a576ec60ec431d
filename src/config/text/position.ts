// Offsets in a config file → issues with line, column and the line itself.

import type { ConfigIssue } from './issue.ts';
import type { ConfigSource } from './source.ts';

export type IssueAt = (offset: number, message: string, hint?: string) => ConfigIssue;

/** An offset past the last line that says something is shown at the end of that line. */
export function issueMaker({ file, text }: ConfigSource): IssueAt {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const last = text.trimEnd().length;
  return (wanted, message, hint) => {
    const offset = Math.min(wanted, last);
    const line = lineAt(lineStarts, offset);
    const start = lineStarts[line] ?? 0;
    const sourceLine = text.slice(start, (lineStarts[line + 1] ?? text.length + 1) - 1).replace(/\r$/, '');
    const issue = { file, line: line + 1, column: offset - start + 1, message, sourceLine };
    return hint === undefined ? issue : { ...issue, hint };
  };
}

/** Text of a config as it is quoted in a message: on one line and not too long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** Index of the last start at or before `offset`, by bisection: a hostile file has as many issues as lines. */
function lineAt(lineStarts: readonly number[], offset: number): number {
  let [low, high] = [0, lineStarts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
