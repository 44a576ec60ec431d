// Who looks at us: a person at a terminal gets the screen, everything else a plain stream without questions.

import type { Environment } from '../../core/env/environment.ts';
import type { Terminal } from './context.ts';

type Ends = Pick<Terminal, 'hasInput' | 'hasOutput'>;

/** Set by coding agents in the shells that they open. A person's own terminal has none of them. */
const AGENT_MARKERS = [
  'AI_AGENT',
  'AIDER',
  'ANTIGRAVITY_AGENT',
  'AUGMENT_AGENT',
  'CLAUDECODE',
  'CLAUDE_CODE',
  'CLINE_ACTIVE',
  'CODEX_CI',
  'CODEX_SANDBOX',
  'CODEX_THREAD_ID',
  'COPILOT_CLI',
  'CURSOR_AGENT',
  'GEMINI_CLI',
  'GOOSE_TERMINAL',
  'OPENCODE',
] as const;

/** Undefined when there is a person at a full terminal; else why there is no screen, in words. */
export function whyNoScreen(terminal: Ends, env: Environment): string | undefined {
  if (!terminal.hasInput) return 'stdin is not a terminal';
  if (!terminal.hasOutput) return 'stdout is not a terminal';
  if (env['TERM'] === 'dumb') return 'TERM=dumb';
  if (isSet(env['CI'])) return 'CI is set';
  const marker = AGENT_MARKERS.find((name) => isSet(env[name]));
  return marker === undefined ? undefined : `${marker} is set`;
}

/** Whether a question would reach a person who can answer. */
export function canAsk(terminal: Ends, env: Environment): boolean {
  return whyNoScreen(terminal, env) === undefined;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
