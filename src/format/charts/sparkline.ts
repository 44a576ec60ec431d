// A row of small bars, one column a value.

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * One bar for each value, full height at `max` and above. An unknown value (null) is a space.
 * @param max the value of a full bar; at 0 or below every bar is the lowest
 */
export function sparkline(values: readonly (number | null)[], max: number): string {
  return values.map((value) => (value === null ? ' ' : bar(value, max))).join('');
}

function bar(value: number, max: number): string {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return BARS[Math.round(share * (BARS.length - 1))] ?? BARS[0];
}
