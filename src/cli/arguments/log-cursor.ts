// A place in the output of a project that outlives sessions and rotated files: the time of a line, which of the lines
// with this very time it is, and its service. Opaque for callers; `logs --after` continues after it.

import type { ServiceName } from '../../core/model/project.ts';

export interface LogCursor {
  readonly timeMs: number;
  /** 0 for the first line of the service with this time; -1 for the place before it. */
  readonly ordinal: number;
  readonly service: ServiceName;
}

export function formatCursor({ timeMs, ordinal, service }: LogCursor): string {
  return `${timeMs.toString(36)}.${ordinal}.${service}`;
}

/** Undefined for text that is not a cursor. */
export function parseCursor(written: string): LogCursor | undefined {
  const [, time, ordinal, service] = /^([0-9a-z]{1,10})\.(-1|\d{1,9})\.(.{1,64})$/.exec(written) ?? [];
  if (time === undefined || ordinal === undefined || service === undefined) return undefined;
  return { timeMs: Number.parseInt(time, 36), ordinal: Number(ordinal), service };
}
