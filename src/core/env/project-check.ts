// The project's own `checks:`: their environment, and whether one passed.

import { withoutColour } from '../output/plain-line.ts';
import type { Environment } from './environment.ts';
import type { DotenvEntry } from './dotenv.ts';
import { printable } from '../output/log-line.ts';
import { compilePattern } from '../output/pattern.ts';
import type { CheckSpec } from '../model/project.ts';
import type { Mask } from '../secrets/masker.ts';
import { Variables } from './variables.ts';

/** Of what a check writes, for `expect` and for the last line in the reason why it failed. */
export const MAX_CHECK_OUTPUT = 64 * 1024;
/** In milliseconds. One that may take longer does not run beside a start. */
const CHEAP_MS = 5_000;
const LONGEST_LINE = 120;

export function isCheap({ timeoutMs }: CheckSpec): boolean {
  return timeoutMs <= CHEAP_MS;
}

/**
 * As a service without settings of its own has it: `.env` at the root below the caller's environment.
 * @throws DevError `spawn_failed` when it is longer than any program can be given
 */
export function checkEnvironment(
  dotenv: readonly DotenvEntry[],
  caller: Environment,
): Readonly<Record<string, string>> {
  const result = new Variables();
  for (const { name, value } of dotenv) {
    if (value === undefined) continue;
    result.expand(name, value, { variable: (wanted) => caller[wanted] ?? result.get(wanted) });
  }
  for (const [name, value] of Object.entries(caller)) if (value !== undefined) result.set(name, value);
  return result.toObject();
}

interface CheckRun {
  readonly check: CheckSpec;
  /** How its command ended. */
  readonly result: { readonly ok: boolean; readonly message: string };
  readonly output: string;
  readonly mask: Mask;
}

/** Undefined when the check passed; else why not, with the last line that it wrote. */
export function checkProblem({ check, result, output, mask }: CheckRun): string | undefined {
  if (result.ok && (check.expect === undefined || isExpected(output, check.expect))) return undefined;
  const why = result.ok
    ? `its output does not match ${printable(check.expect ?? '', LONGEST_LINE)}`
    : printable(mask(result.message), LONGEST_LINE);
  const last = printable(mask(output.trimEnd().split('\n').at(-1) ?? ''), LONGEST_LINE);
  return last === '' ? why : `${why}: ${last}`;
}

/** `^` and `$` are the ends of each line. Colour does not count. */
function isExpected(output: string, pattern: string): boolean {
  return compilePattern(pattern, { isMultiline: true }).test(withoutColour(output).replaceAll('\r\n', '\n'));
}
