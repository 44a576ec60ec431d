import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../../src/format/text.ts';
import type { SpanRow } from '../../../../src/tui/components/kit/rows.tsx';
import { usageRows } from '../../../../src/tui/components/detail/usage-rows.ts';
import { calmSession } from '../../../fixtures/screen/scenes.ts';
import { renderScreen } from '../../../helpers/render-screen.ts';

const MIB = 1024 * 1024;
const plain = (rows: readonly SpanRow[]) => rows.map((row) => row.map(({ text }) => text).join(''));
const usage = (cpuPercent: readonly (number | null)[], rssMib: readonly (number | null)[]) => ({
  everyMs: 2000,
  cpuPercent,
  rssBytes: rssMib.map((mib) => (mib === null ? null : mib * MIB)),
});

describe('the charts of what is used', () => {
  it('tell the value now and the value of a full chart, in round numbers', () => {
    const rows = plain(usageRows(usage([30, 120, 60], [100, 300, 200]), { width: 40, rows: 8 }));
    expect(rows[0]).toMatch(/^ CPU {2}60% +max 150%$/);
    expect(rows[4]).toMatch(/^ memory {2}200 MiB +max 384 MiB$/);
    expect(rows[3]).toMatch(/⢠⣿$/);
    expect(rows).toHaveLength(8);
    for (const row of rows) expect(displayWidth(row)).toBe(39);
  });

  it('draw no mountains out of an idle session, and nothing before anything is known', () => {
    const idle = plain(usageRows(usage([0.4, 0.5, 0.4], [12]), { width: 30, rows: 8 }));
    expect(idle[0]).toMatch(/max 10%$/);
    expect(idle.slice(1, 3).join('').trim()).toBe('');
    const unknown = plain(usageRows(undefined, { width: 30, rows: 8 }));
    expect(unknown[0]).toMatch(/^ CPU {2}– +max 10%$/);
    expect(unknown[4]).toMatch(/^ memory {2}– +max 64 MiB$/);
  });

  it('stay in their width, however narrow', () => {
    for (let width = 4; width < 30; width += 1) {
      const rows = plain(usageRows(usage([3, 5], [100]), { width, rows: 6 }));
      expect(rows).toHaveLength(6);
      for (const row of rows) expect(displayWidth(row)).toBeLessThanOrEqual(width);
    }
  });

  it('stand below the detail of a wide screen, and cost a narrower one nothing', async () => {
    const session = calmSession();
    const screen = renderScreen(session, { columns: 120, rows: 48 });
    await screen.waitFor('detail: db');
    expect(session.callsOf('readUsage')).toEqual([]);
    screen.resize(180, 48);
    const rows = await screen.waitFor(/usage: all services ─+ last \d+m \d\ds/);
    const seen = await screen.waitFor(/ CPU {2}\d+/);
    expect(seen.join('\n')).toMatch(/[⣀-⣿]{10}/);
    expect(rows.findIndex((row) => row.includes('usage:'))).toBeGreaterThan(
      rows.findIndex((row) => row.includes('detail:')),
    );
    expect(session.callsOf('readUsage').at(-1)).toEqual([(54 - 2) * 2, { perService: false }]);
  });

  it('are drawn in ASCII where the terminal has nothing else', async () => {
    const screen = renderScreen(calmSession(), { columns: 180, rows: 48, env: { LC_ALL: 'C' } });
    const rows = await screen.waitFor(/ CPU {2}\d+/);
    const charts = rows
      .slice(
        rows.findIndex((row) => row.includes('usage:')),
        -1,
      )
      .join('\n');
    expect(charts).toMatch(/[#+:]{8}/);
    expect(charts).not.toMatch(/[^\x20-\x7e\n]/);
  });

  it('leave the screen as it is when the session cannot tell', async () => {
    const session = calmSession();
    session.answer('readUsage', () => Promise.reject(new Error('no such method')));
    const screen = renderScreen(session, { columns: 180, rows: 48 });
    const rows = await screen.waitFor(/ CPU {2}–/);
    expect(rows.join('\n')).not.toContain('no such method');
  });
});

it('u shows the page of usage at any size, j goes to another service, and the same key leads back', async () => {
  const session = calmSession();
  const screen = renderScreen(session, { columns: 80, rows: 24 });
  await screen.waitFor('db');
  screen.press('u');
  const rows = await screen.waitFor(/── usage ─+ last 15m 00s ──/);
  expect(rows.join('\n')).toMatch(/ memory {2}\d+/);
  expect(rows.join('\n')).toMatch(/▌█ db +\d/);
  expect(session.callsOf('readUsage').at(-1)).toEqual([1000, { perService: true }]);
  screen.press('j');
  await screen.waitFor(/▌█ backend +\d/);
  screen.press('u');
  await screen.waitFor((seen) => !seen.join('\n').includes('── usage'));
});
