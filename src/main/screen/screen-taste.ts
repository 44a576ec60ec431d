// How somebody likes to see the logs of a project, from one screen to the next: `.devdeck/screen.json`.
// What is in the file may be of another version, or nonsense; nothing about it is worth a word.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_LAYOUTS, LOG_TIMES, type LogTaste } from '../../tui/state/state.ts';

const pathOf = (root: string): string => join(root, '.devdeck', 'screen.json');

export function readTaste(root: string): Partial<LogTaste> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(pathOf(root), 'utf8'));
  } catch {
    return {};
  }
  if (typeof value !== 'object' || value === null) return {};
  const { layout, pinned, times, isWrapped } = value as Readonly<Record<string, unknown>>;
  const knownLayout = LOG_LAYOUTS.find((known) => known === layout);
  const knownTimes = LOG_TIMES.find((known) => known === times);
  return {
    ...(knownLayout === undefined ? {} : { layout: knownLayout }),
    ...(knownTimes === undefined ? {} : { times: knownTimes }),
    ...(Array.isArray(pinned) ? { pinned: pinned.filter((name) => typeof name === 'string') } : {}),
    ...(typeof isWrapped === 'boolean' ? { isWrapped } : {}),
  };
}

export function keepTaste(root: string, taste: LogTaste): void {
  const path = pathOf(root);
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify(taste)}\n`, { mode: 0o600 });
    renameSync(draft, path);
  } catch {
    // A folder that cannot be written to keeps nothing; the screen is none the worse.
  }
}
