// The one table of keys: what each does, where, how it is called, and why it may not be available right now.
// The footer, the help and the dispatch of keys are made from it.

import type { ConflictChoiceName, ServiceView } from '../core/snapshot.ts';
import type { Key } from './keys.ts';
import {
  isUp,
  selectConflict,
  selectConflictNames,
  selectService,
  selectStillRunning,
  type Mode,
} from './selectors.ts';
import type { ScreenState } from './state.ts';

export type ActionName =
  | 'moveDown'
  | 'moveUp'
  | 'moveFirst'
  | 'moveLast'
  | 'focusNext'
  | 'focusPrevious'
  | 'focusServices'
  | 'focusLogs'
  | 'focusDetail'
  | 'zoom'
  | 'restart'
  | 'restartAll'
  | 'startStop'
  | 'stop'
  | 'killNow'
  | 'ports'
  | 'openUrl'
  | 'typeInto'
  | 'openLog'
  | 'stream'
  | 'search'
  | 'searchNewer'
  | 'searchOlder'
  | 'follow'
  | 'pageUp'
  | 'pageDown'
  | 'halfPageUp'
  | 'halfPageDown'
  | 'timestamps'
  | 'wrap'
  | 'layout'
  | 'pin'
  | 'open'
  | 'filter'
  | 'errorsOnly'
  | 'clear'
  | 'restore'
  | 'mark'
  | 'select'
  | 'copy'
  | 'save'
  | 'pretty'
  | 'help'
  | 'palette'
  | 'paletteUp'
  | 'paletteDown'
  | 'back'
  | 'detach'
  | 'quit'
  | 'suspend'
  | 'submit'
  | 'erase'
  | 'eraseAll'
  | 'choiceUp'
  | 'choiceDown'
  | 'chooseMarked'
  | 'reroute'
  | 'reuse'
  | 'killOwner'
  | 'stopContainer'
  | 'retry'
  | 'skip'
  | 'nextConflict'
  | 'previousConflict'
  | 'remember'
  | 'forAll'
  | 'later'
  | 'confirmQuit'
  | 'force';

export type HelpGroup = 'Move' | 'Services' | 'Logs' | 'Session' | 'Conflict';

export interface KeyBinding {
  readonly keys: readonly Key[];
  readonly action: ActionName;
  readonly modes: readonly Mode[];
  /** One or two words for the footer. */
  readonly label: string | ((state: ScreenState) => string);
  /** A sentence for the help; absent: not listed there. */
  readonly help?: string;
  readonly group?: HelpGroup;
  /** Place in the footer, from the left; absent: not shown there. */
  readonly footer?: number;
  /** Why the key does nothing now; undefined when it works. */
  readonly disabledReason?: (state: ScreenState) => string | undefined;
}

const PANES: readonly Mode[] = ['services', 'logs', 'detail'];
const LISTS: readonly Mode[] = ['services', 'detail', 'ports'];
const ANYWHERE: readonly Mode[] = [...PANES, 'ports', 'conflict'];

export const KEYMAP: readonly KeyBinding[] = [
  // Move
  {
    keys: ['j', 'down'],
    action: 'moveDown',
    modes: [...LISTS, 'logs'],
    label: 'down',
    help: 'next service; in the logs: one line down',
    group: 'Move',
  },
  {
    keys: ['k', 'up'],
    action: 'moveUp',
    modes: [...LISTS, 'logs'],
    label: 'up',
    help: 'previous service; in the logs: one line up',
    group: 'Move',
  },
  {
    keys: ['g', 'home'],
    action: 'moveFirst',
    modes: [...LISTS, 'logs'],
    label: 'first',
    help: 'first service; in the logs: the oldest line',
    group: 'Move',
  },
  {
    keys: ['G', 'end'],
    action: 'moveLast',
    modes: [...LISTS, 'logs'],
    label: 'last',
    help: 'last service; in the logs: the newest line',
    group: 'Move',
  },
  { keys: ['tab'], action: 'focusNext', modes: PANES, label: 'next pane', help: 'next pane', group: 'Move' },
  { keys: ['shift-tab'], action: 'focusPrevious', modes: PANES, label: 'previous pane' },
  { keys: ['1'], action: 'focusServices', modes: PANES, label: 'services', help: 'the services', group: 'Move' },
  { keys: ['2'], action: 'focusLogs', modes: PANES, label: 'logs', help: 'the logs', group: 'Move' },
  { keys: ['3'], action: 'focusDetail', modes: PANES, label: 'detail', help: 'all about the service', group: 'Move' },

  // Services
  {
    keys: ['r'],
    action: 'restart',
    modes: PANES,
    label: 'restart',
    help: 'restart the service',
    group: 'Services',
    footer: 1,
    disabledReason: needsService,
  },
  {
    keys: ['R'],
    action: 'restartAll',
    modes: PANES,
    label: 'restart all',
    help: 'restart all services',
    group: 'Services',
    footer: 12,
    disabledReason: needsSession,
  },
  {
    keys: ['s'],
    action: 'startStop',
    modes: PANES,
    label: (state) => (isSelectedUp(state) ? 'stop' : 'start'),
    help: 'start the service, or stop it if it runs',
    group: 'Services',
    footer: 2,
    disabledReason: needsService,
  },
  {
    keys: ['x'],
    action: 'stop',
    modes: PANES,
    label: 'stop',
    help: 'stop the service',
    group: 'Services',
    disabledReason: (state) => needsService(state) ?? needsUp(state),
  },
  {
    keys: ['X'],
    action: 'killNow',
    modes: PANES,
    label: 'kill',
    help: 'stop it at once, without a grace period',
    group: 'Services',
    footer: 13,
    disabledReason: (state) => needsService(state) ?? needsUp(state),
  },
  {
    keys: ['i'],
    action: 'typeInto',
    modes: PANES,
    label: 'type',
    help: 'type into the service, Ctrl-] comes back',
    group: 'Services',
    footer: 9,
    disabledReason: (state) => needsService(state) ?? needsTerminal(state) ?? needsUp(state),
  },
  {
    keys: ['o'],
    action: 'openUrl',
    modes: PANES,
    label: 'open',
    help: "open the service's URL in the browser",
    group: 'Services',
    footer: 7,
    disabledReason: (state) => needsService(state) ?? needsUrl(state),
  },
  {
    keys: ['p'],
    action: 'ports',
    modes: PANES,
    label: (state) => (selectConflictNames(state).length > 0 ? 'port conflict' : 'ports'),
    help: 'ports of the project, or the conflict',
    group: 'Services',
    footer: 6,
    disabledReason: needsSession,
  },

  // Logs
  {
    keys: ['z', 'enter'],
    action: 'zoom',
    modes: ['services', 'detail'],
    label: (state) => (state.isZoomed ? 'all panes' : 'zoom logs'),
    help: 'logs on the whole screen, and back; Enter on a line of all logs goes to its service',
    group: 'Logs',
    footer: 3,
  },
  {
    keys: ['z'],
    action: 'zoom',
    modes: ['logs'],
    label: (state) => (state.isZoomed ? 'all panes' : 'zoom'),
    footer: 3,
  },
  { keys: ['enter'], action: 'open', modes: ['logs'], label: 'go to service' },
  {
    keys: ['l'],
    action: 'layout',
    modes: PANES,
    label: 'layout',
    help: 'one log, several side by side, or all in the order of time',
    group: 'Logs',
    footer: 6.5,
  },
  {
    keys: ['space'],
    action: 'pin',
    modes: PANES,
    label: 'side by side',
    help: 'keep this log among those side by side, or no longer',
    group: 'Logs',
    disabledReason: needsService,
  },
  { keys: ['/'], action: 'search', modes: PANES, label: 'search', help: 'search the logs', group: 'Logs', footer: 4 },
  {
    keys: ['n'],
    action: 'searchNewer',
    modes: PANES,
    label: 'newer',
    help: 'next match, towards the end',
    group: 'Logs',
    disabledReason: needsQuery,
  },
  {
    keys: ['N'],
    action: 'searchOlder',
    modes: PANES,
    label: 'older',
    help: 'previous match, towards the beginning',
    group: 'Logs',
    disabledReason: needsQuery,
  },
  {
    keys: ['F'],
    action: 'follow',
    modes: PANES,
    label: 'follow',
    help: 'follow new lines, or hold still',
    group: 'Logs',
    footer: 5,
  },
  { keys: ['pgup'], action: 'pageUp', modes: PANES, label: 'page up', help: 'a page up', group: 'Logs' },
  { keys: ['pgdn'], action: 'pageDown', modes: PANES, label: 'page down', help: 'a page down', group: 'Logs' },
  { keys: ['ctrl-u'], action: 'halfPageUp', modes: PANES, label: 'up', help: 'half a page up', group: 'Logs' },
  { keys: ['ctrl-d'], action: 'halfPageDown', modes: PANES, label: 'down', help: 'half a page down', group: 'Logs' },
  {
    keys: ['t'],
    action: 'timestamps',
    modes: PANES,
    label: 'times',
    help: 'before the lines: the time, how long ago, or nothing',
    group: 'Logs',
    footer: 10,
  },
  {
    keys: ['w'],
    action: 'wrap',
    modes: PANES,
    label: (state) => (state.taste.isWrapped ? 'cut' : 'wrap'),
    help: 'wrap long lines, or cut them',
    group: 'Logs',
    footer: 11,
  },
  {
    keys: ['E'],
    action: 'openLog',
    modes: PANES,
    label: 'editor',
    help: 'open the log at this line in $EDITOR or $PAGER',
    group: 'Logs',
    footer: 14,
    disabledReason: needsService,
  },
  {
    keys: ['S'],
    action: 'stream',
    modes: PANES,
    label: 'stream',
    help: 'plain stream of all output, S comes back',
    group: 'Logs',
    footer: 15,
    disabledReason: needsSession,
  },

  {
    keys: ['f'],
    action: 'filter',
    modes: PANES,
    label: 'filter',
    help: 'only lines that match; !text leaves lines out',
    group: 'Logs',
    footer: 4.5,
  },
  {
    keys: ['e'],
    action: 'errorsOnly',
    modes: PANES,
    label: (state) => (state.filter.errorsOnly ? 'all lines' : 'errors'),
    help: 'errors and their traces only, or all lines',
    group: 'Logs',
    footer: 4.6,
  },
  {
    keys: ['m'],
    action: 'mark',
    modes: PANES,
    label: 'mark',
    help: 'draw a line with the time below the newest line',
    group: 'Logs',
  },
  {
    keys: ['c'],
    action: 'clear',
    modes: PANES,
    label: 'clear',
    help: 'hide what is there; it stays on disk',
    group: 'Logs',
    footer: 10.5,
    disabledReason: needsSession,
  },
  {
    keys: ['C'],
    action: 'restore',
    modes: PANES,
    label: 'show all',
    help: 'show again what was cleared',
    group: 'Logs',
  },
  {
    keys: ['v'],
    action: 'select',
    modes: PANES,
    label: 'select',
    help: 'select lines from here on, or end it',
    group: 'Logs',
  },
  {
    keys: ['y'],
    action: 'copy',
    modes: PANES,
    label: 'copy',
    help: 'copy what is selected, or the line, or all in sight',
    group: 'Logs',
    footer: 10.6,
  },
  { keys: ['J'], action: 'pretty', modes: PANES, label: 'JSON', help: 'spread JSON lines out, or not', group: 'Logs' },
  {
    keys: ['W'],
    action: 'save',
    modes: PANES,
    label: 'save',
    help: 'write the log, as it is filtered, to a file',
    group: 'Logs',
    disabledReason: needsSession,
  },

  // Session
  {
    keys: [':'],
    action: 'palette',
    modes: [...ANYWHERE, 'help'],
    label: 'all actions',
    help: 'everything one can do, by name',
    group: 'Session',
    footer: 16,
  },
  { keys: ['/'], action: 'palette', modes: ['help'], label: 'find', footer: 2 },
  { keys: ['enter'], action: 'submit', modes: ['palette'], label: 'do it', footer: 1 },
  { keys: ['esc', 'ctrl-c'], action: 'back', modes: ['palette'], label: 'close', footer: 2 },
  { keys: ['up', 'ctrl-p', 'shift-tab'], action: 'paletteUp', modes: ['palette'], label: 'up' },
  { keys: ['down', 'ctrl-n', 'tab'], action: 'paletteDown', modes: ['palette'], label: 'down' },
  {
    keys: ['?'],
    action: 'help',
    modes: ANYWHERE,
    label: 'help',
    help: 'this help',
    group: 'Session',
    footer: 90,
  },
  {
    keys: ['d'],
    action: 'detach',
    modes: PANES,
    label: 'detach',
    help: 'leave the screen, all services keep running',
    group: 'Session',
    footer: 8,
    disabledReason: needsSession,
  },
  {
    keys: ['q', 'ctrl-c'],
    action: 'quit',
    modes: [...PANES, 'conflict'],
    label: 'quit',
    help: 'stop all services and leave',
    group: 'Session',
    footer: 91,
  },
  {
    keys: ['ctrl-c'],
    action: 'quit',
    modes: ['help', 'ports', 'port-input', 'too-small'],
    label: 'quit',
  },
  { keys: ['q'], action: 'quit', modes: ['too-small'], label: 'quit', footer: 1 },
  {
    keys: ['ctrl-z'],
    action: 'suspend',
    modes: [
      ...ANYWHERE,
      'help',
      'palette',
      'search',
      'filter',
      'save',
      'port-input',
      'quit-question',
      'stopping',
      'too-small',
    ],
    label: 'suspend',
    help: 'back to the shell for a while, fg returns',
    group: 'Session',
  },
  { keys: ['esc'], action: 'back', modes: PANES, label: 'back', help: 'end zoom, search or focus', group: 'Session' },
  { keys: ['esc', '?', 'q', 'enter'], action: 'back', modes: ['help'], label: 'close', footer: 1 },
  { keys: ['esc', 'q', 'p'], action: 'back', modes: ['ports'], label: 'close', footer: 1 },

  // Typing
  { keys: ['enter'], action: 'submit', modes: ['search'], label: 'search', footer: 1 },
  { keys: ['enter'], action: 'submit', modes: ['filter'], label: 'filter', footer: 1 },
  { keys: ['enter'], action: 'submit', modes: ['save'], label: 'save', footer: 1 },
  { keys: ['esc', 'ctrl-c'], action: 'back', modes: ['search', 'filter', 'save'], label: 'cancel', footer: 2 },
  { keys: ['enter'], action: 'submit', modes: ['port-input'], label: 'use this port', footer: 1 },
  { keys: ['esc'], action: 'back', modes: ['port-input'], label: 'back', footer: 2 },
  {
    keys: ['backspace'],
    action: 'erase',
    modes: ['palette', 'search', 'filter', 'save', 'port-input'],
    label: 'erase',
  },
  {
    keys: ['ctrl-u'],
    action: 'eraseAll',
    modes: ['palette', 'search', 'filter', 'save', 'port-input'],
    label: 'erase all',
  },

  // Conflict
  { keys: ['down', 'tab'], action: 'choiceDown', modes: ['conflict'], label: 'down' },
  { keys: ['up', 'shift-tab'], action: 'choiceUp', modes: ['conflict'], label: 'up' },
  { keys: ['enter'], action: 'chooseMarked', modes: ['conflict'], label: 'choose', footer: 1 },
  {
    keys: ['p'],
    action: 'reroute',
    modes: ['conflict'],
    label: 'other port',
    help: 'use the port shown; type for another',
    group: 'Conflict',
    footer: 2,
    disabledReason: (state) => whyNotChoose(state, 'reroute'),
  },
  {
    keys: ['u'],
    action: 'reuse',
    modes: ['conflict'],
    label: 'reuse',
    help: 'use the server that has the port in its place',
    group: 'Conflict',
    footer: 3,
    disabledReason: (state) => whyNotChoose(state, 'reuse'),
  },
  {
    keys: ['k'],
    action: 'killOwner',
    modes: ['conflict'],
    label: 'stop owner',
    help: 'stop the program that has the port',
    group: 'Conflict',
    footer: 3,
    disabledReason: (state) => whyNotChoose(state, 'kill'),
  },
  {
    keys: ['c'],
    action: 'stopContainer',
    modes: ['conflict'],
    label: 'stop container',
    help: 'stop the container that has the port',
    group: 'Conflict',
    footer: 4,
    disabledReason: (state) => whyNotChoose(state, 'container'),
  },
  {
    keys: ['r'],
    action: 'retry',
    modes: ['conflict'],
    label: 'try again',
    help: 'look at the port again',
    group: 'Conflict',
    footer: 4,
  },
  {
    keys: ['s'],
    action: 'skip',
    modes: ['conflict'],
    label: 'skip',
    help: 'leave the service stopped',
    group: 'Conflict',
    footer: 5,
  },
  {
    keys: ['right'],
    action: 'nextConflict',
    modes: ['conflict'],
    label: 'next conflict',
    help: 'the next of several conflicts',
    group: 'Conflict',
    footer: 7,
    disabledReason: needsSeveralConflicts,
  },
  {
    keys: ['left'],
    action: 'previousConflict',
    modes: ['conflict'],
    label: 'previous conflict',
    help: 'the previous one',
    group: 'Conflict',
    disabledReason: needsSeveralConflicts,
  },
  {
    keys: ['m'],
    action: 'remember',
    modes: ['conflict'],
    label: 'remember',
    help: 'remember the next choice for this project, or not',
    group: 'Conflict',
    footer: 8,
  },
  {
    keys: ['a'],
    action: 'forAll',
    modes: ['conflict'],
    label: 'for all',
    help: 'the next choice is for all conflicts, or not',
    group: 'Conflict',
    footer: 9,
    disabledReason: needsSeveralConflicts,
  },
  {
    keys: ['esc'],
    action: 'later',
    modes: ['conflict'],
    label: 'later',
    help: 'decide later; p comes back to it',
    group: 'Conflict',
    footer: 6,
  },

  // Leaving
  {
    keys: ['q', 'y', 'enter', 'ctrl-c'],
    action: 'confirmQuit',
    modes: ['quit-question'],
    label: 'stop all',
    footer: 1,
  },
  { keys: ['esc', 'n'], action: 'back', modes: ['quit-question'], label: 'stay', footer: 2 },
  {
    keys: ['q', 'ctrl-c', 'X'],
    action: 'force',
    modes: ['stopping'],
    label: 'kill what is left, now',
    footer: 1,
    disabledReason: (state) =>
      state.leaving === 'forcing' && selectStillRunning(state).length > 0 ? 'already killing what is left' : undefined,
  },
];

export function findBinding(mode: Mode, key: Key): KeyBinding | undefined {
  return KEYMAP.find((binding) => binding.modes.includes(mode) && binding.keys.includes(key));
}

/** Keys of the footer in the order they stand there, those that do nothing now left out. */
export function footerBindings(state: ScreenState, mode: Mode): readonly KeyBinding[] {
  return KEYMAP.filter(
    (binding) =>
      binding.footer !== undefined && binding.modes.includes(mode) && binding.disabledReason?.(state) === undefined,
  ).toSorted((a, b) => (a.footer ?? 0) - (b.footer ?? 0));
}

export function labelOf(binding: KeyBinding, state: ScreenState): string {
  return typeof binding.label === 'string' ? binding.label : binding.label(state);
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  up: '↑',
  left: '←',
  right: '→',
  down: '↓',
  enter: 'Enter',
  esc: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  pgup: 'PgUp',
  pgdn: 'PgDn',
  home: 'Home',
  end: 'End',
};

/** A key as it is written on the keyboard: "Ctrl-C", "PgUp", "r". */
export function keyName(key: Key): string {
  return KEY_NAMES[key] ?? (key.startsWith('ctrl-') ? `Ctrl-${key.slice(5).toUpperCase()}` : key);
}

function isSelectedUp(state: ScreenState): boolean {
  const service = selectService(state);
  return service !== undefined && isUp(service);
}

function needsSession(state: ScreenState): string | undefined {
  return state.session === undefined ? 'the session is still starting' : undefined;
}

function needsService(state: ScreenState): string | undefined {
  return needsSession(state) ?? (selectService(state) === undefined ? 'there is no service to act on' : undefined);
}

function needsUp(state: ScreenState): string | undefined {
  const service = selectService(state);
  return service === undefined || isUp(service) ? undefined : `${service.name} ${notRunning(service)}`;
}

function notRunning(service: ServiceView): string {
  return service.state === 'failed' ? 'has failed and does not run' : 'does not run';
}

function needsTerminal(state: ScreenState): string | undefined {
  const service = selectService(state);
  return service?.tty === false ? `${service.name} has no terminal: its config says tty: false` : undefined;
}

function needsUrl(state: ScreenState): string | undefined {
  const service = selectService(state);
  return service?.url === null ? `${service.name} has no URL` : undefined;
}

function needsQuery(state: ScreenState): string | undefined {
  return state.search.query === undefined ? 'nothing to look for yet: / searches' : undefined;
}

function needsSeveralConflicts(state: ScreenState): string | undefined {
  return selectConflictNames(state).length > 1 ? undefined : 'there is only one conflict';
}

function whyNotChoose(state: ScreenState, name: ConflictChoiceName): string | undefined {
  const choices = selectConflict(state)?.conflict.choices ?? [];
  return choices.find((choice) => choice.name === name)?.unavailable ?? undefined;
}
