// What a person types to find or to filter lines, as an expression to match with.

/** What may take long on some line: more than one repetition without a bound. */
const UNBOUNDED = /[*+]|\{\d+,\}/g;

/**
 * A regular expression, or the text itself where it is none (`foo(`). Case matters only when it has an upper-case
 * letter, as in less -i and ripgrep -S.
 */
export function logPattern(text: string): RegExp {
  const letters = text.replaceAll(/\\./g, '');
  const flags = letters === letters.toLowerCase() ? 'i' : '';
  return compiled(text, `${flags}u`) ?? compiled(text, flags) ?? new RegExp(escaped(text), `${flags}u`);
}

/** Whether a match may take long, and should be given a limit of time. */
export function isSuspect(pattern: RegExp): boolean {
  return (pattern.source.match(UNBOUNDED)?.length ?? 0) > 1;
}

function compiled(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
