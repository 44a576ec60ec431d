// The pages where one looks rather than reads.

import { needsSession } from './availability.ts';
import { PANES, type KeyBinding } from './binding.ts';

export const VIEW_KEYS: readonly KeyBinding[] = [
  {
    keys: ['W'],
    action: 'startup',
    modes: [...PANES, 'tree', 'timeline'],
    label: 'start-up',
    help: 'start-up of each service, and what it waited for',
    group: 'Session',
    disabledReason: needsSession,
  },
  {
    keys: ['T'],
    action: 'tree',
    modes: [...PANES, 'startup', 'timeline'],
    label: 'tree',
    help: 'tree of dependencies',
    group: 'Session',
    disabledReason: needsSession,
  },
  {
    keys: ['H'],
    action: 'timeline',
    modes: [...PANES, 'startup', 'tree'],
    label: 'timeline',
    help: 'what happened, and the last ten minutes',
    group: 'Session',
    footer: ({ recording }) => (recording === undefined ? undefined : 0),
    disabledReason: needsSession,
  },
  { keys: ['enter'], action: 'openMoment', modes: ['timeline'], label: 'logs of then', footer: 1 },
  { keys: ['n'], action: 'troubleNext', modes: ['timeline'], label: 'next trouble', footer: 2 },
  { keys: ['N'], action: 'troublePrevious', modes: ['timeline'], label: 'trouble before', footer: 3 },
  { keys: ['left', 'h'], action: 'momentEarlier', modes: ['timeline'], label: 'earlier', footer: 4 },
  { keys: ['right', 'l'], action: 'momentLater', modes: ['timeline'], label: 'later', footer: 5 },
  { keys: ['space', 'enter'], action: 'fold', modes: ['tree'], label: 'fold', footer: 1 },
  { keys: ['esc', 'q', 'W'], action: 'back', modes: ['startup'], label: 'close', footer: 9 },
  { keys: ['esc', 'q', 'T'], action: 'back', modes: ['tree'], label: 'close', footer: 9 },
  { keys: ['esc', 'q', 'H'], action: 'back', modes: ['timeline'], label: 'close', footer: 1.5 },
];
