// How SQLite is opened here: on first use, for it costs two milliseconds to load, and without the warning that Node
// prints for a module it still calls experimental.

import type { DatabaseSync } from 'node:sqlite';

/** @param options.timeoutMs how long a statement waits for another process's lock before it fails as busy */
export function openDatabase(
  path: string | URL,
  options: { readonly timeoutMs: number; readonly isReadOnly?: boolean },
): DatabaseSync {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    const sqlite = process.getBuiltinModule('node:sqlite');
    const { timeoutMs: timeout, isReadOnly: readOnly = false } = options;
    return new sqlite.DatabaseSync(path, { timeout, readOnly });
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** SQLite's primary result code; undefined when the error is not SQLite's. */
export function resultCode(error: unknown): number | undefined {
  const code = error instanceof Error ? (error as { errcode?: unknown }).errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** Result codes that callers tell apart; see https://sqlite.org/rescode.html. */
export const SQLITE = { busy: 5, locked: 6, corrupt: 11, notADatabase: 26 } as const;
