// Reads the history for a command, and prints it: a line for each fact, with the day above those of a day.

import type { EventFact } from '../../core/session/events.ts';
import type { HistoryItem, MinuteRow, StateChange } from '../../core/session/history.ts';
import { DevError, EXIT, messageOf } from '../../errors.ts';
import { pastLine } from '../../format/past.ts';
import type { Since } from '../arguments/option-values.ts';
import type { CliContext } from '../context/context.ts';
import { isAmong, requireServices } from '../context/services.ts';

interface Past {
  readonly items: readonly HistoryItem[];
  readonly minutes: readonly MinuteRow[];
  /** Empty unless asked for. */
  readonly states: readonly StateChange[];
  readonly isRunning: boolean;
}

/** @throws DevError for a name that no service has or had, and for a history that cannot be read */
export async function readPast(
  context: CliContext,
  query: {
    readonly names: readonly string[];
    readonly sinceMs: number;
    readonly types?: readonly EventFact['type'][];
    /** Whether states are asked for, and from when on what services used. */
    readonly sums?: { readonly minutesSinceMs: number };
  },
): Promise<Past> {
  const session = await context.findSession('command');
  await session?.syncHistory();
  session?.close();
  const isRunning = session !== undefined;
  const { names, sinceMs, types, sums } = query;
  try {
    const history = await context.history();
    const all = history?.items({ sinceMs, ...(types === undefined ? {} : { types }) }) ?? [];
    if (names.length > 0) await requireKnown(context, names, all);
    const isWanted = (service: string): boolean => names.length === 0 || isAmong(service, names);
    const items = names.length === 0 ? all : all.filter((item) => !('service' in item) || isWanted(item.service));
    const services = [...new Set(items.flatMap((item) => ('service' in item ? [item.service] : [])))];
    const states = sums === undefined ? [] : (history?.states(sinceMs) ?? []);
    const minutes = sums === undefined ? [] : history?.minutes({ sinceMs: sums.minutesSinceMs, services });
    history?.close();
    const own = states.filter(({ service }) => service === null || isWanted(service));
    return { items, minutes: minutes ?? [], states: own, isRunning };
  } catch (error) {
    if (error instanceof DevError) throw error;
    throw new DevError({
      code: 'refused',
      exitCode: EXIT.notReady,
      message: `The history cannot be read: ${messageOf(error)}.`,
      hint: 'a session puts a broken one aside when it writes next; ./dev events has the last session',
    });
  }
}

export function sinceMsOf(since: Since | undefined, nowMs: number): number | undefined {
  if (since === undefined) return undefined;
  return 'atMs' in since ? since.atMs : nowMs - since.agoMs;
}

/** A service that has left the config may still be asked for. */
async function requireKnown(
  context: CliContext,
  names: readonly string[],
  items: readonly HistoryItem[],
): Promise<void> {
  const past = items.flatMap((item) => ('service' in item ? [item.service] : []));
  const { services } = await context.loadProject();
  requireServices(names, [...new Set([...services.map(({ name }) => name), ...past])]);
}

/** A line each, with the whole time, for a file. */
export function plainPast(items: readonly HistoryItem[]): readonly string[] {
  return items.map((item) => {
    const { service, text } = pastLine(item);
    return `${item.at}  ${service === '' ? '' : `${service}: `}${text}`;
  });
}

export function pastLines({ output: { paint } }: CliContext, items: readonly HistoryItem[]): readonly string[] {
  const lines = items.map((item) => ({ ...pastLine(item), ...localTime(item.at) }));
  const width = Math.min(24, Math.max(0, ...lines.map(({ service }) => service.length)));
  return lines.flatMap(({ day, time, service, text, tone }, index) => [
    ...(lines[index - 1]?.day === day ? [] : [paint('heading', day)]),
    `  ${paint('muted', time)}  ${service.padEnd(width)}  ${paint(tone, text)}`,
  ]);
}

function localTime(at: string): { readonly day: string; readonly time: string } {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return {
    day: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    time: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
  };
}
