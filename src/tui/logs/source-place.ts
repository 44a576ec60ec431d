// The place in a source file that a line of output names, as traces of most languages do.

export interface SourcePlace {
  /** As it stands there: mostly absolute, else from the folder of the service. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** `File "app/main.py", line 3`, as Python has it. */
const IN_WORDS = /File "([^"]{1,1000})", line (\d{1,7})/;
/** `src/app.ts:10:5`, `main.go:12`, `file:///shop/app.js:3`, in brackets or alone. */
const WITH_COLON =
  /(?:file:\/\/)?((?:\/|\.{0,2}\/)?[\w@.+~-]{1,200}(?:\/[\w@.+~-]{1,200}){0,40}\.[A-Za-z]\w{0,7}):(\d{1,7})\b/g;
/** What is further to the right nobody looks for. */
const MOST_LOOKED_AT = 2_000;

/** The first places in the line; whether there is such a file is not known here. */
export function sourcePlaces(text: string): readonly SourcePlace[] {
  const shown = text.slice(0, MOST_LOOKED_AT);
  const inWords = IN_WORDS.exec(shown);
  const found = inWords === null ? [...shown.matchAll(WITH_COLON)] : [inWords];
  return found.map(([, path = '', line]) => ({ path, line: Number(line) }));
}
