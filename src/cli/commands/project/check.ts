// `check`: whether the project can be started on this machine, one finding after the other, each with what to do.
// With --running: whether the running services work. An invalid config is reported as everywhere else.

import type { ExitCode } from '../../../errors.ts';
import { lookAhead, lookAtRunning } from '../../check/look.ts';
import { reportFindings } from '../../check/report.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { requireSession } from '../../context/require-session.ts';

export async function run(context: CliContext, { options }: CommandRequest): Promise<ExitCode> {
  if (options.running !== true) return reportFindings(context, await lookAhead(context), options);
  const session = await requireSession(context);
  const findings = await lookAtRunning(context, session);
  session.close();
  return reportFindings(context, findings, options);
}
