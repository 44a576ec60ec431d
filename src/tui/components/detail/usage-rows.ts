// The charts of what all services use together. Each measure has a row with its value now and the value of a full
// chart, and the chart below it.

import type { UsageHistory } from '../../../core/session/inspection.ts';
import { brailleChart } from '../../../format/charts/braille.ts';
import { formatBytes, formatPercent } from '../../../format/quantity.ts';
import { displayWidth, truncate } from '../../../format/text.ts';
import type { ScreenTone } from '../../paint/theme.ts';
import type { SpanRow } from '../kit/rows.tsx';

interface Paper {
  readonly width: number;
  readonly rows: number;
}

interface Measure {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly scale: number;
  readonly tone: ScreenTone;
  readonly format: (value: number | null) => string;
}

const MEBIBYTE = 1024 * 1024;
/** A chart is never scaled to less than this: it would make mountains of noise. */
const LEAST_PERCENT = 10;
const LEAST_BYTES = 64 * MEBIBYTE;

/** The number of values that a chart of this width shows. */
export function valuesInWidth(width: number): number {
  return Math.max(0, width - 2) * 2;
}

/** Exactly `rows` rows, each at most `width` columns. */
export function usageRows(usage: UsageHistory | undefined, { width, rows }: Paper): readonly SpanRow[] {
  const cpuRows = Math.ceil(rows / 2);
  const cpu = usage?.cpuPercent ?? [];
  const memory = usage?.rssBytes ?? [];
  return [
    ...measureRows(
      { name: 'CPU', values: cpu, scale: roundScale(peak(cpu)), tone: 'ok', format: formatPercent },
      { width, rows: cpuRows },
    ),
    ...measureRows(
      { name: 'memory', values: memory, scale: byteScale(peak(memory)), tone: 'busy', format: formatBytes },
      { width, rows: rows - cpuRows },
    ),
  ];
}

function measureRows({ name, values, scale, tone, format }: Measure, { width, rows }: Paper): readonly SpanRow[] {
  const room = Math.max(0, width - 2);
  const now = truncate(`${name}  ${format(values.at(-1) ?? null)}`, room);
  const top = `max ${format(scale)}`;
  const gap = room - displayWidth(now) - displayWidth(top);
  const head: SpanRow = [{ text: ` ${now.slice(0, name.length)}`, tone: 'muted' }, { text: now.slice(name.length) }];
  const chart = brailleChart(values, { columns: room, rows: rows - 1, max: scale });
  return [
    gap < 1 ? head : [...head, { text: ' '.repeat(gap) + top, tone: 'muted' }],
    ...chart.map((row): SpanRow => [{ text: ` ${row}`, tone }]),
  ];
}

/** The largest value; 0 if none is known. */
export function peak(values: readonly (number | null)[]): number {
  return Math.max(0, ...values.map((value) => value ?? 0));
}

/** The next of 10, 15, 20, 30, 50, 100 … */
export function roundScale(value: number): number {
  if (value <= LEAST_PERCENT) return LEAST_PERCENT;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 3, 5].find((step) => step * power >= value) ?? 10) * power;
}

/** The next of 64, 96, 128, 192, 256 MiB …: amounts that need no fraction for a long time. */
export function byteScale(bytes: number): number {
  let scale = LEAST_BYTES;
  while (scale < bytes) scale = scale * 1.5 >= bytes ? scale * 1.5 : scale * 2;
  return scale;
}
