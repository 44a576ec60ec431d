import { expect, it } from 'vitest';
import { viewService } from '../../../src/core/view/view.ts';
import { serviceLabel } from '../../../src/format/status-label.ts';
import { CoreSession } from '../../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const probe = {
  check: { kind: 'http', url: '/health' },
  intervalMs: 5_000,
  timeoutMs: 5_000,
  retries: 3,
  startPeriodMs: 30_000,
} as const;
const facts = { trees: new Map(), alerts: new Map(), logFile: String, toTime: String };
const starting = () =>
  new CoreSession([serviceSpec('api', { port: portSpec(8000), health: probe })])
    .send({ type: 'start', names: [], options: {} })
    .bringUp();
const viewOf = (session: CoreSession) => viewService(session.state, session.service('api'), facts);
const answer = (session: CoreSession, ok: boolean) => session.probed('api', ok);

it('a failing health probe is shown after its first failure, before the service is unhealthy', () => {
  const session = answer(starting(), true);
  answer(session, false);
  const view = viewOf(session);
  expect(view).toMatchObject({
    state: 'ready',
    why: 'failing 1/3: 503 Service Unavailable',
    health: { status: 'failing', consecutiveFailures: 1, failureThreshold: 3 },
  });
  expect(serviceLabel(view)).toEqual({ glyph: '▲', word: 'failing 1/3', tone: 'warn' });
  answer(answer(session, false), false);
  expect(viewOf(session)).toMatchObject({ state: 'unhealthy', health: { status: 'fail', consecutiveFailures: 3 } });
  answer(session, true);
  expect(viewOf(session)).toMatchObject({
    state: 'ready',
    why: '',
    health: { status: 'pass', consecutiveFailures: 0 },
  });
});

it('failures during the start of a service are shown as probing only', () => {
  const session = starting();
  expect(viewOf(session).health?.status).toBe('unknown');
  answer(session, false);
  expect(viewOf(session)).toMatchObject({ state: 'starting', health: { status: 'probing', consecutiveFailures: 1 } });
});
