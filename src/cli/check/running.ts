// Checks running services: every wanted one is ready and healthy, on the port of the config.

import type { ServiceView, SessionSnapshot } from '../../core/session/snapshot.ts';
import { isSettled } from '../context/services.ts';
import type { Finding } from './finding.ts';

export function checkRunning({ services }: SessionSnapshot): readonly Finding[] {
  return services.filter(({ wanted }) => wanted).flatMap(judge);
}

function judge(view: ServiceView): readonly Finding[] {
  const { name, state, why, health, port, wantedPort, ready } = view;
  const finding = (level: Finding['level'], message: string, fix?: string): Finding => ({
    area: 'session',
    subject: name,
    level,
    message,
    ...(fix === undefined ? {} : { fix }),
  });
  if (!isSettled(view)) return [finding('fail', why ?? `it is ${state}`, `./dev logs ${name}`)];
  const ill = (health?.components ?? []).filter(({ ok }) => !ok);
  const moved = port !== null && wantedPort !== null && port !== wantedPort;
  const found = [
    ...ill.map((component) =>
      finding('warn', `its component ${component.name} is ${component.status}`, `./dev health ${name}`),
    ),
    ...(moved
      ? [finding('warn', `it is on port ${port} instead of ${wantedPort}`, `./dev ports ${wantedPort} shows the owner`)]
      : []),
  ];
  if (found.length > 0) return found;
  return [finding('ok', ready ? `ready${port === null ? '' : ` on port ${port}`}` : 'ended by itself with success')];
}
