// A start-up in words: "ready in 15.7 s (usually 9.1 s): db 2.4 → backend 7.1 → frontend 6.2".

import type { ServiceName } from '../core/model/project.ts';
import type { Startup } from '../core/session/startup.ts';
import { formatDuration, formatLatency } from './quantity.ts';

const MOST_STEPS = 5;

/** How it went or goes, without the way. */
export function startupOutcome({ readyMs, elapsedMs, services, usualMs }: Startup): string {
  const usual = usualMs === null ? '' : ` (usually ${startTime(usualMs)})`;
  if (readyMs !== null) return `ready in ${startTime(readyMs)}${usual}`;
  const lost = services.filter(({ outcome }) => outcome === 'failed').map(({ service }) => service);
  const coming = services.filter(({ outcome }) => outcome === 'coming').length;
  if (coming > 0) return `starting for ${startTime(elapsedMs)}, ${coming} of ${services.length} to come${usual}`;
  return lost.length === 0 ? 'stopped before it was ready' : `not ready: ${named(lost)} failed`;
}

/** What took longest, one behind the other; empty where one service alone tells it. */
export function startupWay(criticalPath: Startup['criticalPath']): string {
  if (criticalPath.length === 0) return '';
  const left = criticalPath.length - MOST_STEPS;
  const shown = criticalPath.slice(Math.max(0, left)).map(({ service, ms }) => `${service} ${seconds(ms)}`);
  return [...(left > 0 ? [`${left} more`] : []), ...shown].join(' → ');
}

export function startupText(startup: Startup): string {
  const path = startupWay(startup.criticalPath);
  return path === '' ? startupOutcome(startup) : `${startupOutcome(startup)}: ${path}`;
}

/** "40 ms", "15.7 s", "2m 05s": people compare starts by the tenth of a second. */
export function startTime(ms: number): string {
  const tenths = Math.round(ms / 100);
  if (ms < 1000) return formatLatency(ms);
  return tenths < 600 ? `${(tenths / 10).toFixed(1)} s` : formatDuration(ms);
}

/** "7.1"; "0.04" below a tenth of a second. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(ms < 95 ? 2 : 1);
}

function named(names: readonly ServiceName[]): string {
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
}
