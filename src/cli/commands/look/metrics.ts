// `metrics`: the measurements of the session and its services, for Prometheus.

import { EXIT, type ExitCode } from '../../../errors.ts';
import { metricText } from '../../../format/metrics/metric-text.ts';
import { sessionMetrics } from '../../../format/metrics/session-metrics.ts';
import type { CliContext } from '../../context/context.ts';
import { requireSession } from '../../context/require-session.ts';

export async function run(context: CliContext): Promise<ExitCode> {
  const session = await requireSession(context);
  const [snapshot, tallies] = await Promise.all([session.snapshot(), session.readTallies()]);
  session.close();
  const families = sessionMetrics(snapshot, tallies, context.clock.wallMs());
  context.output.print(metricText(families, 'openmetrics').trimEnd());
  return EXIT.ok;
}
