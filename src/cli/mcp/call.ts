// One call of a tool, as the tool sees it.

import type { CliContext } from '../context/context.ts';

export interface Call {
  readonly context: CliContext;
  readonly signal: AbortSignal;
  /** Tells the client that the call is under way. */
  readonly progress: (message: string) => void;
}
