// The actions of a project, a line each, for `do`.

import type { ActionView } from '../../core/session/snapshot.ts';
import { parameterUsage } from '../../core/rules/action-values.ts';
import { renderTable, type Column } from '../../format/table.ts';
import type { CliContext } from '../context/context.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'ACTION', minWidth: 6 },
  { heading: 'SERVICE' },
  { heading: 'NOW' },
  { heading: 'PARAMETERS', minWidth: 10 },
];

export function actionTable({ output, terminal }: CliContext, actions: readonly ActionView[]): readonly string[] {
  if (actions.length === 0) return ['The config has no actions; see "Actions" in docs/config.md.'];
  const rows = actions.map(({ name, service, params, running }) => ({
    cells: [
      name,
      service,
      running === null ? '' : `run ${running.run} by ${running.by}`,
      params.map(parameterUsage).join(' '),
    ].map((text) => ({ text })),
  }));
  return renderTable(COLUMNS, rows, terminal.size()?.columns ?? Infinity, output.paint);
}
