// Prints config issues as a good compiler does: place, message, the line itself, a caret, what to do.
// Everything quoted from a config is untrusted: control and direction characters never reach the terminal.

import stringWidth from 'string-width';
import { UNSEEN_CLASS } from '../core/output/unseen.ts';
import { ConfigError, MOST_ISSUES, type ConfigIssue } from './text/issue.ts';

const MAX_PRINTED = 20;
const LINE_WIDTH = 100;
const MESSAGE_LENGTH = 400;
/** Control, zero-width, line-separating and direction-changing characters. */
const UNPRINTABLE = new RegExp(`[\\0-\\u001F\\u007F-\\u009F\\u200C\\u200D${UNSEEN_CLASS}]`, 'gu');

export function configError(issues: readonly ConfigIssue[]): ConfigError {
  const left = issues.length - MAX_PRINTED;
  const printed = issues.slice(0, MAX_PRINTED).map(printIssue);
  if (left > 0) printed.push(issues.length < MOST_ISSUES ? `… and ${left} more` : `… and ${left} more at least`);
  return new ConfigError({ code: 'config_invalid', message: printed.join('\n\n'), issues });
}

function printIssue(issue: ConfigIssue): string {
  const { message } = issue;
  const short = message.length > MESSAGE_LENGTH ? `${message.slice(0, MESSAGE_LENGTH)}…` : message;
  const heading = printable(`${issue.file}:${issue.line}:${issue.column}  ${short}`);
  const hint = issue.hint === undefined ? '' : printable(issue.hint);
  if (issue.sourceLine.trim() === '') return hint === '' ? heading : `${heading}\n  ${hint}`;

  const { line, before } = cutAround(issue.sourceLine, issue.column - 1);
  const number = String(issue.line).padStart(4);
  const caret = `${' '.repeat(stringWidth(before))}^ ${hint}`.trimEnd();
  return [heading, `${number} | ${line}`, `${' '.repeat(number.length)} | ${caret}`].join('\n');
}

/** The part of a long line around `column`, and the length of the text before it. */
function cutAround(sourceLine: string, column: number): { readonly line: string; readonly before: string } {
  const start = sourceLine.length <= LINE_WIDTH ? 0 : Math.max(0, column - LINE_WIDTH / 2);
  const end = start + LINE_WIDTH;
  const head = start > 0 ? '…' : '';
  return {
    line: `${head}${printable(sourceLine.slice(start, end))}${end < sourceLine.length ? '…' : ''}`,
    before: head + printable(sourceLine.slice(start, column)),
  };
}

function printable(text: string): string {
  return text.toWellFormed().replaceAll('\t', ' ').replaceAll(UNPRINTABLE, '·');
}
