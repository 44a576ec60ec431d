// How a line of output is printed: with or without the name of its service, the time, and colour.

import { styleText } from 'node:util';
import type { ServiceName } from '../../core/model/project.ts';
import type { LogLine } from '../../core/session/log-query.ts';
import { withoutColour } from '../../core/output/plain-line.ts';
import { fit } from '../../format/text.ts';
import { localTime } from '../../format/locale.ts';
import type { Output } from '../context/output.ts';

/** Lines of a service that its log no longer held when they were to be read. */
export interface LostLines {
  readonly service: ServiceName;
  readonly lost: number;
}

export interface LinePrinter {
  line(service: ServiceName, line: LogLine): string;
  lost(item: LostLines): string;
  /** What we say about a service among its lines. */
  remark(service: ServiceName, text: string): string;
}

export interface LineStyle {
  /** One name in front of each line when set; all names, so that they align. */
  readonly prefixFor: readonly ServiceName[] | undefined;
  readonly timestamps: boolean;
  /** Prints the bytes as they were written. */
  readonly raw: boolean;
}

const MAX_NAME_WIDTH = 20;
const NAME_COLORS = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red'] as const;

export function createLinePrinter(
  { hasColor, paint }: Pick<Output, 'hasColor' | 'paint'>,
  style: LineStyle,
): LinePrinter {
  const prefixes = new Map<ServiceName, string>();
  for (const [name, prefix] of logPrefixes(style.prefixFor ?? [])) {
    const color = NAME_COLORS[prefixes.size % NAME_COLORS.length] ?? 'cyan';
    prefixes.set(name, hasColor ? styleText(color, prefix, { validateStream: false }) : prefix);
  }
  const prefixOf = (service: ServiceName): string => prefixes.get(service) ?? '';
  const remark = (service: ServiceName, text: string): string => prefixOf(service) + text;

  return {
    remark,
    line: (service, { time, text }) => {
      const stamp = style.timestamps ? `${paint('muted', localTime(time))} ` : '';
      return prefixOf(service) + stamp + (style.raw ? text : bounded(text, { hasColor }));
    },
    lost: ({ service, lost }) => remark(service, paint('warn', `… ${lost} lines are no longer kept …`)),
  };
}

/** Colour that a line switches on ends with it. */
function bounded(text: string, { hasColor }: { readonly hasColor: boolean }): string {
  if (!text.includes('\u001B')) return text;
  return hasColor ? `${text}\u001B[0m` : withoutColour(text);
}

/** The names in front of merged lines, "backend  │ ": all of one width, without colour. */
function logPrefixes(names: readonly string[]): ReadonlyMap<string, string> {
  const width = Math.min(MAX_NAME_WIDTH, Math.max(0, ...names.map((name) => name.length)));
  return new Map(names.map((name) => [name, `${fit(name, width)} │ `]));
}
