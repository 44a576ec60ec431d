// Keys that go to another service, line or pane.

import { LISTS, PANES, type KeyBinding } from './binding.ts';

export const MOVE_KEYS: readonly KeyBinding[] = [
  {
    keys: ['j', 'down'],
    action: 'moveDown',
    modes: [...LISTS, 'logs'],
    label: 'down',
    help: 'down',
    about: 'next service; one line down in logs and detail',
    words: 'next service line',
    group: 'Move',
  },
  {
    keys: ['k', 'up'],
    action: 'moveUp',
    modes: [...LISTS, 'logs'],
    label: 'up',
    help: 'up',
    about: 'previous service; one line up in logs and detail',
    words: 'previous service line',
    group: 'Move',
  },
  {
    keys: ['g', 'home'],
    action: 'moveFirst',
    modes: [...LISTS, 'logs'],
    label: 'first',
    help: 'to the start',
    about: 'first service; oldest line in logs',
    words: 'first oldest top',
    group: 'Move',
  },
  {
    keys: ['G', 'end'],
    action: 'moveLast',
    modes: [...LISTS, 'logs'],
    label: 'last',
    help: 'to the end',
    about: 'last service; newest line in logs',
    words: 'last newest bottom',
    group: 'Move',
  },
  { keys: ['tab'], action: 'focusNext', modes: PANES, label: 'next pane', help: 'next pane', group: 'Move' },
  { keys: ['shift-tab'], action: 'focusPrevious', modes: PANES, label: 'previous pane' },
  { keys: ['1'], action: 'focusServices', modes: PANES, label: 'services', help: 'services', group: 'Move' },
  { keys: ['2'], action: 'focusLogs', modes: PANES, label: 'logs', help: 'logs', group: 'Move' },
  { keys: ['3'], action: 'focusDetail', modes: PANES, label: 'detail', help: 'details of the service', group: 'Move' },
];
