// Invisible characters that change the visible text: they turn the direction of writing, hide text in tags, or end
// a line. They are shown by their number wherever text is printed or drawn. Joiners and variation selectors stay: scripts
// and emoji need them.

/** For a character class of a pattern with the flag `u`. */
export const UNSEEN_CLASS =
  '\\u061C\\u180E\\u200B\\u200E\\u200F\\u2028-\\u202E\\u2060-\\u2064\\u2066-\\u206F\\uFEFF\\uFFF9-\\uFFFB\\u{E0000}-\\u{E007F}';

/** All but line ends, tabs and the colours that we set ourselves. */
const UNSAFE = new RegExp(
  `\\u001B(?!\\[[\\d;:]*m)|[\\0-\\u0008\\u000B-\\u001A\\u001C-\\u001F\\u007F-\\u009F${UNSEEN_CLASS}]`,
  'gu',
);

/**
 * Text of ours as it may go to a terminal, whatever others wrote that it quotes: what a terminal would obey or nobody would
 * see is spelled `\u202E`, as in JSON, so that JSON stays what it was.
 */
export function terminalSafe(text: string): string {
  UNSAFE.lastIndex = 0;
  return UNSAFE.test(text) ? text.replaceAll(UNSAFE, spelled) : text;
}

function spelled(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const code = character.charCodeAt(index).toString(16).toUpperCase();
    return `\\u${code.padStart(4, '0')}`;
  }).join('');
}
