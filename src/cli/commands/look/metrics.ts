// `metrics`: what is measured of the session and its services, for Prometheus and its kind.

import { EXIT, type ExitCode } from '../../../errors.ts';
import { openMetrics } from '../../../format/open-metrics.ts';
import type { CliContext } from '../../context/context.ts';
import { requireSession } from '../../context/require-session.ts';

export async function run(context: CliContext): Promise<ExitCode> {
  const session = await requireSession(context);
  const snapshot = await session.snapshot();
  session.close();
  context.output.print(openMetrics(snapshot, { nowMs: context.clock.wallMs() }));
  return EXIT.ok;
}
