// Removes what sessions of a project left in `.devdeck/`: logs, and the state of sessions that crashed. It keeps the
// records of living processes: with them the next session finds and stops those. Trap: the caller holds the session's
// lock, or a starting session would lose its files.

import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RuntimePaths } from './runtime-dir.ts';

export interface CleanedFile {
  /** Relative to the project's root. */
  readonly path: string;
  readonly bytes: number;
}

export function cleanState(
  { root, stateDir, runsFile }: RuntimePaths,
  { dryRun, keepRuns }: { readonly dryRun: boolean; readonly keepRuns: boolean },
): readonly CleanedFile[] {
  // A link or a file in its place is not ours to empty.
  if (lstatSync(stateDir, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const files = [...filesBelow(stateDir)].filter((path) => !keepRuns || path !== runsFile);
  const cleaned = files.map((path) => ({ path: path.slice(root.length + 1), bytes: lstatSync(path).size }));
  if (dryRun) return cleaned;
  if (keepRuns) for (const path of files) rmSync(path, { force: true });
  else rmSync(stateDir, { recursive: true, force: true });
  return cleaned;
}

/** Links are named, never followed. */
function* filesBelow(dir: string): Generator<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}
