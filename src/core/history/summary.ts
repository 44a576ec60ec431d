// How each service did over some time, told from its history: how often it started and crashed, for which part of the time
// that it was meant to run it was ready, and how long it took to come back after a crash. Pure.

import type { HistoryItem } from '../model/history.ts';
import type { ServiceName } from '../model/project.ts';

export interface ServiceSummary {
  readonly starts: number;
  readonly crashes: number;
  readonly restarts: number;
  /** From 0 to 1, of the time that it was meant to run; null when it never was. */
  readonly uptimeShare: number | null;
  /** From a crash until it was ready again, on average; null when it never came back, or never crashed. */
  readonly meanTimeToRecoveryMs: number | null;
}

interface Sum {
  starts: number;
  crashes: number;
  restarts: number;
  upMs: number;
  wantedMs: number;
  recoveries: number[];
  /** Its state now, and since when. */
  state: string;
  sinceMs: number;
  crashedAtMs: number | undefined;
}

const NOT_MEANT_TO_RUN: ReadonlySet<string> = new Set(['stopped', 'exited', '']);
const UP: ReadonlySet<string> = new Set(['ready', 'running']);

/**
 * @param items in the order of time
 * @param nowMs since the epoch; what goes on counts until then, if a session runs
 */
export function summarize(
  items: readonly HistoryItem[],
  nowMs: number,
  isRunning: boolean,
): Readonly<Record<ServiceName, ServiceSummary>> {
  const sums = new Map<ServiceName, Sum>();
  let lastMs = 0;
  for (const item of items) {
    const atMs = Date.parse(item.at);
    // A session that was killed has told nothing of its end: what it was told last is where it is believed to have ended.
    if (item.type === 'session' && item.state === 'started') endAll(sums, lastMs);
    if (item.type === 'session' && item.state === 'ended') endAll(sums, atMs);
    lastMs = atMs;
    if ('service' in item) add(sumOf(sums, item.service, atMs), item, atMs);
  }
  endAll(sums, isRunning ? nowMs : lastMs);
  return Object.fromEntries([...sums].map(([service, sum]) => [service, summaryOf(sum)]));
}

function sumOf(sums: Map<ServiceName, Sum>, service: ServiceName, atMs: number): Sum {
  const known = sums.get(service);
  if (known !== undefined) return known;
  const nothing = { starts: 0, crashes: 0, restarts: 0, upMs: 0, wantedMs: 0, recoveries: [], crashedAtMs: undefined };
  const sum: Sum = { ...nothing, state: '', sinceMs: atMs };
  sums.set(service, sum);
  return sum;
}

function add(sum: Sum, item: HistoryItem, atMs: number): void {
  switch (item.type) {
    case 'start':
      sum.starts += 1;
      if (sum.crashedAtMs !== undefined) sum.recoveries.push(Math.max(0, atMs - sum.crashedAtMs));
      sum.crashedAtMs = undefined;
      return;
    case 'crash':
      sum.crashes += 1;
      sum.crashedAtMs ??= atMs;
      return;
    case 'restart':
      sum.restarts += 1;
      return;
    case 'state':
      passTime(sum, atMs);
      sum.state = item.state;
      return;
    default:
  }
}

/** A clock that was set back is no time that passed. */
function passTime(sum: Sum, untilMs: number): void {
  const ms = Math.max(0, untilMs - sum.sinceMs);
  if (UP.has(sum.state)) sum.upMs += ms;
  if (!NOT_MEANT_TO_RUN.has(sum.state)) sum.wantedMs += ms;
  sum.sinceMs = untilMs;
}

function endAll(sums: ReadonlyMap<ServiceName, Sum>, atMs: number): void {
  for (const sum of sums.values()) {
    passTime(sum, atMs);
    sum.state = '';
    sum.crashedAtMs = undefined;
  }
}

function summaryOf({ starts, crashes, restarts, upMs, wantedMs, recoveries }: Sum): ServiceSummary {
  return {
    starts,
    crashes,
    restarts,
    uptimeShare: wantedMs === 0 ? null : Math.round((upMs / wantedMs) * 10_000) / 10_000,
    meanTimeToRecoveryMs:
      recoveries.length === 0 ? null : Math.round(recoveries.reduce((sum, ms) => sum + ms, 0) / recoveries.length),
  };
}
