import { expect, it } from 'vitest';
import { openLocalSession } from '../../helpers/local-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const health = {
  check: { kind: 'http' as const, url: '/health' },
  intervalMs: 1_000,
  timeoutMs: 500,
  retries: 2,
  startPeriodMs: 60_000,
};

it('a failing and a passing health check of a ready service are events, and none of a start', async () => {
  const { system, session, told, states } = openLocalSession([serviceSpec('api', { port: portSpec(8000), health })]);
  const answer = async (ok: boolean): Promise<void> => {
    system.probeAnswers.set(8000, { ok, latencyMs: 3, message: ok ? '200 OK' : 'refused', components: [] });
    await system.advance(5_000);
  };
  const healthTold = () =>
    told().flatMap((fact) => (fact.type === 'health' ? [`${fact.status}: ${fact.message}`] : []));
  await session.start([]);
  await answer(false);
  expect(states()).toEqual({ api: 'starting' });
  await answer(true);
  expect(states()).toEqual({ api: 'ready' });
  expect(healthTold()).toEqual([]);
  await answer(false);
  await answer(true);
  expect(healthTold()).toEqual(['fail: refused', 'pass: 200 OK']);
});
