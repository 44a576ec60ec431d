// The name in front of each line when the output of several services is merged: "backend  │ ".

import { fit } from './text.ts';

const MAX_NAME_WIDTH = 20;

/** One prefix for each name, all of one width, without colour. */
export function logPrefixes(names: readonly string[]): ReadonlyMap<string, string> {
  const width = Math.min(MAX_NAME_WIDTH, Math.max(0, ...names.map((name) => name.length)));
  return new Map(names.map((name) => [name, `${fit(name, width)} │ `]));
}
