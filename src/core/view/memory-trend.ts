// Whether memory grows, and how fast. Told from floors: the least memory of a stretch of time is what is left after a
// collection of garbage. Believed only when each stretch has its share, so that a step, as of a cache that was filled, and a
// warm-up that has ended are no growth; and the shorter the time, the more it must be. Pure.

/** The least value of each slot of time. */
interface Floors {
  /** The slot that goes on, counted since the clock's zero. */
  readonly slot: number;
  readonly least: number;
  /** Of the slots before, oldest first. */
  readonly values: readonly number[];
}

export interface MemoryTrend {
  readonly quarterMinutes: Floors;
  readonly minutes: Floors;
}

const MIB = 1024 ** 2;
const HOUR_MS = 3_600_000;
const QUARTER_MINUTE = { slotMs: 15_000, length: 8 };
const MINUTE = { slotMs: 60_000, length: 120 };
/** Each part must grow at least by this part of what all grow on average. */
const STEADY = 0.5;

/** After a gap, or a clock that was set, it starts again. */
export function withMemory(trend: MemoryTrend | undefined, rssBytes: number, nowMs: number): MemoryTrend {
  return {
    quarterMinutes: withFloor(trend?.quarterMinutes, rssBytes, nowMs, QUARTER_MINUTE),
    minutes: withFloor(trend?.minutes, rssBytes, nowMs, MINUTE),
  };
}

/** Bytes an hour; 0 when it does not grow for sure, undefined while there is too little to tell. */
export function memoryGrowth({ quarterMinutes, minutes }: MemoryTrend): number | undefined {
  return quickGrowth(quarterMinutes.values) || slowGrowth(minutes.values);
}

/** The same of the least memory of each minute, oldest first. */
export function slowGrowth(minutes: readonly number[]): number | undefined {
  if (minutes.length < 60) return undefined;
  const hour = growth(minutes.slice(-60), { parts: 8, leastBytes: 60 * MIB, slotMs: MINUTE.slotMs });
  if (hour > 0 || minutes.length < MINUTE.length) return hour;
  return growth(minutes.slice(-MINUTE.length), { parts: 5, leastBytes: 0, slotMs: MINUTE.slotMs });
}

function quickGrowth(values: readonly number[]): number {
  if (values.length < QUARTER_MINUTE.length) return 0;
  return growth(values, { parts: QUARTER_MINUTE.length, leastBytes: 30 * MIB, slotMs: QUARTER_MINUTE.slotMs });
}

function growth(
  values: readonly number[],
  { parts, leastBytes, slotMs }: { readonly parts: number; readonly leastBytes: number; readonly slotMs: number },
): number {
  const edge = (part: number): number => Math.round((part * values.length) / parts);
  const floors = Array.from({ length: parts }, (_, part) => Math.min(...values.slice(edge(part), edge(part + 1))));
  const rises = floors.slice(1).map((floor, part) => floor - (floors[part] ?? 0));
  const total = (floors.at(-1) ?? 0) - (floors[0] ?? 0);
  const usual = total / rises.length;
  const isSteady = total > leastBytes && rises.every((rise) => rise >= usual * STEADY);
  return isSteady ? (usual * parts * HOUR_MS) / (values.length * slotMs) : 0;
}

function withFloor(
  floors: Floors | undefined,
  value: number,
  nowMs: number,
  { slotMs, length }: { readonly slotMs: number; readonly length: number },
): Floors {
  const slot = Math.floor(nowMs / slotMs);
  if (floors === undefined || slot < floors.slot || slot > floors.slot + 2) return { slot, least: value, values: [] };
  if (slot === floors.slot) return value >= floors.least ? floors : { ...floors, least: value };
  return { slot, least: value, values: [...floors.values, floors.least].slice(-length) };
}
