// Any value of a file on one short line, for a comment.

const LONGEST = 90;

/** `{restart: always}`; what is longer than a line ends in `…`. Costs no more than what it shows, whatever aliases hold. */
export function briefly(value: unknown): string {
  let room = LONGEST;
  const write = (text: string): string => {
    const part = text.length > room ? `${text.slice(0, Math.max(0, room))}…` : text;
    room -= part.length;
    return part;
  };
  const show = (shown: unknown): string => {
    if (room <= 0) return '';
    if (Array.isArray(shown)) return write('[') + list(shown, show) + write(']');
    if (typeof shown === 'object' && shown !== null && !(shown instanceof Date)) {
      const entries = Object.entries(shown);
      return write('{') + list(entries, ([key, inner]) => write(`${key}: `) + show(inner)) + write('}');
    }
    const text = String(shown)
      .replaceAll(/[\s\p{C}]+/gu, ' ')
      .trim();
    return write(text === '' ? '""' : text);
  };
  const list = <T>(items: readonly T[], one: (item: T) => string): string => {
    const shown: string[] = [];
    for (const item of items) {
      if (room <= 0) break;
      shown.push(one(item));
      room -= 2;
    }
    return shown.join(', ');
  };
  return show(value);
}
