// How many files this process may have open, and whether there is room for one more service. It keeps some in reserve:
// without them the supervisor could not read /proc, answer a client, or stop what it has started.

import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import type { DevError } from '../../errors.ts';
import { spawnFailure } from './command-lookup.ts';

/** Pipes or a terminal, from both ends, and the log. */
const DESCRIPTORS_PER_START = 8;
const MOST_KEPT_BACK = 48;

let known: { readonly limit: number | undefined } | undefined;

/** Whether a service can be started and enough is left for ourselves. Costs a few microseconds. */
export function hasRoomForService(): boolean {
  const files = openFileLimit();
  if (files === undefined) return true;
  return nextDescriptor() + DESCRIPTORS_PER_START + Math.min(MOST_KEPT_BACK, files / 4) <= files;
}

export function tooManyOpenFiles(): DevError {
  const files = openFileLimit() ?? 0;
  return spawnFailure(
    `Too many open files: ${Math.min(nextDescriptor(), files)} of ${files} are in use, and devdeck keeps the rest for itself.`,
    `Raise the limit, then start the session again. Next: ulimit -n ${Math.max(4096, files * 4)}`,
  );
}

/** The soft limit of this process, which Node has raised to the hard one. Undefined: not known here, or none. */
function openFileLimit(): number | undefined {
  if (known !== undefined) return known.limit;
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    known = { limit: limit === undefined ? undefined : Number(limit) };
  } catch {
    known = { limit: undefined };
  }
  return known.limit;
}

/** They are given out lowest first, so this tells how many are in use. */
function nextDescriptor(): number {
  try {
    const next = openSync(devNull, 'r');
    closeSync(next);
    return next;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
