// Processes as a tree is read: each parent before its children, and how deep each stands.

interface Node {
  readonly pid: number;
  readonly ppid: number;
}

/** Siblings keep their order. A process whose parent is not among them stands at depth 0. */
export function inTreeOrder<Row extends Node>(rows: readonly Row[]): readonly (Row & { readonly depth: number })[] {
  const pids = new Set(rows.map(({ pid }) => pid));
  const below = (ppid: number, depth: number): readonly (Row & { readonly depth: number })[] =>
    rows.filter((row) => row.ppid === ppid).flatMap((row) => [{ ...row, depth }, ...below(row.pid, depth + 1)]);
  return rows.filter(({ ppid }) => !pids.has(ppid)).flatMap((row) => [{ ...row, depth: 0 }, ...below(row.pid, 1)]);
}
