// Colour and style of one cell of the emulator, as the SGR sequence that sets it on a terminal without any.

import type { IBufferCell } from '@xterm/headless';

/** Empty for a cell as a terminal has them at first. */
export function styleOf(cell: IBufferCell): string {
  if (cell.isAttributeDefault()) return '';
  const codes = [
    cell.isBold() ? '1' : '',
    cell.isDim() ? '2' : '',
    cell.isItalic() ? '3' : '',
    cell.isUnderline() ? '4' : '',
    cell.isBlink() ? '5' : '',
    cell.isInverse() ? '7' : '',
    cell.isInvisible() ? '8' : '',
    cell.isStrikethrough() ? '9' : '',
    cell.isOverline() ? '53' : '',
    cell.isFgDefault() ? '' : colour(3, cell.getFgColor(), cell.isFgRGB()),
    cell.isBgDefault() ? '' : colour(4, cell.getBgColor(), cell.isBgRGB()),
  ].filter((code) => code !== '');
  return codes.length === 0 ? '' : `\u001b[${codes.join(';')}m`;
}

/** @param ground 3 for the text, 4 for what is behind it */
function colour(ground: 3 | 4, value: number, isRgb: boolean): string {
  if (isRgb) return `${ground}8;2;${(value >> 16) & 0xff};${(value >> 8) & 0xff};${value & 0xff}`;
  if (value < 8) return `${ground}${value}`;
  return `${ground}8;5;${value}`;
}
