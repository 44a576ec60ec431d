// What the code for containers needs of the supervisor.

import type { Observation } from '../../core/messages/inputs.ts';
import type { Project, ServiceName } from '../../core/model/project.ts';
import type { System } from '../../system/system.ts';
import type { LogHub } from '../output/log-hub.ts';
import type { Terminals } from '../output/terminals.ts';
import type { EnvironmentSource } from '../runs/environment-files.ts';

export interface ContainerContext {
  readonly project: Project;
  readonly system: Pick<System, 'clock' | 'containers' | 'ports' | 'probes'>;
  readonly environment: EnvironmentSource;
  readonly logs: LogHub;
  readonly terminals: Terminals;
  /** The whole environment of each service at its last start, with its secrets. */
  readonly startedWith: Map<ServiceName, Readonly<Record<string, string>>>;
  /** Ports in use right now. */
  readonly ports: () => Readonly<Record<ServiceName, number>>;
  /** Whether a service failed because there was no container engine, and is still wanted. */
  readonly awaitsEngine: () => boolean;
  readonly report: (observation: Observation) => void;
  readonly onRunsChanged: () => void;
}
