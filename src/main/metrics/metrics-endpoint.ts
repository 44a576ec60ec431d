// What the supervisor answers on the port of `metrics:` in the config: metrics for a scraper, and whether it lives, is ready
// and is healthy. Loaded only when the config asks for it.

import type { SessionSnapshot } from '../../core/session/snapshot.ts';
import type { SessionTallies } from '../../core/session/tallies.ts';
import { metricText } from '../../format/metrics/metric-text.ts';
import { sessionMetrics } from '../../format/metrics/session-metrics.ts';
import { serveWeb, type WebAnswer, type WebRequest, type WebServer } from '../../system/web/web-server.ts';

interface Facts {
  readonly snapshot: () => SessionSnapshot;
  readonly tallies: () => SessionTallies;
}

/** @throws the system's error when the port cannot be had */
export function openMetricsEndpoint(
  place: { readonly host: string; readonly port: number },
  facts: Facts,
): Promise<WebServer> {
  return serveWeb({ ...place, answer: (request) => answerOf(request, facts) });
}

function answerOf(request: WebRequest, { snapshot, tallies }: Facts): WebAnswer | undefined {
  switch (request.path) {
    case '/metrics':
      return metricsAnswer(request, sessionMetrics(snapshot(), tallies(), Date.now()));
    case '/livez':
      return jsonAnswer(true, bodyOf(snapshot()));
    case '/readyz':
      return jsonAnswer(isReady(snapshot()), bodyOf(snapshot()));
    case '/healthz':
      return jsonAnswer(isHealthy(snapshot()), healthBody(snapshot()));
    default:
      return undefined;
  }
}

/** OpenMetrics for a scraper that asks for it; the older format for all others, people with a browser among them. */
function metricsAnswer({ accept }: WebRequest, families: ReturnType<typeof sessionMetrics>): WebAnswer {
  return accept.includes('application/openmetrics-text')
    ? {
        status: 200,
        type: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
        body: metricText(families, 'openmetrics'),
      }
    : { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: metricText(families, 'text') };
}

function jsonAnswer(isWell: boolean, body: Readonly<Record<string, unknown>>): WebAnswer {
  const status = isWell ? 'ok' : 'unavailable';
  return {
    status: isWell ? 200 : 503,
    type: 'application/json; charset=utf-8',
    body: `${JSON.stringify({ status, ...body })}\n`,
  };
}

function isReady({ session, services }: SessionSnapshot): boolean {
  return !session.ending && services.every(({ wanted, ready, state }) => !wanted || ready || state === 'exited');
}

function isHealthy(snapshot: SessionSnapshot): boolean {
  return isReady(snapshot) && snapshot.services.every(({ health }) => health === null || health.status !== 'failing');
}

function bodyOf({ project, services }: SessionSnapshot) {
  return {
    project: project.name,
    services: Object.fromEntries(services.map(({ name, state }) => [name, { state }])),
  };
}

function healthBody({ project, session, services }: SessionSnapshot) {
  return {
    project: project.name,
    supervisor: {
      pid: session.pid,
      version: session.version,
      rssBytes: process.memoryUsage.rss(),
      uptimeSeconds: Math.max(0, Math.round((Date.now() - Date.parse(session.startedAt)) / 1000)),
    },
    services: Object.fromEntries(
      services.map(({ name, state, ready, health }) => [
        name,
        {
          state,
          ready,
          health: health?.status ?? null,
          latencyMs: health?.latencyMs ?? null,
          components: health?.components ?? [],
        },
      ]),
    ),
  };
}
