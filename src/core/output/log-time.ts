// The time of a line of output, as number and as text. Lines are in order of time, many in one second. So each second
// is formatted once: doing it for each line would be most of the work of reading a log.

const ZERO = 48;

let written = { second: Number.NaN, text: '' };
/** `text` up to the point before the milliseconds. */
let read = { text: '.', startMs: Number.NaN };

/** RFC 3339 in UTC with milliseconds, as `Date.toISOString`. */
export function formatLineTime(timeMs: number): string {
  const second = Math.floor(timeMs / 1000);
  if (second !== written.second) written = { second, text: new Date(second * 1000).toISOString().slice(0, -4) };
  const millis = Math.trunc(timeMs - second * 1000);
  return `${written.text}${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}Z`;
}

/** Milliseconds since the epoch, or NaN; as `Date.parse`, quickest for what `formatLineTime` writes. */
export function parseLineTime(text: string): number {
  if (text.length !== 24 || text[19] !== '.' || text[23] !== 'Z') return Date.parse(text);
  if (!text.startsWith(read.text)) read = { text: text.slice(0, 20), startMs: Date.parse(`${text.slice(0, 19)}Z`) };
  const millis = 100 * digit(text, 20) + 10 * digit(text, 21) + digit(text, 22);
  return read.startMs + millis;
}

/** NaN when there is none. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}
