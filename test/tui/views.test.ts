// The pages that are looked at, on the whole screen: how one gets there, what keys do there, and the way back.

import { describe, expect, it } from 'vitest';
import { FACTS, storiedSession } from '../fixtures/screen/views.ts';
import { calmSession } from '../fixtures/screen/scenes.ts';
import { renderScreen } from '../helpers/render-screen.ts';

const ESC = '\u001b';
const ENTER = '\r';
const LEFT = '\u001b[D';

describe('W', () => {
  it('shows how the services came up, and the same key leads back', async () => {
    const screen = renderScreen(storiedSession());
    await screen.waitFor('following');
    screen.press('W');
    await screen.waitFor('longest: db 2.4 → backend 7.1 → frontend 6.2');
    screen.press('W');
    await screen.waitFor('following');
  });

  it('moves among the services, which stay selected', async () => {
    const screen = renderScreen(storiedSession());
    await screen.waitFor('following');
    screen.press('W');
    await screen.waitFor('longest');
    screen.press('j');
    await screen.waitFor(/▌→ backend/);
    screen.press(ESC);
    await screen.waitFor('logs: backend');
  });
});

describe('T', () => {
  it('shows the tree, moves in its order, and folds', async () => {
    const screen = renderScreen(calmSession());
    await screen.waitFor('following');
    screen.press('T');
    await screen.waitFor(/└ ▼ backend[^]*└ {3}frontend/);
    screen.press(' ');
    const folded = await screen.waitFor(/▸ db.*2 below/);
    expect(folded.join('\n')).not.toContain('└');
    screen.press(' ', 'j', 'j');
    await screen.waitFor(/▌ {3}└ {3}frontend/);
    screen.press('q');
    await screen.waitFor('logs: frontend');
  });
});

describe('H', () => {
  it('goes to trouble, and from there to the logs of that moment', async () => {
    const screen = renderScreen(storiedSession());
    await screen.waitFor('following');
    screen.press('H');
    await screen.waitFor(/10 min ago[^]*crashed after/);
    screen.press('N', 'N', 'N');
    await screen.waitFor(/▌ .*backend +✖ crashed/);
    screen.press(ENTER);
    await screen.waitFor(/logs: backend/);
  });

  it('steps through the cells of a strip', async () => {
    const screen = renderScreen(storiedSession(), { look: { selected: 'backend' } });
    await screen.waitFor('following');
    screen.press('H');
    await screen.waitFor(/▌ backend.*┃/);
    screen.press(LEFT, LEFT, LEFT);
    await screen.waitFor(/▌ backend.*┃■■■? {2}4 errors/);
  });
});

describe('coming back', () => {
  it('says in one line what was missed, and H shows it', async () => {
    const screen = renderScreen(storiedSession(), { isJoined: true });
    await screen.waitFor(/H shows: since you left 8m ago, backend restarted 1×, 1 crash, 6 error lines, 1 port/);
    screen.pass(2_000);
    screen.press('H');
    await screen.waitFor(/▌ .*the last screen was closed/);
  });

  it('says nothing to the first who comes, or when nothing happened', async () => {
    const session = storiedSession();
    session.answer('readFacts', async () => ({ facts: FACTS.slice(0, 7), next: 7 }));
    const screen = renderScreen(session, { isJoined: true });
    await screen.waitFor('following');
    screen.press('H');
    const rows = await screen.waitFor('the last screen was closed');
    expect(rows.join('\n')).not.toContain('since you left');
  });
});

describe('P', () => {
  const other = {
    project: 'blog',
    root: '/home/anna/blog-fix',
    branch: 'fix-login',
    pid: 812,
    state: 'ready' as const,
    ports: [{ service: 'web', port: 5174 }],
    since: '2026-01-02T03:00:00.000Z',
    by: 'claude-code 2.1 (mcp, pid 811)',
  };
  const here = { ...other, project: 'shop', root: '/shop', branch: 'main', by: 'anna (screen, pid 4)' };
  const gone = { ...other, project: 'old', root: '/gone', state: 'folder gone' as const, ports: [], since: null };

  async function open() {
    const screen = renderScreen(calmSession(), { sessions: [here, other, gone] });
    await screen.waitFor('following');
    screen.press('P');
    await screen.waitFor('all sessions of yours');
    return screen;
  }

  it('lists all sessions with what they are', async () => {
    const screen = await open();
    const shown = await screen.waitFor('/home/anna/blog-fix');
    const text = shown.join('\n');
    for (const part of ['(this one)', 'fix-login', 'pid 812', 'web 5174', 'by claude-code 2.1', 'folder gone'])
      expect(text).toContain(part);
  });

  it('shows the chosen one by Enter, and not one that is gone', async () => {
    const screen = await open();
    await screen.waitFor('/gone');
    screen.press('j', 'j', ENTER);
    await screen.waitFor('old cannot be shown: folder gone');
    expect(screen.opened).toEqual([]);
    screen.press('k', ENTER);
    await screen.waitFor('following');
    expect(screen.opened).toEqual(['/home/anna/blog-fix attach']);
  });
});

describe('the last ten minutes in the detail', () => {
  it('has a cell for each stretch of time, and Enter leads from one to the logs of then', async () => {
    const session = storiedSession();
    const screen = renderScreen(session, { look: { selected: 'backend' } });
    const rows = await screen.waitFor(/last 10m +[·■▲✖↻▒]{10}/);
    expect(rows.join('\n')).not.toContain('logs of then');
    screen.press('3', '\u001b[D', '\u001b[D');
    await screen.waitFor(/last 10m +[·■▲✖↻▒]+┃[·■▲✖↻▒]/);
    await screen.waitFor('Enter logs of then');
    screen.press('\r');
    await screen.waitFor((seen) => !seen.join('\n').includes('Enter logs of then'));
  });

  it('stands in the table of a wide screen too', async () => {
    const screen = renderScreen(storiedSession(), { columns: 200, rows: 60 });
    const rows = await screen.waitFor('LAST 10 MIN');
    expect(rows.find((row) => row.includes('● backend'))).toMatch(/[·■▲✖↻▒]{20}/);
  });
});
