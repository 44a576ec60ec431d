// The help shows every word of every key, on as many pages as that takes.

import { expect, it } from 'vitest';
import { helpPages } from '../../../../src/tui/keymap/help-pages.ts';
import { keymapOf } from '../../../../src/tui/keymap/keymap.ts';
import { Help } from '../../../../src/tui/components/dialogs/help.tsx';
import { calmSession, readyService } from '../../../fixtures/screen/scenes.ts';
import { renderPart, screenState } from '../../../helpers/render-part.tsx';
import { renderScreen } from '../../../helpers/render-screen.ts';

it.each([
  [40, 8],
  [80, 22],
  [120, 38],
  [200, 58],
])('has every key and all its words at %d × %d', (columns, rows) => {
  const pages = helpPages({ columns, rows }, {});
  const lines = pages.flatMap((page) => page.columns.flat());
  const words = lines.map(({ text }) => text).join(' ');
  for (const { help, keys } of keymapOf({})) if (keys.length > 0 && help !== undefined) expect(words).toContain(help);
  for (const page of pages) {
    for (const column of page.columns) expect(column.length).toBeLessThan(rows);
    expect(page.columns.length * page.columnWidth).toBeLessThanOrEqual(columns - 2);
  }
});

it('needs one page from 120 × 40 on', () => {
  expect(helpPages({ columns: 120, rows: 38 }, {})).toHaveLength(1);
});

it('turns its pages, no further than they go, and opens at the first', async () => {
  const screen = renderScreen(calmSession(), { columns: 80, rows: 24 });
  await screen.waitFor('db');
  screen.press('?');
  await screen.waitFor('page 1 of 3');
  screen.press('k');
  for (const page of [2, 3]) {
    screen.press('j');
    await screen.waitFor(`page ${page} of 3`);
  }
  screen.press('jjk');
  await screen.waitFor('page 2 of 3');
  screen.press('q');
  await screen.waitFor((rows) => !rows.join('\n').includes('── keys'));
  screen.press('?');
  await screen.waitFor('page 1 of 3');
});

it('lights the keys that work where it was opened, in two columns at 80', () => {
  const area = { column: 0, row: 0, columns: 80, rows: 22 };
  const look = (focus: 'services' | 'logs') =>
    renderPart(<Help area={area} />, screenState([readyService('db')], { size: area, focus }), {
      env: { TERM: 'xterm-256color' },
    });
  const lineOf = (focus: 'services' | 'logs', text: string) =>
    look(focus)
      .painted()
      .split('\n')
      .find((line) => line.includes(text)) ?? '';
  const lit = '\u001b[1m\u001b[36mO';
  expect(lineOf('services', 'order of the services')).toContain(lit);
  expect(lineOf('logs', 'order of the services')).not.toContain(lit);
  expect(look('services').rows()[1]).toMatch(/^ Services +\S/);
});
