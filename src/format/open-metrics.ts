// A snapshot as OpenMetrics text, for Prometheus and its kind: https://prometheus.io/docs/specs/om/open_metrics_spec/
// Families are whole and come one after the other; what is not known has no sample; the text ends with "# EOF".

import { STATE_NAMES, type ServiceView, type SessionSnapshot } from '../core/model/snapshot.ts';

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'info' | 'stateset';
  readonly unit?: 'seconds' | 'bytes' | 'ratio';
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** Null is not known. */
  readonly value: number | null;
}

export function openMetrics(
  { project, session, services }: SessionSnapshot,
  { nowMs }: { readonly nowMs: number },
): string {
  const secondsSince = (time: string | null): number | null =>
    time === null ? null : Math.max(0, nowMs - Date.parse(time)) / 1000;
  const perService = (valueOf: (view: ServiceView) => number | null): readonly Sample[] =>
    services.map((view) => ({ labels: { service: view.name }, value: valueOf(view) }));
  const families: readonly Family[] = [
    {
      name: 'devdeck_session',
      type: 'info',
      help: 'The project and the version of devdeck.',
      samples: [{ labels: { project: project.name, version: session.version }, value: 1 }],
    },
    {
      name: 'devdeck_session_uptime_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'How long the session has been running.',
      samples: [{ labels: {}, value: secondsSince(session.startedAt) }],
    },
    {
      name: 'devdeck_service_state',
      type: 'stateset',
      help: 'The state of the service.',
      samples: services.flatMap((view) =>
        STATE_NAMES.map((state) => ({
          labels: { service: view.name, devdeck_service_state: state },
          value: Number(view.state === state),
        })),
      ),
    },
    {
      name: 'devdeck_service_up',
      type: 'gauge',
      help: '1 while the service has a process.',
      samples: perService(({ pid }) => Number(pid !== null)),
    },
    {
      name: 'devdeck_service_ready',
      type: 'gauge',
      help: '1 while the service is ready.',
      samples: perService(({ ready }) => Number(ready)),
    },
    {
      name: 'devdeck_service_restarts',
      type: 'counter',
      help: 'Restarts after the service had died.',
      samples: perService(({ restarts }) => restarts),
    },
    {
      name: 'devdeck_service_cpu_ratio',
      type: 'gauge',
      unit: 'ratio',
      help: 'CPU used by all processes of the service; 1 is one core.',
      samples: perService(({ cpuPercent }) => (cpuPercent === null ? null : cpuPercent / 100)),
    },
    {
      name: 'devdeck_service_resident_memory_bytes',
      type: 'gauge',
      unit: 'bytes',
      help: 'Memory of all processes of the service.',
      samples: perService(({ rssBytes }) => rssBytes),
    },
    {
      name: 'devdeck_service_threads',
      type: 'gauge',
      help: 'Threads of all processes of the service.',
      samples: perService(({ threads }) => threads),
    },
    {
      name: 'devdeck_service_connections',
      type: 'gauge',
      help: 'TCP connections of all processes of the service.',
      samples: perService(({ connections }) => connections),
    },
    {
      name: 'devdeck_service_healthy',
      type: 'gauge',
      help: '1 when the last health check passed, 0 when it failed.',
      samples: perService(({ health }) =>
        health === null || health.status === 'unknown' ? null : Number(health.status === 'pass'),
      ),
    },
    {
      name: 'devdeck_service_health_latency_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'How long the last health check took.',
      samples: perService(({ health }) => (health?.latencyMs == null ? null : health.latencyMs / 1000)),
    },
    {
      name: 'devdeck_service_uptime_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'How long the current process of the service has been running.',
      samples: perService(({ pid, startedAt }) => (pid === null ? null : secondsSince(startedAt))),
    },
  ];
  return [...families.flatMap(familyLines), '# EOF'].join('\n');
}

function familyLines({ name, type, unit, help, samples }: Family): string[] {
  const suffix = type === 'counter' ? '_total' : type === 'info' ? '_info' : '';
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escape(help)}`,
    ...samples.flatMap(({ labels, value }) =>
      value === null ? [] : [`${name}${suffix}${labelText(labels)} ${value}`],
    ),
  ];
}

function labelText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
