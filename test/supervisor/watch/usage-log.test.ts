import { expect, it } from 'vitest';
import { openLocalSession } from '../../helpers/local-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

it('the usage log has a value of all services for every two seconds, and gaps for unknown values', async () => {
  const { system, session } = openLocalSession([serviceSpec('api'), serviceSpec('web')]);
  expect(await session.readUsage(10)).toEqual({ everyMs: 2000, cpuPercent: [], rssBytes: [] });
  await session.start([]);
  await system.advance(20_000);
  const { cpuPercent, rssBytes } = await session.readUsage(5);
  const ofOne = (await session.snapshot()).services[0];
  expect(cpuPercent).toEqual(Array(5).fill(2 * (ofOne?.cpuPercent ?? Number.NaN)));
  expect(rssBytes).toEqual(Array(5).fill(2 * (ofOne?.rssBytes ?? Number.NaN)));

  await session.stop([]);
  await system.advance(60_000);
  const after = await session.readUsage(1000);
  expect(after.rssBytes.at(-1)).toBeNull();
  expect(after.rssBytes).toContain(rssBytes[0]);
});

it('the usage log keeps a quarter of an hour', async () => {
  const { system, session } = openLocalSession([serviceSpec('api')]);
  await session.start([]);
  await system.advance(20 * 60_000);
  const { cpuPercent, rssBytes } = await session.readUsage(1000);
  expect(cpuPercent).toHaveLength(450);
  expect(rssBytes).toHaveLength(450);
  expect(rssBytes).not.toContain(null);
});

it('the usage of each service is kept, also for a while after it left', async () => {
  const { system, session } = openLocalSession([serviceSpec('api'), serviceSpec('web')]);
  await session.start([]);
  await system.advance(20_000);
  const { cpuPercent, services } = await session.readUsage(5, { perService: true });
  expect(Object.keys(services ?? {})).toEqual(['api', 'web']);
  expect(services?.['api']?.cpuPercent).toEqual(cpuPercent.map((value) => (value ?? 0) / 2));
  expect(await session.readUsage(5)).not.toHaveProperty('services');
  await session.stop(['web']);
  await system.advance(16 * 60_000);
  expect(Object.keys((await session.readUsage(5, { perService: true })).services ?? {})).toEqual(['api']);
});
