// The glyphs of the screen in ASCII, for terminals and fonts that have no others. One column for one column, so that
// nothing moves.

const STAND_INS: Readonly<Record<string, string>> = {
  '●': '*',
  '◐': 'o',
  '○': '-',
  '◇': 'e',
  '◌': '~',
  '✖': 'X',
  '✓': '+',
  '▲': '!',
  '↔': '%',
  '↻': '@',
  '−': '-',
  '›': '>',
  '‹': '<',
  '❯': '>',
  '▼': 'v',
  '▶': '>',
  '◀': '<',
  '▸': '>',
  '■': '#',
  '□': '-',
  '◆': '*',
  '•': '*',
  '°': "'",
  µ: 'u',
  '⚠': '!',
  '✗': 'X',
  '✔': '+',
  '▌': '>',
  '▐': '|',
  '▏': '_',
  '▎': '|',
  '│': '|',
  '┃': '|',
  '─': '-',
  '━': '=',
  '╌': '-',
  '┄': '-',
  '┌': '+',
  '┐': '+',
  '└': '`',
  '┘': '+',
  '├': '|',
  '┤': '|',
  '┬': '+',
  '┴': '+',
  '┼': '+',
  '╰': '`',
  '╭': '+',
  '╮': '+',
  '╯': '+',
  '▁': '_',
  '▂': '.',
  '▃': '-',
  '▄': '-',
  '▅': '=',
  '▆': '+',
  '▇': '*',
  '█': '#',
  '▀': '"',
  '░': '.',
  '▒': ':',
  '▓': '#',
  '·': '.',
  '…': '.',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '↳': '`',
  '↵': '$',
  '⏎': '$',
  '×': 'x',
  '≤': '<',
  '≥': '>',
  '±': '~',
  '–': '-',
  '—': '-',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '�': '?',
};
/** By the number of dots. */
const BRAILLE = ' ..::++##';
const BRAILLE_START = 0x2800;
const KNOWN = new RegExp(`[${Object.keys(STAND_INS).join('')}\u2800-\u28ff]`, 'g');

/** What has no stand-in stays: the text of a service may hold any. */
export function asciiGlyphs(text: string): string {
  return text.replaceAll(KNOWN, (glyph) => STAND_INS[glyph] ?? braille(glyph));
}

function braille(glyph: string): string {
  const dots = (glyph.codePointAt(0) ?? BRAILLE_START) - BRAILLE_START;
  const count = dots.toString(2).replaceAll('0', '').length;
  return BRAILLE[count] ?? '#';
}
