// `health`: runs the probes now and shows what each found, with the components of the answer.

import type { ProbeReport } from '../../../core/session/inspection.ts';
import type { ServiceView } from '../../../core/session/snapshot.ts';
import { EXIT, type ExitCode } from '../../../errors.ts';
import { formatLatency, UNKNOWN } from '../../../format/quantity.ts';
import { renderTable, type Cell, type Row } from '../../../format/table.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { requireSession } from '../../context/require-session.ts';
import { chosenServices, isSettled, requireServices } from '../../context/services.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const { output, terminal } = context;
  const session = await requireSession(context);
  const { services } = await session.snapshot();
  requireServices(
    names,
    services.map(({ name }) => name),
  );
  const reports = await session.probe(names);
  session.close();
  const chosen = chosenServices(services, names);
  const isHealthy = chosen.every((view) => judge(view, reports));
  if (options.json === true) {
    output.print(
      jsonData({ healthy: isHealthy, services: reports.map(({ service, ...rest }) => ({ name: service, ...rest })) }),
    );
  } else {
    const rows = reports.map(toRow);
    const width = terminal.size()?.columns ?? Infinity;
    output.show(renderTable(COLUMNS, rows, width, output.paint).join('\n'));
  }
  return isHealthy ? EXIT.ok : EXIT.notReady;
}

const COLUMNS = [
  { heading: 'NAME', minWidth: 8 },
  { heading: 'HEALTH' },
  { heading: 'LATENCY', align: 'right', dropOrder: 0 },
  { heading: 'ANSWER', minWidth: 10 },
] as const;

/** A service without a probe is as healthy as its state. */
function judge(view: ServiceView, reports: readonly ProbeReport[]): boolean {
  const health = reports.find(({ service }) => service === view.name)?.health ?? null;
  return health === null ? isSettled(view) : health.status === 'pass';
}

function toRow({ service, health, message }: ProbeReport): Row {
  const status: Cell =
    health === null
      ? { text: UNKNOWN, tone: 'muted' }
      : health.status === 'pass'
        ? health.slowAboveMs === undefined
          ? { text: '● pass', tone: 'ok' }
          : { text: '▲ slow', tone: 'warn' }
        : { text: `▲ ${health.status}`, tone: 'warn' };
  return {
    cells: [{ text: service }, status, { text: formatLatency(health?.latencyMs ?? null) }, { text: message }],
    notes: (health?.components ?? []).map((component) => ({
      text: `  └ ${component.name}: ${component.status}${component.message === undefined ? '' : `, ${component.message}`}`,
      ...(component.ok ? {} : { tone: 'warn' as const }),
    })),
  };
}
