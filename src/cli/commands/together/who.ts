// `who`: the clients of the session, each with its actor, pid and start.

import { EXIT, type ExitCode } from '../../../errors.ts';
import { UNKNOWN } from '../../../format/quantity.ts';
import { renderTable, type Column } from '../../../format/table.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { requireSession } from '../../context/require-session.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'WHO', minWidth: 8 },
  { heading: 'KIND' },
  { heading: 'BY' },
  { heading: 'PID', align: 'right' },
  { heading: 'SINCE', dropOrder: 1 },
];

export async function run(context: CliContext, { options }: CommandRequest): Promise<ExitCode> {
  const { output, terminal } = context;
  const session = await requireSession(context);
  // The last one is this command.
  const clients = (await session.clients()).slice(0, -1);
  const { leases = {} } = (await session.snapshot()).session;
  session.close();
  if (options.json === true) {
    const shown = clients.map(({ actor, role, since }) => ({ ...actor, role, since }));
    const held = Object.entries(leases).map(([service, lease]) => ({ service, ...lease }));
    output.print(jsonData({ clients: shown, leases: held }));
    return EXIT.ok;
  }
  if (clients.length === 0) output.print('Nobody else is connected.');
  else {
    const rows = clients.map(({ actor: { name, kind, via, pid }, since }) => ({
      cells: [name, kind, via, pid === null ? UNKNOWN : String(pid), since].map((text) => ({ text })),
    }));
    output.print(renderTable(COLUMNS, rows, terminal.size()?.columns ?? Infinity, output.paint).join('\n'));
  }
  for (const [service, { holder, why, until }] of Object.entries(leases)) {
    output.print(`${service} is locked by ${holder} until ${until}${why === '' ? '' : `: ${why}`}`);
  }
  return EXIT.ok;
}
