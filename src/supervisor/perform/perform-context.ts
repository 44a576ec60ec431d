// What performing an effect needs, and the two questions that all of its code asks.

import type { Observation } from '../../core/messages/inputs.ts';
import type { Project, ServiceName } from '../../core/model/project.ts';
import type { Masker } from '../../core/secrets/masker.ts';
import type { OwnerContext, System } from '../../system/system.ts';
import type { CallerEnvironments } from '../runs/caller-environments.ts';
import type { EnvironmentSource } from '../runs/environment-files.ts';
import type { Containers } from '../containers/containers.ts';
import type { Externals } from '../runs/externals.ts';
import type { LogHub } from '../output/log-hub.ts';
import type { Runs } from '../runs/runs.ts';
import type { ComposeTurns } from '../runs/compose-turns.ts';
import type { SpawnTurns } from '../runs/spawn-turns.ts';
import type { Terminals } from '../output/terminals.ts';
import type { TreeWatch } from '../runs/tree-watch.ts';

export interface PerformContext {
  readonly project: Project;
  readonly system: System;
  readonly environment: EnvironmentSource & { readonly callers: CallerEnvironments };
  readonly masker: Masker;
  readonly logs: LogHub;
  readonly runs: Runs;
  readonly externals: Externals;
  readonly containers: Containers;
  /** The whole environment of each service at its last start, with its secrets. */
  readonly startedWith: Map<ServiceName, Readonly<Record<string, string>>>;
  /** Command lines of its processes, seen while it started. */
  readonly commandsOf: (service: ServiceName) => readonly string[];
  readonly spawnTurns: SpawnTurns;
  readonly composeTurns: ComposeTurns;
  /** Starts that wait for a named pipe. Aborted: the start is no longer wanted. */
  readonly pipeWaits: Map<ServiceName, AbortController>;
  readonly treeWatch: TreeWatch;
  /** Ports in use right now. */
  readonly ports: () => Readonly<Record<ServiceName, number>>;
  /** Whether a service failed because there was no container engine, and is still wanted. */
  readonly awaitsEngine: () => boolean;
  readonly ownerContext: () => OwnerContext;
  readonly terminals: Terminals;
  readonly report: (observation: Observation) => void;
  readonly onRunsChanged: () => void;
}

/** Whether the run still exists: a process, or a container. */
export function isCurrentRun({ runs, containers }: PerformContext, service: ServiceName, run: number): boolean {
  return runs.find(service, run) !== undefined || containers.find(service, run) !== undefined;
}
