// What detection proposes: services as a config could name them, each with the reason why, and with what of its source
// was not carried over.

import type { ServiceInput } from '../../config/rules/schema.ts';

/** Decides names, dependencies, and which service gets the address of another one. */
export type Role = 'frontend' | 'backend' | 'database' | 'other';

export interface ProposedPort {
  /** The one that the tool takes by itself. */
  readonly wanted: number;
  /** As the config says it, when a variable has the number: `${API_PORT:-8000}`. */
  readonly text?: string;
  /** The variable by which the program is told its port, when it is not `PORT`. */
  readonly env?: string;
  /** It listens there in any case: another service must move. */
  readonly isFixed?: boolean;
}

export type Settings = Pick<
  ServiceInput,
  | 'after'
  | 'alerts'
  | 'autostart'
  | 'before'
  | 'compose'
  | 'depends_on'
  | 'env'
  | 'env_file'
  | 'health'
  | 'ready'
  | 'replicas'
  | 'restart'
  | 'stop'
  | 'tty'
  | 'watch'
>;

export type Condition = 'started' | 'ready' | 'completed';

export interface ProposedService {
  /** Undefined: named after its role. */
  readonly name: string | undefined;
  readonly role: Role;
  /** What was found, and where. Becomes the comment above the service. */
  readonly because: string;
  readonly command: string | readonly string[];
  /** From the root of the project; empty for the root. */
  readonly dir: string;
  readonly port?: ProposedPort;
  readonly settings?: Settings;
  /** Variables of addresses that its code reads, with what follows the URL: `VITE_API_URL` → `/api`. */
  readonly reads?: Readonly<Record<string, string>>;
  /** Keys of its source that are not in the config, each as `key: value`, with a reason where there is one to give. */
  readonly leftOut?: readonly string[];
}

export interface Proposal {
  readonly services: readonly ProposedService[];
  /** Told beside the config: what was left out, and what else was found. */
  readonly notes: readonly string[];
  /** Keys of a whole source file that are not in the config, each with the file's name. */
  readonly leftOut?: readonly string[];
}
