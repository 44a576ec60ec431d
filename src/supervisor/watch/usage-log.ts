// CPU and memory of the services in the last minutes, each and all together: one value for each measurement, and a
// bounded number of values.

import type { ServiceName } from '../../core/model/project.ts';
import type { UsageHistory, UsageValues } from '../../core/session/inspection.ts';
import { addSample, valuesUntil, type SlotHistory } from '../../core/view/slot-history.ts';
import type { TreeFacts } from '../../core/view/view.ts';
import type { Clock } from '../../system/system.ts';

/** A quarter of an hour. Without a screen a value comes every ten seconds; a longer silence is a gap. */
const RULES = { slotMs: 2_000, length: 450, heldSlots: 6 };

interface Usage {
  readonly cpuPercent: number | null;
  readonly rssBytes: number | null;
}

interface History {
  readonly cpuPercent: SlotHistory;
  readonly rssBytes: SlotHistory;
}

export class UsageLog {
  readonly #clock: Clock;
  #together: History | undefined;
  readonly #each = new Map<ServiceName, History>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sample(trees: ReadonlyMap<ServiceName, TreeFacts>): void {
    const nowMs = this.#clock.nowMs();
    const facts = [...trees.values()];
    const together = {
      cpuPercent: sum(facts.map(({ cpuPercent }) => cpuPercent)),
      rssBytes: sum(facts.map(({ rssBytes }) => rssBytes)),
    };
    this.#together = added(this.#together, together, nowMs);
    for (const [service, usage] of trees) this.#each.set(service, added(this.#each.get(service), usage, nowMs));
    this.#forgetOld(nowMs);
  }

  /** The newest `count` values. */
  read(count: number, { perService = false }: { readonly perService?: boolean } = {}): UsageHistory {
    const each = perService ? [...this.#each].map(([service, history]) => [service, this.#newest(history, count)]) : [];
    return {
      everyMs: RULES.slotMs,
      ...this.#newest(this.#together, count),
      ...(perService ? { services: Object.fromEntries(each) as Record<ServiceName, UsageValues> } : {}),
    };
  }

  #newest(history: History | undefined, count: number): UsageValues {
    if (history === undefined || count <= 0) return { cpuPercent: [], rssBytes: [] };
    const slot = Math.floor(this.#clock.nowMs() / RULES.slotMs);
    return {
      cpuPercent: valuesUntil(history.cpuPercent, slot, RULES).slice(-count),
      rssBytes: valuesUntil(history.rssBytes, slot, RULES).slice(-count),
    };
  }

  /** Services that left the session, or stopped long ago. */
  #forgetOld(nowMs: number): void {
    const oldest = Math.floor(nowMs / RULES.slotMs) - RULES.length;
    for (const [service, { cpuPercent }] of this.#each) if (cpuPercent.slot < oldest) this.#each.delete(service);
  }
}

function added(history: History | undefined, usage: Usage, nowMs: number): History {
  return {
    cpuPercent: addSample(history?.cpuPercent, usage.cpuPercent, nowMs, RULES),
    rssBytes: addSample(history?.rssBytes, usage.rssBytes, nowMs, RULES),
  };
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return Math.round(known.reduce((total, value) => total + value, 0) * 10) / 10;
}
