// To another service, another line, another pane.

import { LISTS, PANES, type KeyBinding } from './binding.ts';

export const MOVE_KEYS: readonly KeyBinding[] = [
  {
    keys: ['j', 'down'],
    action: 'moveDown',
    modes: [...LISTS, 'logs'],
    label: 'down',
    help: 'next service; in the logs and the detail: one line down',
    group: 'Move',
  },
  {
    keys: ['k', 'up'],
    action: 'moveUp',
    modes: [...LISTS, 'logs'],
    label: 'up',
    help: 'previous service; in the logs and the detail: one line up',
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
];
