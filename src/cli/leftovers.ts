// What a stop could not end, in words.

import { printable } from '../core/log-line.ts';
import type { ShutdownReport } from '../core/session.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import type { Output } from './output.ts';

/** Names each process that is still there; exit code 1 if there is any, else `otherwise`. */
export function complainAboutLeftovers(
  output: Output,
  { leftovers }: ShutdownReport,
  otherwise: ExitCode = EXIT.ok,
): ExitCode {
  if (leftovers.length === 0) return otherwise;
  output.complain(`${output.paintTalk('fail', '✖')} These processes survived SIGKILL:`);
  for (const { service, pid, name } of leftovers) output.complain(`  ${service}: ${printable(name, 40)} (pid ${pid})`);
  return EXIT.notReady;
}
