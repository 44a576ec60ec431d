// What performing an effect needs, and the two questions that every performer asks.

import type { Observation } from '../../core/machine/inputs.ts';
import type { Project, ServiceName, ServiceSpec } from '../../core/model/project.ts';
import { BugError, DevError } from '../../errors.ts';
import type { OwnerContext, System } from '../../system/system.ts';
import type { EnvironmentSource } from './environment-files.ts';
import type { Externals } from '../runs/externals.ts';
import type { LogHub } from '../output/log-hub.ts';
import type { Runs } from '../runs/runs.ts';
import type { SpawnTurns } from '../runs/spawn-turns.ts';
import type { Terminals } from '../output/terminals.ts';
import type { TreeWatch } from '../runs/tree-watch.ts';

export interface PerformContext {
  readonly project: Project;
  readonly system: System;
  readonly environment: EnvironmentSource;
  readonly logs: LogHub;
  readonly runs: Runs;
  readonly externals: Externals;
  /** The whole environment of each service at its last start, with its secrets. */
  readonly startedWith: Map<ServiceName, Readonly<Record<string, string>>>;
  readonly spawnTurns: SpawnTurns;
  readonly treeWatch: TreeWatch;
  /** Ports in force right now. */
  readonly ports: () => Readonly<Record<ServiceName, number>>;
  readonly ownerContext: () => OwnerContext;
  readonly terminals: Terminals;
  readonly report: (observation: Observation) => void;
  readonly onRunsChanged: () => void;
}

/** @throws BugError when there is no such service */
export function specOf(context: PerformContext, service: ServiceName): ServiceSpec {
  const spec = context.project.services.find(({ name }) => name === service);
  if (spec === undefined) throw new BugError(`no service ${service} in project ${context.project.name}`);
  return spec;
}

/** One clause for a person, with the next step where there is one. */
export function messageOf(error: unknown): string {
  if (error instanceof DevError) {
    return error.hint === undefined ? error.message : `${error.message.replace(/\.$/, '')}; ${error.hint}`;
  }
  return error instanceof Error ? error.message : String(error);
}
