// What the terminal is asked, and what it does beside showing text where it can: its ground, the keyboard protocol of kitty,
// the focus, a progress bar in its tab. Sequences alone; when they are sent, `terminal.ts` and the loop decide.

import type { Environment } from '../../core/env/environment.ts';

const ESC = '\u001b';
const ST = `${ESC}\\`;

/**
 * The colour of the ground (OSC 11) and the keyboard protocol, and last what every terminal answers: with the answer to
 * that, all the answers that there are have come.
 */
export const QUESTIONS = `${ESC}]11;?${ST}${ESC}[?u${ESC}[c`;
/** Keys that a byte alone cannot tell apart come as sequences: Escape is one at once, not after a pause. */
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

/** By how bright people see the colour: "]11;rgb:1e1e/2222/2a2a". */
function groundOf(reply: string): Ground | undefined {
  const parts = /^\]11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i.exec(reply);
  if (parts === null) return undefined;
  const [red = 0, green = 0, blue = 0] = parts.slice(1).map((hex) => Number.parseInt(hex, 16) / (16 ** hex.length - 1));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 ? 'light' : 'dark';
}

/** Whether anybody is there to answer: a console without such answers would show the questions. */
export function mayBeAsked(env: Environment): boolean {
  const term = env['TERM'] ?? '';
  return term !== '' && term !== 'linux' && term !== 'dumb';
}

/**
 * OSC 9;4: services are on their way up, so many of a hundred parts; `failing` in the colour of an error; undefined takes
 * the bar away. Empty where the terminal is not known to have such bars: others would show a notice instead.
 */
export function progressSequence(
  progress: { readonly percent: number; readonly isFailing: boolean } | undefined,
  env: Environment,
): string {
  if (!hasProgressBar(env)) return '';
  const body = progress === undefined ? '0;0' : `${progress.isFailing ? 2 : 1};${Math.round(progress.percent)}`;
  const sequence = `${ESC}]9;4;${body}${ST}`;
  // tmux hands it on to the terminal around it, where that is allowed.
  return env['TMUX'] === undefined ? sequence : `${ESC}Ptmux;${sequence.replaceAll(ESC, ESC + ESC)}${ST}`;
}

/** The first release of VTE that draws them. */
const VTE_WITH_PROGRESS = 7900;

function hasProgressBar(env: Environment): boolean {
  // Within tmux these tell of the terminal in which its server was started, mostly the one that is looked at.
  if (env['WT_SESSION'] !== undefined || env['ConEmuANSI'] === 'ON') return true;
  if (env['GHOSTTY_RESOURCES_DIR'] !== undefined || env['TERM_PROGRAM'] === 'ghostty') return true;
  return Number(env['VTE_VERSION'] ?? 0) >= VTE_WITH_PROGRESS;
}
