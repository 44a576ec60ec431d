// Whether the terminal is known to show links (OSC 8). Most of the others pass over them; a few show the sequence.
// FORCE_HYPERLINK, which other programs obey too, decides before all rules.

import type { Environment } from '../../core/env/environment.ts';
import { mayBeAsked } from './abilities.ts';

type Version = readonly [major: number, minor: number];

/** The first release with links, by TERM_PROGRAM. tmux passes them on where the terminal around it has them. */
const FIRST_WITH_LINKS: Readonly<Record<string, Version>> = {
  'iTerm.app': [3, 1],
  vscode: [1, 72],
  WezTerm: [0, 0],
  ghostty: [0, 0],
  zed: [0, 0],
  WarpTerminal: [0, 0],
  tmux: [3, 4],
};
/** The library of GNOME's and other terminals; 0.50.0 crashed. */
const VTE_WITH_LINKS = 5001;
const TERMS_WITH_LINKS = /^(?:xterm-kitty|xterm-ghostty|alacritty|foot)(?:-|$)/;

/** Says no where it is not known. */
export function hasHyperlinks(env: Environment): boolean {
  const forced = env['FORCE_HYPERLINK'] ?? '';
  if (forced !== '') return forced !== '0';
  if (!mayBeAsked(env)) return false;
  // What was set for the terminal around these two says nothing about them.
  if (env['TMUX'] !== undefined) return env['TERM_PROGRAM'] === 'tmux' && isNewEnough('tmux', env);
  if (env['STY'] !== undefined) return false;
  if (env['WT_SESSION'] !== undefined || TERMS_WITH_LINKS.test(env['TERM'] ?? '')) return true;
  return isNewEnough(env['TERM_PROGRAM'] ?? '', env) || Number(env['VTE_VERSION'] ?? 0) >= VTE_WITH_LINKS;
}

function isNewEnough(program: string, env: Environment): boolean {
  const first = FIRST_WITH_LINKS[program];
  if (first === undefined) return false;
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(env['TERM_PROGRAM_VERSION'] ?? '') ?? [];
  return Number(major) > first[0] || (Number(major) === first[0] && Number(minor) >= first[1]);
}
