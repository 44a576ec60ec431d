// What changed about a service, as one line for a stream: "● ready on http://localhost:8000 after 1.2 s".

import type { ServiceView } from '../../core/session/snapshot.ts';
import { formatLatency } from '../../format/quantity.ts';
import { serviceLabel, statusLabel } from '../../format/status-label.ts';
import type { Paint } from '../../format/table.ts';
import { bodyInWords, isRunning } from '../../format/run-body.ts';

/** Undefined when nothing happened that is worth a line. */
export function describeTransition(
  before: ServiceView | undefined,
  now: ServiceView,
  paint: Paint,
): string | undefined {
  const isSameState = before !== undefined && before.state === now.state && before.run === now.run;
  if (!isSameState) {
    // A service that was never asked for is not reported as stopped.
    if (before === undefined && now.state === 'stopped') return undefined;
    const { glyph, word, tone } = serviceLabel(now);
    return `${paint(tone, `${glyph} ${word}`)}${detailOf(now)}`;
  }
  if (now.ready && before.address !== now.address && now.address !== null) {
    const { glyph, tone } = statusLabel(now.state);
    return `${paint(tone, glyph)} now on ${now.url ?? now.address}`;
  }
  const isNewReason = before.why !== now.why && now.why !== '';
  const tellsReason = now.state === 'conflict' || now.state === 'waiting' || now.state === 'failed';
  return isNewReason && tellsReason ? `${paint('muted', statusLabel(now.state).glyph)} ${now.why}` : undefined;
}

function detailOf(now: ServiceView): string {
  switch (now.state) {
    case 'ready': {
      const where = now.address === null ? '' : ` on ${now.url ?? now.address}`;
      const took =
        now.startedAt === null || now.readyAt === null
          ? ''
          : ` after ${formatLatency(Date.parse(now.readyAt) - Date.parse(now.startedAt))}`;
      return where + took;
    }
    case 'starting':
      return isRunning(now) ? ` (${bodyInWords(now)})` : '';
    case 'stopped':
      return '';
    case 'waiting':
      // It begins with "waits ←", right behind the word "waiting".
      return ` ${now.why.replace(/^waits /, '')}`;
    default:
      return now.why === '' ? '' : `: ${now.why}`;
  }
}
