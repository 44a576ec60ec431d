// What a person should know of one service, out of its history, beside what is so now.

import { insights } from '../../core/history/insights.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { CliContext } from '../context/context.ts';

const DAY_MS = 24 * 3_600_000;
const DAYS = 14;
/** Memory is looked at for the last hours. */
const MEMORY_MS = 3 * 3_600_000;

/** A history that cannot be read has nothing to say: `history` tells why. */
export async function pastInsights(context: CliContext, service: ServiceName): Promise<readonly string[]> {
  const nowMs = context.clock.wallMs();
  try {
    const history = await context.history();
    if (history === undefined) return [];
    const items = history.items({ sinceMs: nowMs - DAYS * DAY_MS, types: ['start', 'crash', 'commit'] });
    const minutes = history.minutes({ sinceMs: nowMs - MEMORY_MS, service });
    history.close();
    return insights(items, minutes, nowMs).flatMap((each) => (each.service === service ? [each.text] : []));
  } catch {
    return [];
  }
}
