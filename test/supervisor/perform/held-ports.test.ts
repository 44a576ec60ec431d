// A stop proves that the ports are free again, or names who holds them.

import { expect, it } from 'vitest';
import { ownerCard } from '../../helpers/core-session.ts';
import { openLocalSession } from '../../helpers/local-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const DURING_THE_RUN = '2026-01-01T00:00:05.000Z';
const LONG_BEFORE = '2025-12-31T12:00:00.000Z';

async function stopped() {
  const opened = openLocalSession([
    serviceSpec('web', { port: portSpec(8000) }),
    serviceSpec('idle', { port: portSpec(9000) }),
  ]);
  await opened.session.start(['web']);
  await opened.system.advance(10_000);
  await opened.session.stop([]);
  await opened.system.advance(2_000);
  expect(opened.states()).toEqual({ web: 'stopped', idle: 'stopped' });
  return opened;
}

it.each([
  ['came while the service ran', [ownerCard(8000, { startedAt: DURING_THE_RUN })], [{ pid: 812, name: 'node' }]],
  ['came at a time that is hidden', [ownerCard(8000, { startedAt: null })], [{ pid: 812, name: 'node' }]],
  ['is hidden from us', [], []],
])('names the port whose holder %s', async (_what, owners, named) => {
  const { system, session } = await stopped();
  system.takenPorts.set(8000, owners);
  expect(await session.findHeldPorts([])).toEqual([{ service: 'web', port: 8000, owners: named }]);
  expect(await session.findHeldPorts(['idle'])).toEqual([]);
  const report = session.shutdown();
  await system.advance(100);
  expect(await report).toEqual({ leftovers: [], heldPorts: [{ service: 'web', port: 8000, owners: named }] });
});

it('processes from before a service, and ports of services that never ran, are not reported as held', async () => {
  const { system, session } = await stopped();
  system.takenPorts.set(8000, [ownerCard(8000, { startedAt: LONG_BEFORE })]);
  system.takenPorts.set(9000, [ownerCard(9000, { startedAt: DURING_THE_RUN })]);
  expect(await session.findHeldPorts([])).toEqual([]);
});
