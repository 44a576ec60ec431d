// How long each service took to come up, phase by phase; what the start waited for longest is marked.

import { phaseTimes } from '../../core/view/startup.ts';
import type { ServiceStart, Startup } from '../../core/session/startup.ts';
import { UNKNOWN } from '../../format/quantity.ts';
import { startTime } from '../../format/startup.ts';
import { renderTable, type Cell, type Paint } from '../../format/table.ts';

const COLUMNS = [
  { heading: '' },
  { heading: 'NAME', minWidth: 8 },
  { heading: 'WAITING', align: 'right', dropOrder: 1 },
  { heading: 'BEFORE', align: 'right', dropOrder: 2 },
  { heading: 'STARTING', align: 'right', dropOrder: 0 },
  { heading: 'READY AFTER', align: 'right' },
] as const;

/** @param width the most columns a line may take */
export function startupTable(startup: Startup, width: number, paint: Paint): readonly string[] {
  const critical = new Set(startup.criticalPath.map(({ service }) => service));
  const rows = startup.services.map((start) => {
    const { waitingMs, beforeMs, startingMs } = phaseTimes(start, startup.elapsedMs);
    const mark: Cell = critical.has(start.service) ? { text: '→', tone: 'busy' } : { text: '' };
    const times = [waitingMs, beforeMs, startingMs].map((ms): Cell => ({
      text: ms === 0 ? UNKNOWN : startTime(ms),
    }));
    return { cells: [mark, { text: start.service }, ...times, outcomeCell(start)] };
  });
  return renderTable(COLUMNS, rows, width, paint);
}

function outcomeCell({ outcome, doneMs }: ServiceStart): Cell {
  if (outcome === 'ready') return { text: startTime(doneMs ?? 0) };
  if (outcome === 'coming') return { text: 'not yet', tone: 'busy' };
  return { text: outcome, tone: outcome === 'failed' ? 'fail' : 'muted' };
}

/** As `--json` prints it: for each service the sum of each phase, beside the phases themselves. */
export function startupJson(startup: Startup): unknown {
  return {
    ...startup,
    services: startup.services.map((start) => {
      const { service, outcome, phases } = start;
      return { service, outcome, ...phaseTimes(start, startup.elapsedMs), phases };
    }),
  };
}
