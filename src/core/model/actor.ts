// The actor of a request: a person, a script or a coding agent; and the rights of an agent in the project.

export const ACTOR_KINDS = ['person', 'script', 'agent'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

export const ACTOR_VIAS = ['screen', 'stream', 'command', 'mcp'] as const;
export type ActorVia = (typeof ACTOR_VIAS)[number];

export interface Actor {
  readonly kind: ActorKind;
  /** Printable: `anna`, `claude-code 2.1`. */
  readonly name: string;
  readonly via: ActorVia;
  readonly pid: number | null;
}

/** What a client says of itself with its hello. The session looks at the process too, and believes that first. */
export interface ClientClaim {
  readonly pid: number;
  readonly via: ActorVia;
  /** A person can answer there. */
  readonly hasTerminal: boolean;
  /** Of the program that an MCP server works for. */
  readonly name?: string;
  readonly version?: string;
  /** The marker of a coding agent in the client's environment. */
  readonly marker?: string;
}

/** What an agent may do: `own` is what the same agent started, `ask` needs a person's yes on the screen. */
export const RIGHT_VALUES = ['yes', 'own', 'ask', 'no'] as const;
export type Right = (typeof RIGHT_VALUES)[number];

export const RIGHTS = ['stop', 'kill', 'reroute', 'run', 'edit_config'] as const;
export type RightName = (typeof RIGHTS)[number];

export type AgentRights = Readonly<Record<RightName, Right>>;

/** Safe: no process of a person or of another project ends without a person's yes. */
export const DEFAULT_RIGHTS: AgentRights = { stop: 'own', kill: 'ask', reroute: 'own', run: 'ask', edit_config: 'no' };

/** `claude-code 2.1 (mcp, pid 812)`. */
export function actorLabel({ name, via, pid }: Actor): string {
  return `${name} (${via}${pid === null ? '' : `, pid ${pid}`})`;
}
