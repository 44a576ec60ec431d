// How each service did over some time, from its history: its starts and crashes, the share of its wanted time in which
// it was ready, and the time to recover from a crash. Pure.

import type { HistoryItem, StateChange } from '../session/history.ts';
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

interface Counts {
  readonly starts: number;
  readonly crashes: number;
  readonly restarts: number;
  readonly recoveriesMs: readonly number[];
}

interface Times {
  readonly upMs: number;
  readonly wantedMs: number;
}

const NO_COUNTS: Counts = { starts: 0, crashes: 0, restarts: 0, recoveriesMs: [] };
const NO_TIME: Times = { upMs: 0, wantedMs: 0 };
const NOT_MEANT_TO_RUN: ReadonlySet<string> = new Set(['stopped', 'exited', '']);
const UP: ReadonlySet<string> = new Set(['ready', 'running']);

/**
 * @param items starts, crashes, restarts and those of the session, in the order of time
 * @param changes of services and of the session, in the order in which they were told
 * @param nowMs since the epoch; an unfinished state counts until then, if a session runs
 */
export function summarize(
  items: readonly HistoryItem[],
  changes: readonly StateChange[],
  { nowMs, isRunning }: { readonly nowMs: number; readonly isRunning: boolean },
): Readonly<Record<ServiceName, ServiceSummary>> {
  const counts = countsOf(items);
  const times = timesOf(changes, isRunning ? nowMs : (changes.at(-1)?.at ?? 0));
  const names = new Set([...counts.keys(), ...times.keys()]);
  return Object.fromEntries(
    [...names].map((name) => [name, summaryOf(counts.get(name) ?? NO_COUNTS, times.get(name) ?? NO_TIME)]),
  );
}

function countsOf(items: readonly HistoryItem[]): ReadonlyMap<ServiceName, Counts> {
  const counts = new Map<ServiceName, Counts>();
  const crashedAtMs = new Map<ServiceName, number>();
  for (const item of items) {
    if (item.type === 'session') crashedAtMs.clear();
    if (item.type !== 'start' && item.type !== 'crash' && item.type !== 'restart') continue;
    const { service } = item;
    const known = counts.get(service) ?? NO_COUNTS;
    const atMs = Date.parse(item.at);
    const sinceMs = crashedAtMs.get(service);
    if (item.type === 'restart') counts.set(service, { ...known, restarts: known.restarts + 1 });
    else if (item.type === 'crash') {
      counts.set(service, { ...known, crashes: known.crashes + 1 });
      crashedAtMs.set(service, sinceMs ?? atMs);
    } else {
      const recoveriesMs = sinceMs === undefined ? [] : [Math.max(0, atMs - sinceMs)];
      counts.set(service, {
        ...known,
        starts: known.starts + 1,
        recoveriesMs: [...known.recoveriesMs, ...recoveriesMs],
      });
      crashedAtMs.delete(service);
    }
  }
  return counts;
}

/** A session that was killed has told nothing of its end: what it told last is where it is believed to have ended. */
function timesOf(changes: readonly StateChange[], untilMs: number): ReadonlyMap<ServiceName, Times> {
  const times = new Map<ServiceName, Times>();
  const current = new Map<ServiceName, StateChange>();
  /** A clock that was set back is no time that passed. */
  const pass = (service: ServiceName, toMs: number): void => {
    const { at, state = '' } = current.get(service) ?? {};
    const ms = at === undefined ? 0 : Math.max(0, toMs - at);
    const { upMs, wantedMs } = times.get(service) ?? NO_TIME;
    times.set(service, {
      upMs: upMs + (UP.has(state) ? ms : 0),
      wantedMs: wantedMs + (NOT_MEANT_TO_RUN.has(state) ? 0 : ms),
    });
  };
  const endAll = (atMs: number): void => {
    for (const service of current.keys()) pass(service, atMs);
    current.clear();
  };
  let lastMs = 0;
  for (const change of changes) {
    if (change.service === null) {
      if (change.state === 'started') endAll(lastMs);
      if (change.state === 'ended') endAll(change.at);
    } else {
      pass(change.service, change.at);
      current.set(change.service, change);
    }
    lastMs = change.at;
  }
  endAll(untilMs);
  return times;
}

function summaryOf({ starts, crashes, restarts, recoveriesMs }: Counts, { upMs, wantedMs }: Times): ServiceSummary {
  const recovered = recoveriesMs.reduce((sum, ms) => sum + ms, 0) / recoveriesMs.length;
  return {
    starts,
    crashes,
    restarts,
    uptimeShare: wantedMs === 0 ? null : Math.round((upMs / wantedMs) * 10_000) / 10_000,
    meanTimeToRecoveryMs: recoveriesMs.length === 0 ? null : Math.round(recovered),
  };
}
