// What is measured and counted in a session, as families of metrics. Names are there to stay: dashboards and alert rules
// of people are made of them. Labels are bounded: services, states, ports and components are few, and long names are cut.

import { STATE_NAMES, type ServiceView, type SessionSnapshot } from '../../core/session/snapshot.ts';
import { CONFLICT_OUTCOMES } from '../../core/session/events.ts';
import type { ServiceTallies, SessionTallies } from '../../core/session/tallies.ts';
import type { Family } from './metric-text.ts';

const MOST_PORTS = 50;
const MOST_COMPONENTS = 50;
const LONGEST_LABEL = 100;

/** @param nowMs since the epoch */
export function sessionMetrics(
  { project, session, services }: SessionSnapshot,
  tallies: SessionTallies,
  nowMs: number,
): readonly Family[] {
  const secondsSince = (time: string | null): number | null =>
    time === null ? null : Math.max(0, nowMs - Date.parse(time)) / 1000;
  const perService = <Value>(valueOf: (view: ServiceView) => Value) =>
    services.map((view) => ({ labels: { service: view.name }, value: valueOf(view) }));
  const counted = <Value>(valueOf: (tally: ServiceTallies) => Value) =>
    perService(({ name }) => {
      const tally = tallies.services[name];
      return tally === undefined ? null : valueOf(tally);
    });
  return [
    {
      name: 'devdeck_build',
      type: 'info',
      help: 'The version of devdeck.',
      samples: [{ labels: { version: session.version }, value: 1 }],
    },
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
      help: '1 while the service runs as a process or a container.',
      samples: perService(({ pid, container }) => Number(pid !== null || container !== null)),
    },
    {
      name: 'devdeck_service_ready',
      type: 'gauge',
      help: '1 while the service is ready.',
      samples: perService(({ ready }) => Number(ready)),
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
      name: 'devdeck_component_up',
      type: 'gauge',
      help: '1 when the last health check called this component of the service well.',
      samples: services.flatMap(({ name, health }) =>
        (health?.components ?? []).slice(0, MOST_COMPONENTS).map((component) => ({
          labels: { service: name, component: component.name.slice(0, LONGEST_LABEL) },
          value: Number(component.ok),
        })),
      ),
    },
    {
      name: 'devdeck_listening',
      type: 'gauge',
      help: '1 while the service listens on the port, 0 for its own port when it does not.',
      samples: services.flatMap((view) => listeningSamples(view)),
    },
    {
      name: 'devdeck_service_restarts',
      type: 'counter',
      help: 'Restarts after the service had died.',
      samples: counted(({ restarts }) => restarts),
    },
    {
      name: 'devdeck_service_cpu_seconds',
      type: 'counter',
      unit: 'seconds',
      help: 'CPU time used by all processes of the service.',
      samples: counted(({ cpuSeconds }) => Math.round(cpuSeconds * 1000) / 1000),
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
      name: 'devdeck_service_uptime_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'How long the current process of the service has been running.',
      samples: perService(({ pid, container, startedAt }) =>
        pid === null && container === null ? null : secondsSince(startedAt),
      ),
    },
    {
      name: 'devdeck_service_start_duration_seconds',
      type: 'histogram',
      unit: 'seconds',
      help: 'How long starts took from the moment when nothing held them up any more until the service was ready.',
      samples: counted(({ startSeconds }) => startSeconds),
    },
    {
      name: 'devdeck_service_ready_duration_seconds',
      type: 'histogram',
      unit: 'seconds',
      help: 'How long starts took from the wish until the service was ready, waiting for others included.',
      samples: counted(({ readySeconds }) => readySeconds),
    },
    {
      name: 'devdeck_probe_duration_seconds',
      type: 'histogram',
      unit: 'seconds',
      help: 'How long health checks took.',
      samples: counted(({ probeSeconds }) => probeSeconds),
    },
    {
      name: 'devdeck_service_health_latency_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'How long the last health check took.',
      samples: perService(({ health }) => (health?.latencyMs == null ? null : health.latencyMs / 1000)),
    },
    {
      name: 'devdeck_service_log_lines',
      type: 'counter',
      help: 'Lines in the log of the service since the session began.',
      samples: counted(({ logLines }) => logLines),
    },
    {
      name: 'devdeck_service_error_lines',
      type: 'counter',
      help: 'Lines of level error or worse that the service wrote since the session began.',
      samples: counted(({ errorLines }) => errorLines),
    },
    {
      name: 'devdeck_conflicts',
      type: 'counter',
      help: 'Port conflicts that are over, by how they ended.',
      samples: CONFLICT_OUTCOMES.map((outcome) => ({ labels: { outcome }, value: tallies.conflicts[outcome] })),
    },
    {
      name: 'devdeck_alerts',
      type: 'gauge',
      help: '1 while the alert of the rule is raised.',
      samples: services.flatMap((view) => alertSamples(view, tallies.services[view.name]?.rules ?? [])),
    },
  ];
}

function listeningSamples({ name, port, listening }: ServiceView) {
  const open = new Set(listening.map((listener) => listener.port));
  const ports = [...new Set([...(port === null ? [] : [port]), ...open])].toSorted((a, b) => a - b);
  return ports
    .slice(0, MOST_PORTS)
    .map((each) => ({ labels: { service: name, port: String(each) }, value: Number(open.has(each)) }));
}

function alertSamples({ name, alerts }: ServiceView, rules: ServiceTallies['rules']) {
  return rules.map(({ rule, severity }) => ({
    labels: { service: name, rule, severity },
    value: Number(alerts.some((alert) => alert.kind === rule)),
  }));
}
