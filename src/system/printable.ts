// Makes foreign text (a process name, a host, an HTTP reason) printable before it enters a message of ours.

const LONGEST = 40;
/** So much of a text is looked at for each character that is shown: the arguments of a process may be megabytes. */
const LOOKED_AT = 32;

/** Printable characters only, on one line, at most `limit` of them; a cut text ends in `…`. */
export function printable(text: string, limit = LONGEST): string {
  const looked = text.slice(0, limit * LOOKED_AT).toWellFormed();
  const clean = looked
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .replace(/ {2,}/g, ' ');
  const characters = Array.from(clean);
  return characters.length <= limit && looked.length === text.length
    ? clean
    : `${characters.slice(0, limit - 1).join('')}…`;
}
