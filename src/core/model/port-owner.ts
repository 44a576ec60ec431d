// The owner of a port as people see it: the card of a process or a container, and the obstacles of a port.

export type Verdict = 'ours' | 'left over' | 'other project' | 'container' | 'system' | 'foreign';

/** Who holds a port, told honestly: what we know, and what it means for the person. */
export interface OwnerCard {
  readonly pid: number;
  /** Start time in clock ticks since boot; with the pid it names this process and no later one. */
  readonly startTicks: number;
  readonly name: string;
  readonly command: string;
  readonly cwd: string | null;
  readonly project: { readonly name: string; readonly root: string; readonly branch: string | null } | null;
  readonly user: string;
  readonly uid: number;
  readonly startedAt: string | null;
  /** From the parent upward. */
  readonly parents: readonly { readonly pid: number; readonly name: string }[];
  readonly listening: readonly { readonly address: string; readonly port: number }[];
  readonly verdict: Verdict;
  /** One sentence: what the verdict means for the person. */
  readonly meaning: string;
  /** Why it is never offered as a target; null when it may be killed. */
  readonly refusal: string | null;
}

/** A container that publishes a port of this machine. All text is printable. */
export interface ContainerCard {
  /** 64 hex digits. */
  readonly id: string;
  /** As `docker stop` takes it. */
  readonly name: string;
  readonly image: string;
  /** Of Docker Compose, when that made the container. */
  readonly composeProject: string | null;
  readonly composeService: string | null;
  /** Where the files of that Compose project are. */
  readonly composeFolder: string | null;
  /** The service of devdeck that it is, in the project at this root. */
  readonly devdeck: { readonly root: string; readonly service: string } | null;
  readonly startedAt: string | null;
  /** Ports of this machine, and the ports inside that they lead to. */
  readonly publishes: readonly { readonly port: number; readonly inside: number }[];
  readonly runtime: 'docker' | 'podman';
  /** Of the engine that runs it. */
  readonly socket: string;
}

type ObstacleKind =
  /** Listened on by a process that we cannot see: another user's, or one in another container. */
  | 'hidden'
  /** Only for programs with a privilege that we lack. */
  | 'privileged'
  /** Refused by a policy of the system. */
  | 'forbidden'
  /** The near end of a connection that somebody has opened from here. */
  | 'outgoing'
  /** Taken by a socket that does not listen, which no table shows. */
  | 'bound'
  /** Closed connections that the kernel remembers for up to a minute. */
  | 'time wait'
  /** Set aside by the administrator; may be used all the same. */
  | 'reserved';

/** Why a port cannot be had, or not by everybody, although no process that we see listens on it. */
export interface Obstacle {
  readonly kind: ObstacleKind;
  /** False for what is only good to know. */
  readonly blocks: boolean;
  /** One sentence: what it is. */
  readonly message: string;
  /** What to do about it, as one sentence. */
  readonly wayOut: string;
}
