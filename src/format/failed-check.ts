// A check of the project that failed beside a start, in lines.

import type { FailedCheckView } from '../core/session/snapshot.ts';
import { printable } from '../core/output/log-line.ts';

const LONGEST = 500;

/** What is wrong, and, where the config says it, what to do. */
export function failedCheckLines({ name, message, hint }: FailedCheckView): readonly string[] {
  const problem = `▲ check ${printable(name, LONGEST)} failed: ${printable(message, LONGEST)}`;
  return hint === null ? [problem] : [problem, `  → ${printable(hint, LONGEST)}`];
}
