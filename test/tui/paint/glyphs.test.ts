// The glyphs of the screen are those that common monospace fonts have, one column wide, with a stand-in in ASCII.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { asciiGlyphs } from '../../../src/format/ascii.ts';
import { displayWidth } from '../../../src/format/text.ts';

/** Of WGL4, which every common font covers, and the few marks beyond it that they all have. */
const COMMON = new Set('●○◐◇◌■□▲▼►◄▸…·•–—‹›“”’‘↑↓←→↔×─│┃└├┄░▒▓█▌▐▁▂▃▄▅▆▇▏✓✖↻°µ±≤≥−§⚠');

const sources = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('ascii.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

/** Without comments, which nobody draws. */
const code = [...sources('src/tui'), ...sources('src/format')]
  .join('\n')
  .replaceAll(/\/\*\*?[^]*?\*\/|^\s*\/\/.*$/gm, '');
const used = [...new Set(code.match(/[^\p{ASCII}\u2800-\u28ff\u3000-\u9fff\uac00-\ud7ff]/gu))];

it.each(used)('%s is in common fonts, one column wide, and has a stand-in', (glyph) => {
  expect(COMMON.has(glyph)).toBe(true);
  expect(displayWidth(glyph)).toBe(1);
  expect(asciiGlyphs(glyph)).toMatch(/^[ -~]$/);
});
