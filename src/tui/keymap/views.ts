// The pages where one looks rather than reads.

import { needsSession } from './availability.ts';
import { PANES, type KeyBinding } from './binding.ts';

export const VIEW_KEYS: readonly KeyBinding[] = [
  {
    keys: ['W'],
    action: 'startup',
    modes: [...PANES, 'tree', 'timeline', 'sessions'],
    label: 'start-up',
    help: 'start-up of each service, and what it waited for',
    group: 'Session',
    disabledReason: needsSession,
  },
  {
    keys: ['T'],
    action: 'tree',
    modes: [...PANES, 'startup', 'timeline', 'sessions'],
    label: 'tree',
    help: 'tree of dependencies',
    group: 'Session',
    disabledReason: needsSession,
  },
  {
    keys: ['H'],
    action: 'timeline',
    modes: [...PANES, 'startup', 'tree', 'sessions'],
    label: 'timeline',
    help: 'what happened, and the last ten minutes',
    group: 'Session',
    footer: ({ recording }) => (recording === undefined ? undefined : 0),
    disabledReason: needsSession,
  },
  {
    keys: ['P'],
    action: 'sessions',
    modes: [...PANES, 'startup', 'tree', 'timeline'],
    label: 'all sessions',
    help: 'your sessions on this machine',
    about: 'your sessions on this machine; Enter shows one, d returns',
    words: 'projects worktrees switch',
    group: 'Session',
    disabledReason: ({ recording }) => (recording === undefined ? undefined : 'this is a recording'),
  },
  { keys: ['enter'], action: 'switchSession', modes: ['sessions'], label: 'show', footer: 1 },
  { keys: ['enter'], action: 'openMoment', modes: ['timeline'], label: 'logs of then', footer: 1 },
  { keys: ['n'], action: 'troubleNext', modes: ['timeline'], label: 'next trouble', footer: 2 },
  { keys: ['N'], action: 'troublePrevious', modes: ['timeline'], label: 'trouble before', footer: 3 },
  { keys: ['left', 'h'], action: 'momentEarlier', modes: ['timeline'], label: 'earlier', footer: 4 },
  { keys: ['right', 'l'], action: 'momentLater', modes: ['timeline'], label: 'later', footer: 5 },
  { keys: ['space', 'enter'], action: 'fold', modes: ['tree'], label: 'fold', footer: 1 },
  { keys: ['esc', 'q', 'W'], action: 'back', modes: ['startup'], label: 'close', footer: 9 },
  { keys: ['esc', 'q', 'T'], action: 'back', modes: ['tree'], label: 'close', footer: 9 },
  { keys: ['esc', 'q', 'P'], action: 'back', modes: ['sessions'], label: 'close', footer: 9 },
  { keys: ['esc', 'q', 'H'], action: 'back', modes: ['timeline'], label: 'close', footer: 1.5 },
];
