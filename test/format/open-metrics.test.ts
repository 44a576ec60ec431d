import { describe, expect, it } from 'vitest';
import type { SessionSnapshot } from '../../src/core/model/snapshot.ts';
import { openMetrics } from '../../src/format/open-metrics.ts';
import { serviceView } from '../fakes/fake-session.ts';

const NOW = Date.parse('2026-01-02T03:05:05.000Z');

const snapshot: SessionSnapshot = {
  project: { name: 'a "quoted" shop', root: '/shop' },
  session: { running: true, pid: 1, startedAt: '2026-01-02T03:04:05.000Z', version: '1.2.3', ending: false },
  services: [
    serviceView({
      name: 'api',
      cpuPercent: 12.5,
      rssBytes: 1024,
      restarts: 3,
      health: {
        status: 'pass',
        consecutiveFailures: 0,
        failureThreshold: 3,
        checkedAt: null,
        latencyMs: 8,
        message: '',
        components: [],
      },
    }),
    serviceView({
      name: 'db',
      pid: null,
      ready: false,
      state: 'stopped',
      cpuPercent: null,
      rssBytes: null,
      threads: null,
    }),
  ],
};

const text = openMetrics(snapshot, { nowMs: NOW });

describe('OpenMetrics', () => {
  it('has each family once, whole, with its type before its samples, and ends with EOF', () => {
    const lines = text.split('\n');
    expect(lines.at(-1)).toBe('# EOF');
    const families: string[] = [];
    for (const line of lines.slice(0, -1)) {
      const [, declared] = /^# TYPE (\S+) (?:gauge|counter|info|stateset)$/.exec(line) ?? [];
      if (declared !== undefined) {
        expect(families).not.toContain(declared);
        families.push(declared);
      } else if (line.startsWith('#')) {
        expect(line).toMatch(new RegExp(`^# (?:HELP|UNIT) ${families.at(-1)} `));
      } else {
        expect(line).toMatch(new RegExp(`^${families.at(-1)}(?:_total|_info)?(?:\\{\\S[^}]*\\})? \\d+(?:\\.\\d+)?$`));
      }
    }
    expect(families.length).toBeGreaterThan(10);
  });

  it('measures in base units, with the suffix of a counter', () => {
    expect(text).toContain('\ndevdeck_session_info{project="a \\"quoted\\" shop",version="1.2.3"} 1\n');
    expect(text).toContain('\ndevdeck_session_uptime_seconds 60\n');
    expect(text).toContain('\ndevdeck_service_cpu_ratio{service="api"} 0.125\n');
    expect(text).toContain('\ndevdeck_service_restarts_total{service="api"} 3\n');
    expect(text).toContain('\ndevdeck_service_health_latency_seconds{service="api"} 0.008\n');
    expect(text).toContain('\ndevdeck_service_state{service="api",devdeck_service_state="ready"} 1\n');
  });

  it('has no sample for what is not known', () => {
    expect(text).toContain('\ndevdeck_service_up{service="db"} 0\n');
    expect(text).not.toContain('devdeck_service_resident_memory_bytes{service="db"}');
    expect(text).not.toContain('devdeck_service_healthy{service="db"}');
  });
});
