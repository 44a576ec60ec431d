// What all services together used of CPU and memory in the last minutes: one value for each look at the process trees,
// a bounded number of them.

import type { ServiceName } from '../../core/model/project.ts';
import type { UsageHistory } from '../../core/model/session.ts';
import { addSample, valuesUntil, type SlotHistory } from '../../core/view/slot-history.ts';
import type { TreeFacts } from '../../core/view/view.ts';
import type { Clock } from '../../system/system.ts';

/** A quarter of an hour. Nobody looks for up to ten seconds while nobody watches; a longer silence is a gap. */
const RULES = { slotMs: 2_000, length: 450, heldSlots: 6 };

export class UsageLog {
  readonly #clock: Clock;
  #cpuPercent: SlotHistory | undefined;
  #rssBytes: SlotHistory | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sample(trees: ReadonlyMap<ServiceName, TreeFacts>): void {
    const nowMs = this.#clock.nowMs();
    const facts = [...trees.values()];
    this.#cpuPercent = addSample(this.#cpuPercent, sum(facts.map(({ cpuPercent }) => cpuPercent)), nowMs, RULES);
    this.#rssBytes = addSample(this.#rssBytes, sum(facts.map(({ rssBytes }) => rssBytes)), nowMs, RULES);
  }

  /** The newest `count` values. */
  read(count: number): UsageHistory {
    const slot = Math.floor(this.#clock.nowMs() / RULES.slotMs);
    const newest = (history: SlotHistory | undefined): readonly (number | null)[] =>
      history === undefined || count <= 0 ? [] : valuesUntil(history, slot, RULES).slice(-count);
    return { everyMs: RULES.slotMs, cpuPercent: newest(this.#cpuPercent), rssBytes: newest(this.#rssBytes) };
  }
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return Math.round(known.reduce((total, value) => total + value, 0) * 10) / 10;
}
