// Decides who gets the screen: a person at a terminal. Everything else gets a plain stream without questions.

import { agentMarker, isSet } from '../../core/actors/markers.ts';
import type { Environment } from '../../core/env/environment.ts';
import type { ScreenLook } from '../../core/model/user-config.ts';
import type { Terminal } from './context.ts';

type Ends = Pick<Terminal, 'hasInput' | 'hasOutput'>;

/** Undefined for a person at a full terminal; otherwise the reason why there is no screen. */
export function whyNoScreen(terminal: Ends, env: Environment): string | undefined {
  if (!terminal.hasInput) return 'stdin is not a terminal';
  if (!terminal.hasOutput) return 'stdout is not a terminal';
  if (env['TERM'] === 'dumb') return 'TERM=dumb';
  if (isSet(env['CI'])) return 'CI is set';
  const marker = agentMarker(env);
  return marker === undefined ? undefined : `${marker} is set`;
}

/** The same for a screen of this look: the plain one needs keys, and nothing else of the terminal. */
export function whyNoLook(look: ScreenLook | undefined, terminal: Ends, env: Environment): string | undefined {
  return whyNoScreen(terminal, look === 'plain' ? { ...env, TERM: undefined } : env);
}

/** Whether a question would reach a person who can answer. */
export function canAsk(terminal: Ends, env: Environment): boolean {
  return whyNoScreen(terminal, env) === undefined;
}
