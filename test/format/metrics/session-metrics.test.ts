import { describe, expect, it } from 'vitest';
import type { SessionSnapshot } from '../../../src/core/session/snapshot.ts';
import type { SessionTallies } from '../../../src/core/session/tallies.ts';
import { emptyHistogram, withValue } from '../../../src/core/view/histogram.ts';
import { metricText } from '../../../src/format/metrics/metric-text.ts';
import { sessionMetrics } from '../../../src/format/metrics/session-metrics.ts';
import { serviceView } from '../../fakes/fake-session.ts';

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

const none = emptyHistogram([0.1, 1]);
const tallies: SessionTallies = {
  services: {
    api: {
      restarts: 3,
      cpuSeconds: 1.5,
      logLines: 40,
      errorLines: 2,
      startSeconds: [0.05, 0.1, 0.5, 7].reduce(withValue, none),
      readySeconds: none,
      probeSeconds: none,
      rules: [{ rule: 'cpu', severity: 'warning' }],
    },
  },
  conflicts: { killed: 1, rerouted: 0, reused: 0, retried: 0, skipped: 0, failed: 0 },
};

const families = sessionMetrics(snapshot, tallies, NOW);
const text = metricText(families, 'openmetrics');
const older = metricText(families, 'text');

describe('OpenMetrics', () => {
  it('has each family once, with its type before its samples, and ends with EOF', () => {
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.at(-1)).toBe('# EOF');
    const families: string[] = [];
    for (const line of lines.slice(0, -1)) {
      const [, declared] = /^# TYPE (\S+) (?:gauge|counter|info|stateset|histogram)$/.exec(line) ?? [];
      if (declared !== undefined) {
        expect(families).not.toContain(declared);
        families.push(declared);
      } else if (line.startsWith('#')) {
        expect(line).toMatch(new RegExp(`^# (?:HELP|UNIT) ${families.at(-1)} `));
      } else {
        expect(line).toMatch(
          new RegExp(`^${families.at(-1)}(?:_total|_info|_bucket|_count|_sum)?(?:\\{\\S[^}]*\\})? \\d+(?:\\.\\d+)?$`),
        );
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

  it('has no sample for unknown values', () => {
    expect(text).toContain('\ndevdeck_service_up{service="db"} 0\n');
    expect(text).not.toContain('devdeck_service_resident_memory_bytes{service="db"}');
    expect(text).not.toContain('devdeck_service_healthy{service="db"}');
  });
});

describe('a histogram', () => {
  it('counts in each bucket the values up to its bound, the bound included', () => {
    const samples = text.split('\n').filter((line) => line.startsWith('devdeck_service_start_duration_seconds'));
    expect(samples).toEqual([
      'devdeck_service_start_duration_seconds_bucket{service="api",le="0.1"} 2',
      'devdeck_service_start_duration_seconds_bucket{service="api",le="1.0"} 3',
      'devdeck_service_start_duration_seconds_bucket{service="api",le="+Inf"} 4',
      'devdeck_service_start_duration_seconds_count{service="api"} 4',
      'devdeck_service_start_duration_seconds_sum{service="api"} 7.65',
    ]);
  });
});

describe('the older text format', () => {
  it('names counters like their samples, has no types for info and state sets, and no end mark', () => {
    expect(older).toContain('# TYPE devdeck_service_restarts_total counter\n');
    expect(older).toContain('# TYPE devdeck_build_info gauge\n');
    expect(older).toContain('# TYPE devdeck_service_state gauge\n');
    expect(older).not.toMatch(/^# (?:UNIT|EOF)/m);
  });

  it('has the same samples', () => {
    const samples = (whole: string) => whole.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(samples(older)).toEqual(samples(text));
  });
});
