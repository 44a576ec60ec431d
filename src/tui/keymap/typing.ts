// While text is typed at the foot of the screen.

import { type KeyBinding } from './binding.ts';

export const TYPING_KEYS: readonly KeyBinding[] = [
  { keys: ['enter'], action: 'submit', modes: ['search'], label: 'search', footer: 1 },
  { keys: ['enter'], action: 'submit', modes: ['find-service'], label: 'show these', footer: 1 },
  { keys: ['enter'], action: 'submit', modes: ['filter'], label: 'filter', footer: 1 },
  { keys: ['enter'], action: 'submit', modes: ['save'], label: 'save', footer: 1 },
  { keys: ['enter'], action: 'submit', modes: ['answer'], label: 'send', footer: 1 },
  {
    keys: ['esc', 'ctrl-c'],
    action: 'back',
    modes: ['search', 'filter', 'find-service', 'save', 'answer'],
    label: 'cancel',
    footer: 2,
  },
  { keys: ['enter'], action: 'submit', modes: ['port'], label: 'use this port', footer: 1 },
  { keys: ['esc'], action: 'back', modes: ['port'], label: 'back', footer: 2 },
  {
    keys: ['backspace'],
    action: 'erase',
    modes: ['palette', 'search', 'filter', 'find-service', 'save', 'answer', 'port'],
    label: 'erase',
  },
  {
    keys: ['ctrl-u'],
    action: 'eraseAll',
    modes: ['palette', 'search', 'filter', 'find-service', 'save', 'answer', 'port'],
    label: 'erase all',
  },
];
