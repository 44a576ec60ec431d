// What an agent needs to know of a service: little, and nothing that only a screen shows.

import type { ServiceView } from '../../core/session/snapshot.ts';

export type PrintedService = ServiceView;

export function summary(view: PrintedService) {
  const { name, state, ready, wanted, port, url, pid, why, restarts, health, alerts, insights, question, conflict } =
    view;
  const { lastLines, dependsOn } = view;
  return {
    name,
    state,
    ready,
    wanted,
    ...(port === null ? {} : { port }),
    ...(url === null ? {} : { url }),
    ...(pid === null ? {} : { pid }),
    ...(why === '' ? {} : { why }),
    ...(restarts === 0 ? {} : { restarts }),
    ...(health === null ? {} : { health: { status: health.status, message: health.message } }),
    ...(alerts.length === 0 ? {} : { alerts: alerts.map(({ message }) => message) }),
    ...(insights.length === 0 ? {} : { insights: insights.map(({ text }) => text) }),
    ...(question === null ? {} : { asks: question.text }),
    ...(conflict === null ? {} : { conflict: { port: conflict.port, suggestedPort: conflict.suggestedPort } }),
    ...(lastLines.length === 0 ? {} : { lastLines: lastLines.slice(-5) }),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
  };
}
