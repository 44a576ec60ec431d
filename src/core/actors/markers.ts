// How to recognise coding agents: by variables that they set in their shells, and by their programs.

import type { Environment } from '../env/environment.ts';

/** A person's own terminal has none of them. */
const AGENT_MARKERS: Readonly<Record<string, string>> = {
  AI_AGENT: 'agent',
  AIDER: 'aider',
  ANTIGRAVITY_AGENT: 'antigravity',
  AUGMENT_AGENT: 'augment',
  CLAUDECODE: 'claude-code',
  CLAUDE_CODE: 'claude-code',
  CLINE_ACTIVE: 'cline',
  CODEX_CI: 'codex',
  CODEX_SANDBOX: 'codex',
  CODEX_THREAD_ID: 'codex',
  COPILOT_CLI: 'copilot',
  CURSOR_AGENT: 'cursor',
  GEMINI_CLI: 'gemini-cli',
  GOOSE_TERMINAL: 'goose',
  OPENCODE: 'opencode',
};

/** Programs that are agents themselves: they mark what they start, not their own process. */
const AGENT_PROGRAMS: Readonly<Record<string, string>> = {
  aider: 'aider',
  claude: 'claude-code',
  codex: 'codex',
  'cursor-agent': 'cursor',
  gemini: 'gemini-cli',
  goose: 'goose',
  opencode: 'opencode',
};

const LONGEST_NAME = 40;

const MARKED = new RegExp(`(?:^|\\0)(${Object.keys(AGENT_MARKERS).join('|')})=([^\\0]*)`, 'g');

/** Only the variables that mark an agent's shell, of `KEY=value` entries each ended by NUL. */
export function agentMarkersIn(environ: string): Environment {
  return Object.fromEntries(Array.from(environ.matchAll(MARKED), ([, name = '', value = '']) => [name, value]));
}

/** The variable that marks an agent's shell; undefined in a person's. */
export function agentMarker(env: Environment): string | undefined {
  return Object.keys(AGENT_MARKERS).find((name) => isSet(env[name]));
}

/** The agent's name by its marker; `AI_AGENT` may hold it. */
export function agentOf(marker: string, value: string | undefined): string {
  const known = AGENT_MARKERS[marker] ?? 'agent';
  const isName = marker === 'AI_AGENT' && value !== undefined && /^[a-z][\w.@-]*$/i.test(value) && value !== 'true';
  return isName ? value.slice(0, LONGEST_NAME) : known;
}

/** The agent that a program is, by the name of its process. */
export function agentProgram(name: string): string | undefined {
  return Object.hasOwn(AGENT_PROGRAMS, name) ? AGENT_PROGRAMS[name] : undefined;
}

export function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
