// The containers of the runs: at most one for each service.

import type { ServiceName } from '../../core/model/project.ts';
import type { RunContainer } from '../../core/model/run.ts';
import type { ContainerEngine, ContainerFacts, ContainerUsage } from '../../system/container-engine.ts';
import type { ContainerLog } from './container-logs.ts';
import type { Clock, ContainerListener } from '../../system/system.ts';

export interface LiveContainer {
  readonly service: ServiceName;
  /** The number of its run. */
  readonly number: number;
  readonly engine: ContainerEngine;
  /** As of its start. */
  readonly facts: ContainerFacts;
  /** The port inside that is published as the service's. */
  readonly insidePort: number | undefined;
  /** Made by devdeck, and removed after its end. */
  readonly isOurs: boolean;
  /** Started by the service's command, whose processes are the run: its client passes on its output, and stops it. */
  readonly isClients: boolean;
  /** Ids of containers that run for it; only its end stops them. */
  readonly companions: readonly string[];
  /** How long it has to end after the request. */
  readonly graceMs: number;
  /** Undefined if its output comes from elsewhere. */
  readonly logs: ContainerLog | undefined;
  hasExited: boolean;
  /** It ran out of memory, or got a signal: known before its end. */
  isOutOfMemory: boolean;
  /** Empty if the engine does not say which. */
  strangersSignal: string | undefined;
  /** Signals from devdeck without their events so far. */
  ownSignals: number;
  usage: MeasuredUsage | undefined;
}

interface MeasuredUsage extends ContainerUsage {
  readonly atMs: number;
  /** Of one core; null until two measurements exist. */
  readonly cpuPercent: number | null;
}

/** Where a probe of the container's own port connects. */
export function listenerOf({ facts, insidePort }: LiveContainer): ContainerListener | undefined {
  return insidePort === undefined ? undefined : { id: facts.id, pid: facts.pid, port: insidePort };
}

export function liveContainer(
  known: Omit<LiveContainer, 'hasExited' | 'isOutOfMemory' | 'strangersSignal' | 'ownSignals' | 'usage'>,
): LiveContainer {
  return {
    ...known,
    hasExited: false,
    isOutOfMemory: false,
    strangersSignal: undefined,
    ownSignals: 0,
    usage: undefined,
  };
}

/** As the core knows it. */
export function describedContainer(engine: ContainerEngine, { id, name, image, health }: ContainerFacts): RunContainer {
  return { id, name, image, engine: engine.name, hasHealthcheck: health !== undefined, hindrance: undefined };
}

/** If the engine would restart it, the engine must stop it. */
export function sendSignal({ engine, facts, graceMs }: LiveContainer, name: NodeJS.Signals | undefined): Promise<void> {
  if (facts.isRestartedByEngine) return engine.stop(facts.id, name === 'SIGKILL' ? 0 : secondsOf(graceMs));
  return engine.signal(facts.id, name ?? facts.stopSignal ?? 'SIGTERM');
}

export function secondsOf(durationMs: number): number {
  return Math.ceil(durationMs / 1000);
}

const NS_PER_MS = 1_000_000;

/** The usage of the container, not of its client. Unchanged if the engine does not report it. */
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
