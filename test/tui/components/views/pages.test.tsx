// The pages alone, in their states.

import type { ReactNode } from 'react';
import { describe, expect, it } from 'vitest';
import { StartupPage } from '../../../../src/tui/components/views/startup.tsx';
import { TimelinePage } from '../../../../src/tui/components/views/timeline.tsx';
import { TreePage } from '../../../../src/tui/components/views/tree.tsx';
import { NO_VIEWS, type Views } from '../../../../src/tui/state/views.ts';
import type { Startup } from '../../../../src/core/session/startup.ts';
import type { ServiceView } from '../../../../src/core/session/snapshot.ts';
import { serviceView } from '../../../fakes/fake-session.ts';
import { FACTS, STARTUP } from '../../../fixtures/screen/views.ts';
import { renderPart, screenState } from '../../../helpers/render-part.tsx';
import { NOW_MS } from '../../../fixtures/screen/scenes.ts';

const SERVICES: readonly ServiceView[] = [
  serviceView({ name: 'db' }),
  serviceView({ name: 'backend', dependsOn: ['db'] }),
  serviceView({ name: 'frontend', dependsOn: ['backend'] }),
];

function page(
  part: (area: { column: number; row: number; columns: number; rows: number }) => ReactNode,
  views: Partial<Views>,
  { columns = 80, rows = 14, services = SERVICES, selected = 'backend' } = {},
): readonly string[] {
  const state = screenState(services, { size: { columns, rows }, views: { ...NO_VIEWS, ...views }, selected });
  return renderPart(part({ column: 0, row: 0, columns, rows }), state).rows();
}

describe('the start-up', () => {
  const shown = (startup: Startup | undefined, size = {}) =>
    page((area) => <StartupPage area={area} />, { startup }, size);

  it('has a bar for each service over one scale, the way that took longest marked, and what is usual', () => {
    const rows = shown(STARTUP);
    expect(rows[0]).toMatch(/start-up: ready in 15\.7 s \(usually 9\.0 s\)/);
    expect(rows[1]).toBe(' longest: db 2.4 → backend 7.1 → frontend 6.2');
    expect(rows[2]).toMatch(/^ → db +█{8,9} +2\.4 s$/);
    expect(rows[3]).toMatch(/^▌→ backend +·{8,9}▒{5,6}█{19,21} +9\.5 s$/);
    expect(rows[4]).toMatch(/^ {3}mailer +█ +40 ms$/);
    expect(rows[6]).toMatch(/^ +0 +5\.0 s +10\.0 s +15\.7 s$/);
    expect(rows[8]).toBe('  · waits   ▒ before   █ starts');
  });

  it('says what is not there yet, and what failed', () => {
    const [db, backend] = STARTUP.services;
    if (db === undefined || backend === undefined) throw new Error('no services');
    const coming: Startup = {
      ...STARTUP,
      readyMs: null,
      usualMs: null,
      elapsedMs: 6_000,
      services: [
        { ...db, outcome: 'failed' },
        { ...backend, outcome: 'coming', doneMs: null, phases: [{ phase: 'waiting', fromMs: 0, toMs: null }] },
      ],
    };
    const rows = shown(coming);
    expect(rows[0]).toContain('starting for 6.0 s, 1 of 2 to come');
    expect(rows[2]).toMatch(/db .*✖.* failed$/);
    expect(rows[3]).toMatch(/backend +·+ +…$/);
    expect(shown(undefined)[1]).toContain('Nothing was started');
  });

  it('fits the smallest screen', () => {
    const rows = shown(STARTUP, { columns: 40, rows: 8 });
    expect(rows).toHaveLength(8);
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(40);
    expect(rows.join('\n')).toMatch(/frontend/);
  });
});

describe('the tree', () => {
  const shown = (folded: readonly string[], services: readonly ServiceView[] = SERVICES) =>
    page((area) => <TreePage area={area} />, { folded }, { services });

  it('shows what waits for what, and why something does not run', () => {
    const failed = serviceView({
      name: 'frontend',
      state: 'failed',
      ready: false,
      why: 'exit code 1',
      dependsOn: ['backend'],
    });
    const rows = shown([], [...SERVICES.slice(0, 2), failed]);
    expect(rows[1]).toMatch(/^ {2}▼ db +● ready/);
    expect(rows[2]).toMatch(/^▌ └ ▼ backend +● ready/);
    expect(rows[3]).toMatch(/^ {4}└ {3}frontend +✖ failed +exit code 1/);
  });

  it('says of a folded one how many are below it, and what the worst of them is', () => {
    const failed = serviceView({
      name: 'frontend',
      state: 'failed',
      ready: false,
      why: 'exit code 1',
      dependsOn: ['backend'],
    });
    const rows = shown(['db'], [...SERVICES.slice(0, 2), failed]);
    expect(rows[1]).toMatch(/▸ db .*2 below, frontend is failed/);
    expect(rows[2]).toBe('');
  });

  it('says when there is nothing', () => {
    expect(shown([], []).join('\n')).toContain('There are no services.');
  });
});

describe('the timeline', () => {
  const shown = (views: Partial<Views>, size = {}) =>
    page((area) => <TimelinePage area={area} />, views, { columns: 100, rows: 20, ...size });

  it('shows the last ten minutes of each service, and errors a minute', () => {
    const rows = shown({ facts: FACTS });
    const backend = rows.find((row) => row.includes('▌ backend')) ?? '';
    expect(backend).toMatch(/■+.*✖.*↻.*▒?.*■+.* {2}4 errors\/min/);
    expect(rows.find((row) => /^ {2}db /.test(row))).toMatch(/■{60}$/);
    expect(rows.join('\n')).toMatch(/10 min ago +now/);
  });

  it('lists what happened in words, with the newest under the cursor', () => {
    const rows = shown({ facts: FACTS });
    expect(rows.join('\n')).toMatch(/backend +✖ crashed after 6m 40s: KeyError: DATABASE_URL/);
    expect(rows.find((row) => row.startsWith('▌') && row.includes('rerouted'))).toMatch(
      /frontend +· the conflict about port 5173 ended/,
    );
  });

  it('stands at a moment that was chosen', () => {
    const rows = shown({ facts: FACTS, momentMs: NOW_MS - 285_000 });
    expect(rows.find((row) => row.startsWith('▌') && row.includes('crashed'))).toBeDefined();
    expect(rows.find((row) => row.startsWith('▌ backend'))).toContain('┃');
  });

  it('fits the smallest screen, and says when nothing has happened', () => {
    const rows = shown({ facts: FACTS }, { columns: 40, rows: 8 });
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(40);
    expect(shown({ facts: [] }).join('\n')).toContain('Nothing has happened yet.');
  });
});
