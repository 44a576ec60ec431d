// To another service, another line, another pane.

import { LISTS, PANES, type KeyBinding } from './binding.ts';

export const MOVE_KEYS: readonly KeyBinding[] = [
  {
    keys: ['j', 'down'],
    action: 'moveDown',
    modes: [...LISTS, 'logs'],
    label: 'down',
    help: 'next service; one line down in logs and detail',
    group: 'Move',
  },
  {
    keys: ['k', 'up'],
    action: 'moveUp',
    modes: [...LISTS, 'logs'],
    label: 'up',
    help: 'previous service; one line up in logs and detail',
    group: 'Move',
  },
  {
    keys: ['g', 'home'],
    action: 'moveFirst',
    modes: [...LISTS, 'logs'],
    label: 'first',
    help: 'first service; oldest line in logs',
    group: 'Move',
  },
  {
    keys: ['G', 'end'],
    action: 'moveLast',
    modes: [...LISTS, 'logs'],
    label: 'last',
    help: 'last service; newest line in logs',
    group: 'Move',
  },
  { keys: ['tab'], action: 'focusNext', modes: PANES, label: 'next pane', help: 'next pane', group: 'Move' },
  { keys: ['shift-tab'], action: 'focusPrevious', modes: PANES, label: 'previous pane' },
  { keys: ['1'], action: 'focusServices', modes: PANES, label: 'services', help: 'services', group: 'Move' },
  { keys: ['2'], action: 'focusLogs', modes: PANES, label: 'logs', help: 'logs', group: 'Move' },
  { keys: ['3'], action: 'focusDetail', modes: PANES, label: 'detail', help: 'details of the service', group: 'Move' },
];
