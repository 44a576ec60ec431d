import { expect, it } from 'vitest';
import type { HistoryItem } from '../../../src/core/session/history.ts';
import { pastStarts } from '../../../src/supervisor/watch/startup-watch.ts';
import { openLocalSession } from '../../helpers/local-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const pair = () => [
  serviceSpec('api'),
  serviceSpec('web', { dependsOn: [{ service: 'api', condition: 'ready' as const }] }),
];

it('the last start-up is compared with earlier ones of the same services', async () => {
  const earlierStarts = [
    { services: ['web', 'api'], readyMs: 9_000 },
    { services: ['api', 'web'], readyMs: 8_000 },
    { services: ['web', 'api'], readyMs: 10_000 },
    { services: ['web'], readyMs: 100 },
  ];
  const { system, session } = openLocalSession(pair(), { earlierStarts });
  expect(await session.readStartup()).toBeUndefined();
  await session.start([]);
  await system.advance(20_000);

  const startup = await session.readStartup();
  expect(startup).toMatchObject({ at: '2026-01-01T00:00:00.000Z', usualMs: 9_000, comparedStarts: 3 });
  expect(startup?.services.map(({ service, outcome }) => `${service} ${outcome}`)).toEqual(['api ready', 'web ready']);
  expect(startup?.readyMs).toBe(startup?.criticalPath.reduce((sum, { ms }) => sum + ms, 0));
  expect(startup?.criticalPath.map(({ service }) => service)).toEqual(['api', 'web']);
});

it('start-ups of this session count for the comparison too, except the last one', async () => {
  const { system, session } = openLocalSession(pair());
  await session.start([]);
  await system.advance(20_000);
  expect(await session.readStartup()).toMatchObject({ usualMs: null, comparedStarts: 0 });
  await session.stop([]);
  await system.advance(20_000);
  await session.start([]);
  await system.advance(20_000);
  const again = await session.readStartup();
  expect(again).toMatchObject({ comparedStarts: 1 });
  expect(again?.usualMs).toBeGreaterThan(0);
});

it('a start-up becomes a fact that a later session can read', async () => {
  const { system, session, told } = openLocalSession(pair());
  await session.start([]);
  await system.advance(20_000);
  const startup = await session.readStartup();
  const items = told().map(({ time, ...fact }): HistoryItem => ({ at: time, actor: null, ...fact }));
  const failed = items.flatMap((item) => (item.type === 'startup' ? [{ ...item, readyMs: null }] : []));
  const history = { items: () => [...items, ...failed] };
  const nowMs = system.clock.wallMs();
  expect(pastStarts(history, nowMs)).toEqual([{ services: ['api', 'web'], readyMs: startup?.readyMs }]);
  expect(pastStarts(history, nowMs - 60_000)).toEqual([]);

  const { facts, next } = await session.readFacts(0);
  expect(facts.map(({ seq }) => seq)).toEqual(Array.from({ length: next }, (_, index) => index));
  expect(facts.at(-1)).toMatchObject({ type: 'startup', readyMs: startup?.readyMs });
  expect((await session.readFacts(next)).facts).toEqual([]);
});
