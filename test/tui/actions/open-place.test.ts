import { describe, expect, it } from 'vitest';
import { calmSession } from '../../fixtures/screen/scenes.ts';
import { renderScreen, type RenderedScreen } from '../../helpers/render-screen.ts';

const ENTER = '\r';
const SOURCE = '/shop/backend/app/main.py';
const TRACE = [
  'Traceback (most recent call last):',
  '  File "app/main.py", line 12, in total',
  '    return price / count',
  '           ~~~~~~^~~~~~~',
  'ZeroDivisionError: division by zero',
];

async function screenOf(...lines: readonly string[]): Promise<RenderedScreen> {
  const session = calmSession();
  session.write('backend', ...lines);
  const screen = renderScreen(session, { look: { selected: 'backend' }, files: [SOURCE] });
  await screen.waitFor(lines.at(-1) ?? '');
  return screen;
}

/** Presses and lets go, in the column where `text` begins and `beside` columns further. */
function click(screen: RenderedScreen, text: string, beside = 0): void {
  const row = screen.rows().findIndex((line) => line.includes(text));
  const column = (screen.rows()[row] ?? '').indexOf(text) + beside;
  screen.press(`\u001b[<0;${column + 1};${row + 1}M`, `\u001b[<0;${column + 1};${row + 1}m`);
}

describe('a line of a trace', () => {
  it.each([
    ['the line that names the file', 3],
    ['the code below it', 2],
    ['the marks below the code', 1],
  ])('Enter on %s opens the file at that line', async (_, up) => {
    const screen = await screenOf(...TRACE);
    screen.press('2', 'k'.repeat(up), ENTER);
    await expect.poll(() => screen.opened).toEqual([`${SOURCE} +12`]);
  });

  it('a click on the place in it opens the file', async () => {
    const screen = await screenOf('ready', 'app/main.py:7: no such column', 'goes on');
    click(screen, 'main.py:7');
    await expect.poll(() => screen.opened).toEqual([`${SOURCE} +7`]);
  });

  it('a click beside the place chooses the line and opens nothing, and the next click on it does', async () => {
    const screen = await screenOf('ready', 'app/main.py:7: no such column', 'app/main.py:9: goes on');
    click(screen, 'no such column', 3);
    await screen.waitFor('paused');
    click(screen, 'main.py:9');
    await expect.poll(() => screen.opened).toEqual([`${SOURCE} +9`]);
  });

  it('a drag over the place copies it and opens nothing', async () => {
    const screen = await screenOf('app/main.py:7: no such column');
    const row = screen.rows().findIndex((line) => line.includes('main.py:7')) + 1;
    screen.press(`\u001b[<0;3;${row}M`, `\u001b[<32;9;${row}M`, `\u001b[<0;9;${row}m`);
    await screen.waitFor('copied 1 line');
    expect(screen.opened).toEqual([]);
  });
});
