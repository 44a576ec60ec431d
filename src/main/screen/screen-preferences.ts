// A person's layout of the logs of a project, kept between screens: `.devdeck/screen.json`.
// What is in the file may be of another version, or nonsense; nothing about it is worth a word.

import { dirname, join } from 'node:path';
import { privacyProblem } from '../../system/state/private-folder.ts';
import { readJson, writeAtomically } from '../../system/state/state-files.ts';
import { LOG_LAYOUTS, LOG_TIMES, type LogPreferences } from '../../tui/state/state.ts';

const pathOf = (root: string): string => join(root, '.devdeck', 'screen.json');

export function readPreferences(root: string): Partial<LogPreferences> {
  const { layout, pinned, times, isWrapped } = readJson(pathOf(root)) ?? {};
  const knownLayout = LOG_LAYOUTS.find((known) => known === layout);
  const knownTimes = LOG_TIMES.find((known) => known === times);
  return {
    ...(knownLayout === undefined ? {} : { layout: knownLayout }),
    ...(knownTimes === undefined ? {} : { times: knownTimes }),
    ...(Array.isArray(pinned) ? { pinned: pinned.filter((name) => typeof name === 'string') } : {}),
    ...(typeof isWrapped === 'boolean' ? { isWrapped } : {}),
  };
}

export function keepPreferences(root: string, preferences: LogPreferences): void {
  const path = pathOf(root);
  if (privacyProblem(dirname(path)) !== undefined) return;
  try {
    writeAtomically(path, `${JSON.stringify(preferences)}\n`);
  } catch {
    // A folder that cannot be written to keeps nothing; the screen works without it.
  }
}
