// CPU use of whole trees: the time their processes used since the last look, as a share of one core.
// Counted by process identity, so neither a reused pid nor a child that ended can make the figure jump or turn negative.

import type { ProcessIdentity } from '../system.ts';

/** The system counts in ticks of 10 ms, which makes a shorter span too coarse; the last figure stands until then. */
const SHORTEST_SPAN_MS = 400;
/** A tree that is no longer asked for is forgotten. */
const FORGET_AFTER_MS = 60_000;

interface CpuRow extends ProcessIdentity {
  /** Used by the process itself since it began. */
  readonly cpuMs: number;
}

interface Reading extends CpuUse {
  readonly atMs: number;
  /** Start time of the youngest process of all, to tell one born since from one that only now joined the tree. */
  readonly youngestTicks: number;
  readonly cpuMsOf: ReadonlyMap<string, number>;
}

export interface CpuMeter {
  /** Of one tree. */
  measure(
    leader: ProcessIdentity,
    tree: readonly CpuRow[],
    now: { readonly atMs: number; readonly youngestTicks: number },
  ): CpuUse;
}

export interface CpuUse {
  /** Null until there are two readings. */
  readonly cpuPercent: number | null;
  /** Since the first reading, with what the tree had used by then. Never goes back. */
  readonly cpuMs: number;
}

export function createCpuMeter(): CpuMeter {
  const readings = new Map<string, Reading>();
  return {
    measure: (leader, tree, now) => {
      const key = identityKey(leader);
      const last = readings.get(key);
      if (last && now.atMs - last.atMs < SHORTEST_SPAN_MS) return last;
      const usedMs = last ? usedSince(last, tree) : tree.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
      const reading = {
        ...now,
        cpuMsOf: new Map(tree.map((row) => [identityKey(row), row.cpuMs])),
        cpuPercent: last ? Math.round((usedMs / (now.atMs - last.atMs)) * 1000) / 10 : null,
        cpuMs: (last?.cpuMs ?? 0) + usedMs,
      };
      readings.set(key, reading);
      for (const [other, { atMs }] of readings) if (now.atMs - atMs > FORGET_AFTER_MS) readings.delete(other);
      return reading;
    },
  };
}

/** A process that joined with a past of its own counts from the next look on. */
function usedSince(last: Reading, tree: readonly CpuRow[]): number {
  let usedMs = 0;
  for (const row of tree) {
    const isNewborn = row.startTicks > last.youngestTicks;
    usedMs += row.cpuMs - (last.cpuMsOf.get(identityKey(row)) ?? (isNewborn ? 0 : row.cpuMs));
  }
  return usedMs;
}

function identityKey({ pid, startTicks }: ProcessIdentity): string {
  return `${pid}:${startTicks}`;
}
