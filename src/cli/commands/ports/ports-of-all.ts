// `ports --all`: the sessions of this user on this machine, and the ports that their services have. Needs no project.

import { DevError, EXIT } from '../../../errors.ts';
import { printable } from '../../../core/output/log-line.ts';
import { worktreeOf } from '../../../config/worktree.ts';
import { projectLabel } from '../../../format/address.ts';
import { UNKNOWN } from '../../../format/quantity.ts';
import { renderTable, type Column } from '../../../format/table.ts';
import type { CliContext } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';

const LONGEST_TEXT = 4096;

const COLUMNS: readonly Column[] = [
  { heading: 'PROJECT', minWidth: 8 },
  { heading: 'SERVICE', minWidth: 8 },
  { heading: 'PORT', align: 'right' },
  { heading: 'FOLDER', minWidth: 12, dropOrder: 1 },
];

export async function showPortsOfAll(context: CliContext, { asJson }: { readonly asJson: boolean }): Promise<void> {
  const { output, terminal } = context;
  const ledger = await context.portLedger();
  const inForce = (await ledger.list()).filter((entry) => entry.isInForce);
  const sessions = (await ledger.sessions()).map(({ project, root, pid }) => ({
    project,
    root,
    pid,
    services: inForce.filter((entry) => entry.root === root).map(({ service, port }) => ({ name: service, port })),
  }));
  if (ledger.problem !== undefined) {
    // What cannot be known is not "none".
    throw new DevError({ code: 'system', exitCode: EXIT.notReady, message: ledger.problem });
  }
  if (asJson) {
    output.print(jsonData({ sessions }));
    return;
  }
  if (sessions.length === 0) {
    output.print('No session is running on this machine.');
    return;
  }
  const rows = sessions.flatMap(({ project, root, services }) =>
    (services.length === 0 ? [{ name: UNKNOWN, port: UNKNOWN }] : services).map(({ name, port }) => ({
      cells: [projectLabel(project, root, worktreeOf(root)), name, String(port), root].map((text) => ({
        text: printable(text, LONGEST_TEXT),
      })),
    })),
  );
  output.show(renderTable(COLUMNS, rows, terminal.size()?.columns ?? Infinity, output.paint).join('\n'));
}
