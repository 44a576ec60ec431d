// The one line of a service's last output that says why it failed: the first line of the last error, or the message
// below a Python or Rust trace. Wrappers repeat the failure in their own words (npm, yarn, make, nodemon), and Node
// ends with its version. Those lines do not count, unless the wrapper itself has failed.

import { LogGroups } from './log-groups.ts';
import { isErrorLevel } from './log-level.ts';
import { withoutColour } from './plain-line.ts';

/** What wrappers and runtimes add below the error. */
const EPILOGUE = [
  /^Node\.js v\d/,
  /^(?:npm (?:error|ERR!)|npm notice)(?: |$)/,
  /ELIFECYCLE|ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL/,
  /^error Command failed\b/,
  /^info Visit https?:/,
  /^error: script "[^"]*" exited with code \d/,
  /^(?:g?make)(?:\[\d+\])?: \*\*\* /,
  /^\[nodemon\] /,
  /^exit status \d+$/,
  /^(?:Command|Process) (?:failed|exited) with (?:exit )?code \d+/i,
  /^A complete log of this run can be found in/,
  /^(?:Require stack:|Emitted 'error' event)/,
];
/** Of a stack trace. */
const FRAME = /^\s+(?:at |File "|from )/;
/** Only brackets, rules and dots. */
const NO_WORD = /^[^\p{L}\p{N}]*$/u;
const TRACE_HEAD =
  /^\s*(?:[+|] Exception Group )?Traceback \(most recent call last\):|^thread '.*' (?:\(\d+\) )?panicked at /;
/** What npm says of itself beside the sentence that matters. */
const NPM_FACT =
  /^npm (?:error|ERR!)\s*(?:(?:code|errno|syscall|path|command|location|workspace|dest|signal)\b|Lifecycle script|A complete log|in workspace|$)/;

/** `lines` are cleaned, oldest first. Undefined when they say nothing. The line comes trimmed and without colour. */
export function errorLine(lines: readonly string[]): string | undefined {
  const said = lines.map((line) => withoutColour(line).trimEnd());
  return lastError(said) ?? said.findLast(isTelling)?.trim() ?? npmError(said);
}

function lastError(lines: readonly string[]): string | undefined {
  const groups = new LogGroups();
  let found: string | undefined;
  let awaitsMessage = false;
  for (const line of lines) {
    const { level, continues } = groups.next(line);
    if (!isErrorLevel(level) || FRAME.test(line) || !isTelling(line)) continue;
    if (TRACE_HEAD.test(line)) awaitsMessage = true;
    else if (!continues) found = line.trim();
    else if (awaitsMessage && /^\S/.test(line)) {
      found = line.trim();
      awaitsMessage = false;
    }
  }
  return found;
}

function isTelling(line: string): boolean {
  const text = line.trim();
  return !NO_WORD.test(text) && !EPILOGUE.some((pattern) => pattern.test(text));
}

/** The wrapper itself failed, as for a script that does not exist. */
function npmError(lines: readonly string[]): string | undefined {
  const line = lines.find((said) => /^npm (?:error|ERR!)/.test(said) && !NPM_FACT.test(said));
  return line?.replace(/^npm (?:error|ERR!)\s*/, '');
}
