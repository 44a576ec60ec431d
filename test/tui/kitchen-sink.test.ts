import { describe, expect, it } from 'vitest';
import { SCENES } from '../fixtures/screen/kitchen-sink.ts';
import { renderScreen } from '../helpers/render-screen.ts';

const NAMES = ['db', 'backend', 'frontend'];
/** What a bug looks like on the screen. */
const SLIPS = /undefined|NaN|\[object|null\b/;

describe('the kitchen sink', () => {
  it.each(Object.entries(SCENES))(
    'draws the scene %s, also on the smallest and on a wide screen',
    async (name, scene) => {
      const session = name === 'connecting' ? new Promise<never>(() => undefined) : scene.session();
      const screen = renderScreen(session, { serviceNames: NAMES, look: scene.look });
      const rows = await screen.waitFor(scene.sees);
      expect(rows[0]).toContain('shop');
      expect(rows.join('\n')).not.toMatch(SLIPS);
      for (const [columns, height] of [
        [40, 10],
        [220, 60],
      ] as const) {
        screen.resize(columns, height);
        const resized = await screen.waitFor((seen) => seen.length === height && (seen[0] ?? '').includes('shop'));
        expect(resized.join('\n')).not.toMatch(SLIPS);
      }
      await screen.waitFor(scene.seesWide ?? /shop/);
    },
  );
});
