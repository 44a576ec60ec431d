// The two kinds of failure: an expected one with a next step, and a bug of ours.

/** Exit codes of the contract; see `./dev help exit-codes`. */
export const EXIT = {
  ok: 0,
  notReady: 1,
  usage: 2,
  config: 3,
  noSuchService: 4,
  conflict: 5,
  noSession: 6,
  notAllowed: 8,
  bug: 70,
  timeout: 124,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Stable, machine-readable names of expected failures. Never renamed, never reused. */
export type ErrorCode =
  | 'usage'
  | 'config_missing'
  | 'check_failed'
  | 'config_invalid'
  | 'no_such_service'
  | 'port_conflict'
  | 'no_session'
  | 'session_busy'
  | 'session_ending'
  | 'session_unreachable'
  | 'version_mismatch'
  | 'not_ready'
  | 'permission'
  | 'system'
  | 'spawn_failed'
  | 'engine_unavailable'
  | 'name_taken'
  | 'timeout'
  | 'interrupted'
  | 'refused'
  | 'not_allowed'
  | 'internal';

/** An expected failure: says what happened and why (`message`), and what to do next (`hint`). */
export class DevError extends Error {
  override readonly name = 'DevError';
  readonly code: ErrorCode;
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(options: {
    readonly code: ErrorCode;
    readonly exitCode: ExitCode;
    readonly message: string;
    readonly hint?: string;
    readonly cause?: unknown;
  }) {
    super(options.message, { cause: options.cause });
    this.code = options.code;
    this.exitCode = options.exitCode;
    this.hint = options.hint;
  }
}

/** A broken promise of our own code. Ends in exit code 70 with the path of the debug log. */
export class BugError extends Error {
  override readonly name = 'BugError';
}

/** Makes a `switch` over a union exhaustive: the compiler refuses a case that was forgotten. */
export function assertNever(value: never): never {
  throw new BugError(`unexpected value: ${JSON.stringify(value)}`);
}

/** One clause for a person, with the next step where there is one. */
export function messageOf(error: unknown): string {
  if (error instanceof DevError) {
    return error.hint === undefined ? error.message : `${error.message.replace(/\.$/, '')}; ${error.hint}`;
  }
  return error instanceof Error ? error.message : String(error);
}
