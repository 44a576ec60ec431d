import { expect, it } from 'vitest';
import { selectTiles } from '../../../src/tui/state/selectors.ts';
import { serviceView } from '../../fakes/fake-session.ts';
import { screenState } from '../../helpers/render-part.tsx';

it('stand side by side: what has trouble first, then what has written, then what has run', () => {
  const services = [
    serviceView({ name: 'never', run: 0 }),
    serviceView({ name: 'quiet' }),
    serviceView({ name: 'busy' }),
    serviceView({ name: 'broken', state: 'failed', ready: false }),
    serviceView({ name: 'asking', question: { text: 'Go on?', isSecret: false } }),
  ];
  const state = screenState(services, {
    size: { columns: 220, rows: 60 },
    preferences: { layout: 'tiles', pinned: [], times: 'off', isWrapped: false },
    spoken: ['busy'],
    selected: 'asking',
  });
  expect(selectTiles(state)).toEqual(['broken', 'asking', 'busy', 'quiet']);
  expect(selectTiles({ ...state, selected: 'never' })).toContain('never');
});
