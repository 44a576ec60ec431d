// Questions to the terminal, and what it can do beside text: its background, the kitty keyboard protocol, the focus, a
// progress bar in its tab. Only the sequences; `terminal.ts` and the loop decide when to send them.

import type { Environment } from '../../core/env/environment.ts';

const ESC = '\u001b';
const ST = `${ESC}\\`;

/**
 * Asks for the background colour (OSC 11) and the keyboard protocol, and last for something that every terminal
 * answers: that answer proves that no more answers will come.
 */
export const QUESTIONS = `${ESC}]11;?${ST}${ESC}[?u${ESC}[c`;
/** Keys that share a byte come as sequences: Escape is known at once, not after a pause. */
export const KITTY_ON = `${ESC}[>1u`;
export const KITTY_OFF = `${ESC}[<u`;
export const FOCUS_ON = `${ESC}[?1004h`;
export const FOCUS_OFF = `${ESC}[?1004l`;

export type Ground = 'light' | 'dark';

/** An answer to one of the questions; undefined for any other. */
export type Answer =
  | { readonly kind: 'ground'; readonly ground: Ground }
  | { readonly kind: 'kitty' }
  /** No more answers come. */
  | { readonly kind: 'last' };

/** @param reply without its ESC at the beginning */
export function readAnswer(reply: string): Answer | undefined {
  const ground = groundOf(reply);
  if (ground !== undefined) return { kind: 'ground', ground };
  if (/^\[\?\d+u$/.test(reply)) return { kind: 'kitty' };
  return /^\[\?[\d;]*c$/.test(reply) ? { kind: 'last' } : undefined;
}

/** From the brightness that people perceive: "]11;rgb:1e1e/2222/2a2a". */
function groundOf(reply: string): Ground | undefined {
  const parts = /^\]11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i.exec(reply);
  if (parts === null) return undefined;
  const [red = 0, green = 0, blue = 0] = parts.slice(1).map((hex) => Number.parseInt(hex, 16) / (16 ** hex.length - 1));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 ? 'light' : 'dark';
}

/** Whether the terminal can answer: a console that cannot would show the questions. */
export function mayBeAsked(env: Environment): boolean {
  const term = env['TERM'] ?? '';
  return term !== '' && term !== 'linux' && term !== 'dumb';
}

/**
 * OSC 9;4: the progress of the start in percent. `failing` has the colour of an error; undefined removes the bar.
 * Empty for terminals that are not known to have such bars: they would show a notice.
 */
export function progressSequence(
  progress: { readonly percent: number; readonly isFailing: boolean } | undefined,
  env: Environment,
): string {
  if (!hasProgressBar(env)) return '';
  const body = progress === undefined ? '0;0' : `${progress.isFailing ? 2 : 1};${Math.round(progress.percent)}`;
  const sequence = `${ESC}]9;4;${body}${ST}`;
  // tmux passes it on to the terminal around it, if allowed.
  return env['TMUX'] === undefined ? sequence : `${ESC}Ptmux;${sequence.replaceAll(ESC, ESC + ESC)}${ST}`;
}

/** The first release of VTE that draws it. */
const VTE_WITH_PROGRESS = 7900;

function hasProgressBar(env: Environment): boolean {
  // Within tmux these describe the terminal that started its server, usually the visible one.
  if (env['WT_SESSION'] !== undefined || env['ConEmuANSI'] === 'ON') return true;
  if (env['GHOSTTY_RESOURCES_DIR'] !== undefined || env['TERM_PROGRAM'] === 'ghostty') return true;
  return Number(env['VTE_VERSION'] ?? 0) >= VTE_WITH_PROGRESS;
}
