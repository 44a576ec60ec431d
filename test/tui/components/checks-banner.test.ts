// What the screen says of the project's own checks that failed beside the start.

import { expect, it } from 'vitest';
import { calmSession } from '../../fixtures/screen/scenes.ts';
import { renderScreen } from '../../helpers/render-screen.ts';

const CRYPTO = {
  name: 'crypto',
  message: 'exited with code 1: No module named \u001b[31mbcrypt',
  hint: "pip install 'bcrypt<5'",
};
const TOOLS = { name: 'tools', message: 'timed out after 5 s', hint: null };

it('shows each with what to do, until Escape hides it or another fails', async () => {
  const session = calmSession();
  const screen = renderScreen(session, { columns: 80, rows: 24 });
  await screen.waitFor('frontend');
  session.change([], { failedChecks: [CRYPTO] });
  const rows = await screen.waitFor('check crypto failed');
  expect(rows[1]).toBe(' ▲ check crypto failed: exited with code 1: No module named bcrypt   Esc hide');
  expect(rows[2]).toBe("   → pip install 'bcrypt<5'");

  screen.press('\u001b');
  await screen.waitFor((shown) => !shown.join('\n').includes('check crypto'));
  session.change([], { failedChecks: [CRYPTO, TOOLS] });
  const again = await screen.waitFor('check tools failed');
  expect(again.slice(1, 4).at(-1)).toBe(' ▲ check tools failed: timed out after 5 s');
});
