// The variables that a restart takes from the caller's environment. Left to others: which of them a service uses.
// Trap: two shells differ in much that has nothing to do with the project: their terminal, the program that started
// them, a watching tool. Such a difference would restart a service without a reason that its owner could see.

import type { Environment } from './environment.ts';

/** The environment that a service inherits from now on; the former one where the caller is itself part of a service. */
export function inheritedAnew(before: Environment, caller: Environment): Environment {
  if (caller['DEV_SERVICE'] !== undefined) return before;
  const taken = Object.entries(caller).filter(([name]) => !isOfTheShell(name));
  const kept = Object.entries(before).filter(([name]) => isOfTheShell(name));
  const env = Object.fromEntries([...kept, ...taken]);
  const { PATH: path } = before;
  return path !== undefined && isSamePath(path, env['PATH']) ? { ...env, PATH: path } : env;
}

/** Variables that have another value in one than in the other, or are in one alone; in the order of the alphabet. */
export function differingVariables(one: Environment, other: Environment): readonly string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => one[name] !== other[name]).toSorted();
}

function isOfTheShell(name: string): boolean {
  return SHELL_VARIABLES.has(name) || SHELL_PREFIXES.test(name);
}

/** A package manager puts the programs of its packages in front of a script's PATH. */
function isSamePath(before: string, after: string | undefined): boolean {
  const own = (path: string): string =>
    path
      .split(':')
      .filter((folder) => !/\/node_modules\/\.bin\/?$|\/node-gyp-bin$/.test(folder))
      .join(':');
  return after !== undefined && own(before) === own(after);
}

const SHELL_VARIABLES: ReadonlySet<string> = new Set(
  (
    '_ PWD OLDPWD SHLVL SHELL TERM TERMINFO COLORTERM COLORFGBG COLUMNS LINES WINDOWID DISPLAY WAYLAND_DISPLAY ' +
    'STY TMUX TMUX_PANE GPG_TTY LS_COLORS LSCOLORS PS1 PS2 PROMPT PROMPT_COMMAND HISTFILE HISTSIZE HISTCONTROL MAIL ' +
    'PAGER MANPAGER LESS LESSOPEN LESSCLOSE EDITOR VISUAL GIT_PAGER GIT_EDITOR NO_COLOR FORCE_COLOR CLICOLOR ' +
    'CLICOLOR_FORCE INIT_CWD COLOR NODE HOSTTYPE OSTYPE MACHTYPE LOGNAME VTE_VERSION SECURITYSESSIONID'
  ).split(' '),
);
const SHELL_PREFIXES =
  /^(?:npm_|PNPM_|BERRY_|SSH_|XDG_|DBUS_|TERM_|KITTY_|ITERM_|WEZTERM_|ALACRITTY_|KONSOLE_|GNOME_|ZELLIJ|WT_|VSCODE_|BASH|ZSH|FISH|CLAUDE|CODEX|CURSOR_|GEMINI_CLI|AI_AGENT|AGENT_|DEVDECK_|__)/;
