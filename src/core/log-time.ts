// The time of a line of output, as number and as text. Lines come in the order of their times, many in one second, so a
// second is worked out once for all of them: done for each line, it would be most of the work of reading a log.

const FRACTION = /\.\d{3}Z$/;

let written = { second: Number.NaN, text: '' };
let read = { text: '', startMs: Number.NaN };

/** RFC 3339 in UTC with milliseconds, as `Date.toISOString`. */
export function formatLineTime(timeMs: number): string {
  const second = Math.floor(timeMs / 1000);
  if (second !== written.second) written = { second, text: new Date(second * 1000).toISOString().slice(0, -4) };
  const millis = Math.trunc(timeMs - second * 1000);
  return `${written.text}${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}Z`;
}

/** Milliseconds since the epoch, or NaN; as `Date.parse`, quickest for what `formatLineTime` writes. */
export function parseLineTime(text: string): number {
  if (text.length !== 24 || !FRACTION.test(text)) return Date.parse(text);
  const second = text.slice(0, 19);
  if (second !== read.text) read = { text: second, startMs: Date.parse(`${second}Z`) };
  return read.startMs + Number(text.slice(20, 23));
}
