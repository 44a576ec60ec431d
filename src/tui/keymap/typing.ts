// Keys that edit a text at the foot of the screen.

import type { KeyBinding } from './binding.ts';
import { choicesOf, formField } from '../state/action-form.ts';

export const TYPING_KEYS: readonly KeyBinding[] = [
  { keys: ['enter'], action: 'submit', modes: ['search'], label: 'search', footer: 1 },
  { keys: ['enter'], action: 'submit', modes: ['find-service'], label: 'show these', footer: 1 },
  { keys: ['enter'], action: 'submit', modes: ['filter'], label: 'filter', footer: 1 },
  { keys: ['enter'], action: 'submit', modes: ['save'], label: 'save', footer: 1 },
  { keys: ['enter'], action: 'submit', modes: ['answer'], label: 'send', footer: 1 },
  {
    keys: ['esc', 'ctrl-c'],
    action: 'back',
    modes: ['search', 'filter', 'find-service', 'save', 'answer', 'action'],
    label: 'cancel',
    footer: 2,
  },
  {
    keys: ['enter'],
    action: 'submit',
    modes: ['action'],
    label: 'next, then run',
    footer: (state) => (formField(state) === undefined ? undefined : 1),
  },
  { keys: ['up', 'shift-tab'], action: 'fieldUp', modes: ['action'], label: 'up' },
  { keys: ['down', 'tab'], action: 'fieldDown', modes: ['action'], label: 'down' },
  {
    keys: ['right'],
    action: 'valueNext',
    modes: ['action'],
    label: 'other choice',
    footer: (state) => (choicesOf(formField(state)).length === 0 ? undefined : 1.5),
  },
  { keys: ['left'], action: 'valuePrevious', modes: ['action'], label: 'other choice' },
  { keys: ['enter'], action: 'submit', modes: ['port'], label: 'use this port', footer: 1 },
  { keys: ['esc'], action: 'back', modes: ['port'], label: 'back', footer: 2 },
  {
    keys: ['backspace'],
    action: 'erase',
    modes: ['palette', 'search', 'filter', 'find-service', 'save', 'answer', 'action', 'port'],
    label: 'erase',
  },
  {
    keys: ['ctrl-u'],
    action: 'eraseAll',
    modes: ['palette', 'search', 'filter', 'find-service', 'save', 'answer', 'action', 'port'],
    label: 'erase all',
  },
];
