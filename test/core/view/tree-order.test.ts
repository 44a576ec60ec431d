import { expect, it } from 'vitest';
import { inTreeOrder } from '../../../src/core/view/tree-order.ts';

const row = (pid: number, ppid: number) => ({ pid, ppid });
const shape = (rows: readonly { readonly pid: number; readonly ppid: number }[]) =>
  inTreeOrder(rows).map(({ pid, depth }) => `${' '.repeat(depth)}${pid}`);

it('the tree has every process below its parent, in the order of its siblings', () => {
  expect(shape([row(10, 1), row(11, 10), row(12, 10), row(13, 11), row(14, 12)])).toEqual([
    '10',
    ' 11',
    '  13',
    ' 12',
    '  14',
  ]);
});

it('the tree has a daemon without a parent beside the leader', () => {
  expect(shape([row(20, 1), row(10, 5), row(11, 10)])).toEqual(['20', '10', ' 11']);
});
