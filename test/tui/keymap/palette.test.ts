import { describe, expect, it } from 'vitest';
import { selectPalette } from '../../../src/tui/keymap/palette.ts';
import { reduce } from '../../../src/tui/state/reducer.ts';
import { initialState, type ScreenState } from '../../../src/tui/state/state.ts';
import { calmSession, NOW_MS, readyService } from '../../fixtures/screen/scenes.ts';
import { renderScreen } from '../../helpers/render-screen.ts';

function typed(text: string, ...names: readonly string[]): ScreenState {
  const session = { running: true, pid: 1, startedAt: '2026-01-02T03:04:00.000Z', version: '1', ending: false };
  const services = names.map((name) => readyService(name));
  const start = initialState({
    size: { columns: 120, rows: 40 },
    nowMs: NOW_MS,
    projectName: 'shop',
    expectedNames: [],
  });
  const ready = reduce(start, { type: 'servicesChanged', services, session, nowMs: NOW_MS });
  return reduce(ready, { type: 'inputOpened', input: { purpose: 'palette', text, cursor: 0 } });
}

const titles = (state: ScreenState): readonly string[] => selectPalette(state).map(({ title }) => title);

describe('the palette', () => {
  it('offers every action and every service while nothing is typed', () => {
    const all = titles(typed('', 'db', 'backend'));
    expect(all).toEqual(expect.arrayContaining(['restart db', 'stop all and quit', 'go to backend']));
  });

  it('begins with what fits the selected service, in groups, and ends with the other services', () => {
    const items = selectPalette(typed('', 'db', 'backend'));
    expect(items[0]).toMatchObject({ group: 'db', title: 'restart db', key: 'r' });
    const groups = items.map(({ group }) => group);
    expect(groups.filter((group, index) => group !== groups[index - 1])).toEqual([
      'db',
      'logs',
      'session',
      'move',
      'other services',
    ]);
    const failed = typed('', 'db');
    const [first, second] = selectPalette({
      ...failed,
      services: [readyService('db', { state: 'failed', ready: false })],
    });
    expect([first?.title, second?.title]).toEqual(['restart db', 'start or stop db']);
  });

  it.each([
    ['usage', 'usage: CPU and memory'],
    ['sort', 'order of the services'],
    ['grep', 'show or hide lines by text'],
    ['exit', 'stop all and quit'],
    ['clipboard', 'copy lines'],
    ['shortcuts', 'this help'],
  ])('finds by the words of people: %s', (word, title) => {
    expect(titles(typed(word, 'db'))[0]).toBe(title);
  });

  it('finds by the first letters of words', () => {
    expect(titles(typed('rb', 'db', 'backend'))[0]).toBe('restart backend');
    expect(titles(typed('stop db', 'db', 'backend'))[0]).toBe('stop db');
  });

  it('says of what cannot be done why', () => {
    const [first] = selectPalette(typed('urldb', 'db'));
    expect(first).toMatchObject({
      title: 'open URL of db',
      reason: 'db has no URL: it has no port',
    });
  });

  it('finds nothing for letters that nothing has', () => {
    expect(titles(typed('zzzz', 'db'))).toEqual([]);
  });

  it('does what is chosen, for the service that is named', async () => {
    const session = calmSession();
    const screen = renderScreen(session);
    await screen.waitFor('following');
    screen.press(':');
    const rows = await screen.waitFor('── actions');
    expect(rows.join('\n')).toMatch(/restart db +r/);
    screen.press('r', 'e', 's', 'b', 'a', 'c', 'k', '\r');
    await screen.waitFor('detail: backend');
    expect(session.callsOf('restart')).toEqual([[['backend']]]);
  });

  it('says why, stays open, and closes on Escape', async () => {
    const screen = renderScreen(calmSession());
    await screen.waitFor('following');
    screen.press(':', 'n', 'e', 'x', 't', ' ', 'm', 'a', 't', 'c', 'h');
    await screen.waitFor('next match');
    screen.press('\r');
    await screen.waitFor('no search yet');
    screen.press('\u001b');
    await screen.waitFor('detail: db');
  });

  it('is how one searches the help', async () => {
    const screen = renderScreen(calmSession());
    await screen.waitFor('following');
    screen.press('?');
    await screen.waitFor('/ find');
    screen.press('/', 'w', 'r', 'a', 'p');
    await screen.waitFor(/▸ wrap or cut/);
  });

  it.each([
    [40, 10],
    [300, 100],
  ])('fits %i × %i', async (columns, rows) => {
    const screen = renderScreen(calmSession(), { columns, rows });
    await screen.waitFor('following');
    screen.press(':');
    const shown = await screen.waitFor('── actions');
    expect(shown).toHaveLength(rows);
  });
});
