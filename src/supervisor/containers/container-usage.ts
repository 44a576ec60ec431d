// What a container uses, as its engine tells: of itself, and not of the client that started it.

import type { Clock } from '../../system/system.ts';
import type { LiveContainer } from './live-container.ts';

const NS_PER_MS = 1_000_000;

/** Leaves it as it is known when the engine does not tell. */
export async function measureContainer(container: LiveContainer, clock: Clock): Promise<void> {
  const usage = await container.engine.usage(container.facts.id).catch(() => undefined);
  if (usage === undefined) return;
  const atMs = clock.nowMs();
  const { usage: last } = container;
  const spanMs = last === undefined ? 0 : atMs - last.atMs;
  const cpuPercent =
    last === undefined || spanMs <= 0 ? null : Math.max(0, ((usage.cpuNs - last.cpuNs) / NS_PER_MS / spanMs) * 100);
  container.usage = { ...usage, atMs, cpuPercent: cpuPercent === null ? null : Math.round(cpuPercent * 10) / 10 };
}
