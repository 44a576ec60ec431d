// The last values of a measure, one for each slot of time: whatever the pace of the samples, a chart of them has an even
// scale of time. Pure; the owner passes the time.

export interface SlotHistory {
  /** Index of the newest slot since the clock's zero. */
  readonly slot: number;
  /** Oldest first, the newest for `slot`; null where nothing was known. */
  readonly values: readonly (number | null)[];
}

export interface SlotRules {
  readonly slotMs: number;
  /** Slots kept. */
  readonly length: number;
  /** For so many slots of silence a value still stands; after them nothing is known. */
  readonly heldSlots: number;
}

/** Adds a sample; a second one in the same slot replaces the first. A clock that was set back starts over. */
export function addSample(
  history: SlotHistory | undefined,
  value: number | null,
  nowMs: number,
  rules: SlotRules,
): SlotHistory {
  const slot = Math.floor(nowMs / rules.slotMs);
  if (history === undefined || slot < history.slot) return { slot, values: [value] };
  const before = slot === history.slot ? history.values.slice(0, -1) : valuesUntil(history, slot - 1, rules);
  return { slot, values: [...before, value].slice(-rules.length) };
}

/** The values up to and with this slot. */
export function valuesUntil(history: SlotHistory, slot: number, rules: SlotRules): readonly (number | null)[] {
  const last = history.values.at(-1) ?? null;
  const silent = Math.max(0, Math.min(slot - history.slot, rules.length));
  const filler = Array.from({ length: silent }, (_, index) => (index < rules.heldSlots ? last : null));
  return [...history.values, ...filler].slice(-rules.length);
}
