import { expect, it } from 'vitest';
import { selectLayout } from '../../../src/tui/state/selectors.ts';
import { serviceView } from '../../fakes/fake-session.ts';
import { screenState } from '../../helpers/render-part.tsx';

const services = Array.from({ length: 16 }, (_, index) => serviceView({ name: `s${index}` }));
const rowsOf = (columns: number, rows: number, logLines: number | undefined) => {
  const { table, logs } = selectLayout(screenState(services, { size: { columns, rows }, logLines }))!;
  return { table: table!.rows, logs: logs!.rows };
};

it('leaves its room to the table, as long as the lines of the log stay in sight', () => {
  expect(rowsOf(120, 40, 2).table).toBe(17);
  expect(rowsOf(120, 40, 14).table).toBe(15);
  expect(rowsOf(120, 40, 14).logs).toBeGreaterThan(14);
  expect(rowsOf(120, 40, undefined).table).toBe(15);
});

it('leaves the detail beside it enough', () => {
  expect(rowsOf(200, 40, 2).logs).toBeGreaterThan(16);
});
