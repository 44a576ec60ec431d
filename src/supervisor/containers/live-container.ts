// The containers behind the runs: for each service at most one.

import type { ServiceName } from '../../core/model/project.ts';
import type { ContainerEngine, ContainerFacts, ContainerUsage, Follower } from '../../system/container-engine.ts';
import type { ContainerListener } from '../../system/system.ts';

export interface LiveContainer {
  readonly service: ServiceName;
  /** Of the run that it is. */
  readonly number: number;
  readonly engine: ContainerEngine;
  /** As of its start. */
  readonly facts: ContainerFacts;
  /** The port inside that is published as the service's. */
  readonly insidePort: number | undefined;
  /** Made by devdeck, and to be removed once it has ended. */
  readonly isOurs: boolean;
  /** Started by a command of the service, whose processes are the run: its client tells its output, and stops it. */
  readonly isClients: boolean;
  /** Undefined where somebody else tells its output. */
  readonly logs: Follower | undefined;
  hasExited: boolean;
  /** Its memory ran out, or somebody signalled it: told before its end. */
  isOutOfMemory: boolean;
  strangersSignal: string | undefined;
  /** Signals that devdeck sent and whose events have not come yet. */
  ownSignals: number;
  usage: MeasuredUsage | undefined;
}

interface MeasuredUsage extends ContainerUsage {
  readonly atMs: number;
  /** Of one core; null until two looks exist. */
  readonly cpuPercent: number | null;
}

/** Where a probe of the container's own port asks. */
export function listenerOf({ facts, insidePort }: LiveContainer): ContainerListener | undefined {
  return insidePort === undefined ? undefined : { id: facts.id, pid: facts.pid, port: insidePort };
}
