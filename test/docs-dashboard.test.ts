// The dashboard that people import: each of its queries asks for metrics that there are.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { emptyHistogram } from '../src/core/view/histogram.ts';
import { metricText } from '../src/format/metrics/metric-text.ts';
import { sessionMetrics } from '../src/format/metrics/session-metrics.ts';
import { serviceView } from './fakes/fake-session.ts';

interface Dashboard {
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly w: number };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const dashboard = JSON.parse(
  readFileSync(new URL('../docs/grafana/devdeck.json', import.meta.url), 'utf8'),
) as Dashboard;
const none = emptyHistogram([1]);
const text = metricText(
  sessionMetrics(
    {
      project: { name: 'shop', root: '/shop' },
      session: { running: true, pid: 1, startedAt: '2026-01-01T00:00:00.000Z', version: '1', ending: false },
      services: [
        serviceView({
          name: 'api',
          health: {
            status: 'pass',
            consecutiveFailures: 0,
            failureThreshold: 3,
            checkedAt: null,
            latencyMs: 1,
            message: '',
            components: [{ name: 'db', status: 'ok', ok: true }],
          },
        }),
      ],
    },
    {
      services: {
        api: {
          restarts: 0,
          cpuSeconds: 0,
          logLines: 0,
          errorLines: 0,
          startSeconds: none,
          readySeconds: none,
          probeSeconds: none,
          rules: [{ rule: 'cpu', severity: 'warning' }],
        },
      },
      conflicts: { killed: 0, rerouted: 0, reused: 0, retried: 0, skipped: 0, failed: 0 },
    },
    0,
  ),
  'text',
);

it('the dashboard uses existing metrics and labels, in panels that fit the page', () => {
  expect(dashboard.panels.length).toBeGreaterThan(8);
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  for (const { title, gridPos, targets } of dashboard.panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    expect([title, targets.length]).not.toEqual([title, 0]);
    for (const { expr } of targets) {
      const names = expr.match(/devdeck_\w+/g) ?? [];
      expect(names).not.toEqual([]);
      for (const name of names) expect(text).toMatch(new RegExp(`^${name}[ {]`, 'm'));
    }
  }
});
