// The envelope of every JSON answer. Items of following commands are printed bare, one a line.

import { SCHEMA_VERSION } from '../../core/session/snapshot.ts';

export function jsonData(data: unknown): string {
  return JSON.stringify({ schemaVersion: SCHEMA_VERSION, data });
}

export function jsonError(error: {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}): string {
  return JSON.stringify({ schemaVersion: SCHEMA_VERSION, error });
}
