// Text that a stranger chose (a process name, a host, an HTTP reason) before it enters a message of ours.

const LONGEST = 40;

/** Printable characters only, on one line, at most `limit` of them; what was cut ends in `…`. */
export function printable(text: string, limit = LONGEST): string {
  const clean = text
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .replace(/ {2,}/g, ' ');
  const characters = Array.from(clean);
  return characters.length <= limit ? clean : `${characters.slice(0, limit - 1).join('')}…`;
}
