// Families of metrics as text: OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/), or the older text
// format 0.0.4, which every scraper reads. Families are whole and come one after the other; what is not known has no sample.

import type { Histogram } from '../../core/session/tallies.ts';

export type MetricFormat = 'openmetrics' | 'text';

type Labels = Readonly<Record<string, string>>;

interface FamilyHead {
  /** Without the suffix of its type. */
  readonly name: string;
  readonly unit?: 'seconds' | 'bytes' | 'ratio';
  readonly help: string;
}

/** A sample of null is not known. */
export type Family = FamilyHead &
  (
    | {
        readonly type: 'gauge' | 'counter' | 'info' | 'stateset';
        readonly samples: readonly { readonly labels: Labels; readonly value: number | null }[];
      }
    | {
        readonly type: 'histogram';
        readonly samples: readonly { readonly labels: Labels; readonly value: Histogram | null }[];
      }
  );

/** Ends with a line end. */
export function metricText(families: readonly Family[], format: MetricFormat): string {
  const lines = families.flatMap((family) => familyLines(family, format));
  return `${[...lines, ...(format === 'openmetrics' ? ['# EOF'] : [])].join('\n')}\n`;
}

const SUFFIXES = { counter: '_total', info: '_info', gauge: '', stateset: '', histogram: '' } as const;

function familyLines(family: Family, format: MetricFormat): readonly string[] {
  const { name, type, unit, help } = family;
  const sampleName = `${name}${SUFFIXES[type]}`;
  const isOpen = format === 'openmetrics';
  // The older format knows no suffixes and no types of its own for facts and states.
  const known = type === 'info' || type === 'stateset' ? 'gauge' : type;
  return [
    isOpen ? `# TYPE ${name} ${type}` : `# TYPE ${sampleName} ${known}`,
    ...(unit === undefined || !isOpen ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${isOpen ? name : sampleName} ${escape(help)}`,
    ...(family.type === 'histogram'
      ? family.samples.flatMap(({ labels, value }) => (value === null ? [] : histogramLines(name, labels, value)))
      : family.samples.flatMap(({ labels, value }) =>
          value === null ? [] : [`${sampleName}${labelText(labels)} ${value}`],
        )),
  ];
}

function histogramLines(name: string, labels: Labels, { bounds, counts, sum }: Histogram): readonly string[] {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    const bound = bounds[index];
    return `${name}_bucket${labelText({ ...labels, le: bound === undefined ? '+Inf' : floatText(bound) })} ${total}`;
  });
  const labelled = labelText(labels);
  return [...buckets, `${name}_count${labelled} ${total}`, `${name}_sum${labelled} ${rounded(sum)}`];
}

/** As scrapers compare it: `1.0`, `0.25`. */
function floatText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

/** Sums of many fractions, without the noise of their last binary digits. */
function rounded(sum: number): number {
  return Math.round(sum * 1e6) / 1e6;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
