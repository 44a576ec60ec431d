// The page of usage alone, in its states.

import { expect, it } from 'vitest';
import type { ProcessView, UsageHistory } from '../../../../src/core/session/inspection.ts';
import { UsagePage } from '../../../../src/tui/components/views/usage-page.tsx';
import { planUsage } from '../../../../src/tui/components/views/usage-plan.ts';
import type { ScreenState } from '../../../../src/tui/state/state.ts';
import { serviceView } from '../../../fakes/fake-session.ts';
import { renderPart, screenState } from '../../../helpers/render-part.tsx';

const MIB = 1024 * 1024;
const SERVICES = ['db', 'backend', 'frontend'].map((name) => serviceView({ name }));
const repeat = (value: number, count: number): number[] => Array.from({ length: count }, () => value);
const USAGE: UsageHistory = {
  everyMs: 2000,
  cpuPercent: repeat(80, 60),
  rssBytes: repeat(300 * MIB, 60),
  services: {
    db: { cpuPercent: repeat(20, 60), rssBytes: repeat(100 * MIB, 60) },
    backend: { cpuPercent: repeat(60, 60), rssBytes: repeat(200 * MIB, 60) },
  },
};
const PROCESS: ProcessView = {
  pid: 812,
  ppid: 1,
  name: 'python3',
  command: 'uvicorn app.main:app',
  cpuPercent: 60,
  rssBytes: 200 * MIB,
  threads: 4,
  depth: 0,
};

function page(look: Partial<ScreenState>, { columns = 80, rows = 24 } = {}): readonly string[] {
  const state = screenState(SERVICES, { size: { columns, rows }, selected: 'backend', ...look });
  return renderPart(<UsagePage area={{ column: 0, row: 0, columns, rows }} />, state).rows();
}

it('has a row for each service, the shares on top of each other, an axis, and the processes of the selected one', () => {
  const inspection = { service: 'backend', processes: [PROCESS, PROCESS, PROCESS], exits: [], environment: [] };
  const rows = page({ usage: USAGE, inspection });
  expect(rows[0]).toMatch(/^── usage ─+ last 2m 00s ──$/);
  expect(rows[1]).toMatch(/^ CPU {2}80% +max 100%$/);
  const text = rows.join('\n');
  expect(text).toMatch(/^ 2m 00s ago +1m 00s ago +now$/m);
  expect(text).toMatch(/^▌▒ backend +60% .*200 MiB/m);
  expect(text).toMatch(/^ █ db +20% .*100 MiB/m);
  expect(text).toMatch(/^ ▓ frontend +– .*–$/m);
  expect(text).toMatch(/processes of backend\n +PID +CPU.*\n +812 +60% .*uvicorn/);
});

it('shows the time of which something is known in all of the width', () => {
  const young = (values: readonly (number | null)[]) => [...repeat(0, 0), ...values].slice(-20);
  const usage: UsageHistory = {
    everyMs: 2000,
    cpuPercent: [...Array.from({ length: 100 }, () => null), ...young(repeat(50, 20))],
    rssBytes: [...Array.from({ length: 100 }, () => null), ...repeat(64 * MIB, 20)],
    services: { backend: { cpuPercent: repeat(50, 20), rssBytes: repeat(64 * MIB, 20) } },
  };
  const rows = page({ usage });
  expect(rows[0]).toContain('last 40s');
  expect(rows.find((row) => /▒{10}/.test(row))).toMatch(/^ ▒{78}$/);
});

it('says nothing that it does not know', () => {
  const rows = page({ usage: undefined });
  expect(rows[0]).toMatch(/^── usage ─+$/);
  expect(rows[1]).toMatch(/CPU {2}–/);
});

it('keeps the rows of the services on the smallest screen, and counts those out of sight', () => {
  const rows = page({ usage: USAGE }, { columns: 40, rows: 8 });
  expect(rows.join('\n')).not.toMatch(/max 100%/);
  expect(rows.slice(1, 5).join('\n')).toMatch(/SERVICE[^]*db[^]*backend[^]*frontend/);
  const cut = page({ usage: USAGE }, { columns: 40, rows: 4 });
  expect(cut[0]).toMatch(/2–3 of 3|1–2 of 3/);
});

it('never plans more rows than there are', () => {
  for (let rows = 3; rows < 60; rows += 1) {
    for (const columns of [40, 80, 120, 200]) {
      for (const services of [0, 1, 5, 40]) {
        for (const processes of [0, 1, 3, 30]) {
          const room = planUsage({ rows, columns }, services, processes);
          const charts = room.chartRows === 0 ? 0 : room.isBeside ? room.chartRows + 3 : 2 * room.chartRows + 4;
          const tree = room.processRows === 0 ? 0 : room.processRows + 3;
          expect(charts + 1 + room.serviceRows + tree).toBeLessThanOrEqual(rows);
        }
      }
    }
  }
});
