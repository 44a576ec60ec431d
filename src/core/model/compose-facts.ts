// What a Compose file says of one service, as far as it matters here.

import type { Dependency } from './project.ts';

export interface ComposeFacts {
  /** The name of the Compose project. */
  readonly project: string;
  /** Published TCP ports, in the order of the file. */
  readonly ports: readonly ComposePort[];
  readonly dependsOn: readonly ComposeDependency[];
  /** How long it may take to end; undefined when the file does not say. */
  readonly stopGraceMs?: number;
}

export interface ComposePort {
  /** Of this machine; undefined when the engine chooses it. */
  readonly published: number | undefined;
  readonly inside: number;
  /** Undefined: every address. */
  readonly address: string | undefined;
}

interface ComposeDependency {
  /** A service of the file. */
  readonly service: string;
  readonly condition: Dependency['condition'];
}
