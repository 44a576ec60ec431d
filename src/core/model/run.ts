// One life of a service: its process or container, and how it ended.

import type { Prompt } from '../output/prompt.ts';
import type { ProgramStatus } from '../terminal/program-status.ts';

/** A pid is reused; a pid with its start time is not, until the next boot. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. Elsewhere: seconds since the epoch. */
  readonly startTicks: number;
}

/** Which command of `before` is due, counted from 0, and which try of it this is, counted from 1. */
export interface HookTry {
  readonly index: number;
  readonly attempt: number;
}

/** One life of a service, from its first spawn (of a `before` command or of itself) until its whole tree has ended. */
export interface Run {
  readonly number: number;
  /** The generation that it was started for; an older one than the service's means "restart me". */
  readonly generation: number;
  /** Undefined for a container. */
  readonly leader: ProcessIdentity | undefined;
  /** Undefined for a process. */
  readonly container: RunContainer | undefined;
  /** The port in use when it was started. */
  readonly port: number | undefined;
  /** All of them, the first one included. */
  readonly ports: readonly number[];
  /** The `before` command that the leader is; undefined once it is the service itself. */
  readonly hook: HookTry | undefined;
  readonly startedAtMs: number;
  readonly readyAtMs: number | undefined;
  /** A probe is under way; its answer schedules the next. */
  readonly isProbing: boolean;
  readonly failuresInARow: number;
  readonly attempts: number;
  /** Set while it listens on other ports than its own. */
  readonly elsewhere: Elsewhere | undefined;
  /** The external server in place of the service; undefined for a process of ours. */
  readonly external: readonly ExternalOwner[] | undefined;
  /** Set while a foreign process listens on its port too. */
  readonly secondListener: SecondListener | undefined;
  /** The question about its port that it waits for an answer to. */
  readonly asks: string | undefined;
  /** The end of its output, while it waits there for something to be typed. */
  readonly prompt: Prompt | undefined;
  readonly isAnswered: boolean;
  /** What the program tells of itself (OSC 7501). */
  readonly told: ProgramStatus | undefined;
}

/** A run that has just begun. */
export function createRun(
  begun: Pick<Run, 'number' | 'generation' | 'port' | 'startedAtMs'> &
    Partial<Pick<Run, 'ports' | 'leader' | 'container' | 'hook' | 'external'>>,
): Run {
  return {
    ports: begun.port === undefined ? [] : [begun.port],
    leader: undefined,
    container: undefined,
    hook: undefined,
    external: undefined,
    readyAtMs: undefined,
    isProbing: false,
    failuresInARow: 0,
    attempts: 0,
    elsewhere: undefined,
    secondListener: undefined,
    asks: undefined,
    prompt: undefined,
    isAnswered: false,
    told: undefined,
    ...begun,
  };
}

/** The container that a run is. */
export interface RunContainer {
  /** 64 hex digits. */
  readonly id: string;
  /** As `docker stop` takes it. Printable, as the image. */
  readonly name: string;
  readonly image: string;
  /** Of the engine that runs it, as people call it: `Docker`. */
  readonly engine: string;
  /** Its engine runs a check of the image's own. */
  readonly hasHealthcheck: boolean;
  /** Why it cannot work although it runs: paused, or its engine has ended. */
  readonly hindrance: string | undefined;
}

/** A process that devdeck did not start. */
export interface ExternalOwner extends ProcessIdentity {
  readonly name: string;
}

export interface SecondListener {
  readonly address: string;
  readonly port: number;
  readonly pid: number | undefined;
  /** Empty when its process is hidden. */
  readonly command: string;
}

export interface Elsewhere {
  readonly listening: readonly number[];
  /** What to write in the config, as a clause: `write command: vite --port $PORT --strictPort`. */
  readonly remedy: string;
}

export interface ExitFact {
  readonly code: number | null;
  readonly signal: string | null;
  readonly atMs: number;
  /** Why, when the numbers do not tell it: "out of memory, at its limit of 64 MiB". The end of a sentence. */
  readonly cause?: string;
  /** Processes that the leader left running when it ended by itself, and that were stopped after it. */
  readonly leftBehind?: number;
}

export interface ExitRecord extends ExitFact {
  readonly run: number;
  readonly uptimeMs: number;
  /** As it continues after "ended": "exited with code 1", "restarted: main.py changed". */
  readonly reason: string;
  /** It was asked to end, or to make room for a newer run. */
  readonly isAsked: boolean;
  /** The line of its output that says why, if it failed. */
  readonly errorLine: string | undefined;
}

export interface ComponentHealth {
  readonly name: string;
  /** As the service wrote it: `ok`, `degraded`, `down` … */
  readonly status: string;
  /** The same judged: false when the word means trouble. */
  readonly ok: boolean;
  readonly message?: string;
}
