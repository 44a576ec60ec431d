// What a terminal shows as SVG. Every run of text is stretched to its columns, so that any monospaced font will do.

const CELL = { width: 8.4, height: 18, baseline: 13.5 };
const MARGIN = 14;
/** What a terminal draws on, and its own sixteen colours. */
const GROUNDS = {
  dark: {
    back: '#16181d',
    fore: '#d5d8df',
    sixteen: (
      '#16181d #e5707a #8cc578 #dfb469 #6ea8f0 #c58fdc #56b8c4 #d5d8df ' +
      '#6b7280 #f08a93 #a5d894 #eecb85 #8dbcf7 #d6a9ea #75d0da #ffffff'
    ).split(' '),
  },
  light: {
    back: '#ffffff',
    fore: '#24292f',
    sixteen: (
      '#24292f #cf222e #116329 #7d4e00 #0969da #8250df #1b7c83 #6e7781 ' +
      '#57606a #a40e26 #1a7f37 #633c01 #218bff #a475f9 #3192aa #8c959f'
    ).split(' '),
  },
};
const STEPS = [0, 95, 135, 175, 215, 255];

/** @param {'dark' | 'light'} name of the ground */
export function svgOf(terminal, name = 'dark') {
  const ground = GROUNDS[name];
  const { cols, rows } = terminal;
  const width = Math.ceil(cols * CELL.width + 2 * MARGIN);
  const height = rows * CELL.height + 2 * MARGIN;
  const body = Array.from({ length: rows }, (_, row) =>
    rowOf(terminal.buffer.active.getLine(row), row, cols, ground),
  ).flat();
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" rx="8" fill="${ground.back}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${ground.fore}" xml:space="preserve">`,
    ...body,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function rowOf(line, row, cols, ground) {
  const runs = [];
  for (let column = 0; column < cols; column += 1) {
    const cell = line?.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const style = styleOf(cell, ground);
    const last = runs.at(-1);
    const text = cell.getChars() || ' ';
    const isSameRun = last !== undefined && last.style === style.text && last.ground === style.ground;
    if (isSameRun && isDrawing(last.text.at(-1)) === isDrawing(text)) {
      last.text += text;
      last.columns += cell.getWidth();
    } else runs.push({ text, column, columns: cell.getWidth(), style: style.text, ground: style.ground });
  }
  return runs.flatMap((run) => [...groundOf(run, row), ...textOf(run, row)]);
}

function groundOf({ column, columns, ground }, row) {
  if (ground === undefined) return [];
  const place = `x="${x(column)}" y="${MARGIN + row * CELL.height}"`;
  return [`<rect ${place} width="${fixed(columns * CELL.width)}" height="${CELL.height}" fill="${ground}"/>`];
}

/** Blanks at both ends are left out, so that nothing depends on how they are measured. */
/** Fonts that lack one of these take all of its run from another font. */
function isDrawing(text) {
  return /[\u2190-\u28ff]/.test(text);
}

function textOf({ text, column, style }, row) {
  const start = text.length - text.trimStart().length;
  const shown = text.trim();
  if (shown === '') return [];
  const length = fixed(Array.from(shown).length * CELL.width);
  const place = `x="${x(column + start)}" y="${fixed(MARGIN + row * CELL.height + CELL.baseline)}"`;
  return [`<text ${place} textLength="${length}" lengthAdjust="spacingAndGlyphs"${style}>${escaped(shown)}</text>`];
}

function styleOf(cell, { back: paper, fore: ink, sixteen }) {
  const fore = colorOf(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor(), sixteen);
  const back = colorOf(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor(), sixteen);
  const isInverse = cell.isInverse() !== 0;
  const fill = isInverse ? (back ?? paper) : fore;
  return {
    ground: isInverse ? (fore ?? ink) : back,
    text: [
      fill === undefined ? '' : ` fill="${fill}"`,
      cell.isBold() ? ' font-weight="bold"' : '',
      cell.isDim() ? ' opacity="0.6"' : '',
    ].join(''),
  };
}

function colorOf(isRgb, isPalette, color, sixteen) {
  if (isRgb) return `#${color.toString(16).padStart(6, '0')}`;
  if (!isPalette) return undefined;
  if (color < 16) return sixteen[color];
  const level = (color - 232) * 10 + 8;
  const cube = color - 16;
  const parts =
    color >= 232 ? [level, level, level] : [cube / 36, (cube / 6) % 6, cube % 6].map((step) => STEPS[Math.floor(step)]);
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

const x = (column) => fixed(MARGIN + column * CELL.width);
const fixed = (value) => String(Math.round(value * 10) / 10);

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
