// `history`: how the services did lately, over all sessions: starts, crashes and restarts, and what a person should know.
// Needs no session.

import { insights } from '../../../core/history/insights.ts';
import { summarize, type ServiceSummary } from '../../../core/history/summary.ts';
import type { EventFact } from '../../../core/session/events.ts';
import type { HistoryItem } from '../../../core/session/history.ts';
import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { pastLines, readPast, sinceMsOf } from '../../text/past.ts';

const USUAL_DAYS = 7;
const DAY_MS = 24 * 3_600_000;
/** Memory is looked at for the last hours. */
const MEMORY_MS = 3 * 3_600_000;
const NEEDED: readonly EventFact['type'][] = [
  'start',
  'crash',
  'restart',
  'conflict',
  'conflictEnded',
  'action',
  'alert',
  'commit',
];
const SUMMED: readonly EventFact['type'][] = [...NEEDED, 'session'];

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const nowMs = context.clock.wallMs();
  const sinceMs = sinceMsOf(options.since, nowMs) ?? nowMs - USUAL_DAYS * DAY_MS;
  const { items, minutes, states, isRunning } = await readPast(context, {
    names,
    sinceMs,
    types: SUMMED,
    sums: { minutesSinceMs: Math.max(sinceMs, nowMs - MEMORY_MS) },
  });
  const shown = items.filter(
    (item) => NEEDED.includes(item.type) && !(item.type === 'action' && item.state === 'began'),
  );
  const summary = summarize(items, states, { nowMs, isRunning });
  const known = insights(shown, minutes, nowMs);
  if (options.json === true) context.output.print(jsonData({ items: shown, summary, insights: known }));
  else context.output.print(asText(context, shown, summary, known).join('\n'));
  return EXIT.ok;
}

function asText(
  context: CliContext,
  items: readonly HistoryItem[],
  summary: Readonly<Record<string, ServiceSummary>>,
  known: ReturnType<typeof insights>,
): readonly string[] {
  const { paint } = context.output;
  if (items.length === 0) return ['Nothing has happened in that time.'];
  const sums = Object.entries(summary).map(([service, sum]) => `${service}: ${sumText(sum)}`);
  const told = known.map(({ service, text }) => paint('warn', `! ${service}: ${text}`));
  return [...pastLines(context, items), '', ...sums, ...(told.length === 0 ? [] : ['', ...told])];
}

function sumText({ starts, crashes, restarts, uptimeShare, meanTimeToRecoveryMs }: ServiceSummary): string {
  const counted = (count: number, word: string, words: string): string => `${count} ${count === 1 ? word : words}`;
  return [
    counted(starts, 'start', 'starts'),
    counted(crashes, 'crash', 'crashes'),
    counted(restarts, 'restart', 'restarts'),
    ...(uptimeShare === null ? [] : [`ready ${(uptimeShare * 100).toFixed(1)} % of its time`]),
    ...(meanTimeToRecoveryMs === null ? [] : [`back after ${(meanTimeToRecoveryMs / 1000).toFixed(1)} s on average`]),
  ].join(', ');
}
