import { expect, it } from 'vitest';
import type { SessionFact } from '../../../src/core/session/events.ts';
import { openLocalSession } from '../../helpers/local-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';
import { ownerCard } from '../../helpers/core-session.ts';

const restart = { ...serviceSpec('api').restart, backoffMs: 1_000, maxBackoffMs: 1_000 };
const health = {
  check: { kind: 'http', url: '/health' },
  intervalMs: 1_000,
  timeoutMs: 1_000,
  retries: 3,
  startPeriodMs: 30_000,
} as const;

function ofType<T extends SessionFact['type']>(facts: readonly SessionFact[], type: T) {
  return facts.filter((fact): fact is Extract<SessionFact, { type: T }> => fact.type === type);
}

it('tallies count starts with their phases, crashes with their error, restarts with their cause', async () => {
  const { system, session, told } = openLocalSession([
    serviceSpec('db'),
    serviceSpec('api', { restart, health, port: portSpec(8000), dependsOn: [{ service: 'db', condition: 'ready' }] }),
  ]);
  await session.start([]);
  await system.advance(10_000);
  system.child('api').handlers.onData(Buffer.from('ERROR no database\nERROR again\nfine\n'), 'out');
  system.end(system.child('api'), 3);
  await system.advance(5_000);
  await session.restart(['api']);
  await system.advance(5_000);

  const starts = ofType(told(), 'start').filter(({ service }) => service === 'api');
  expect(starts).toHaveLength(3);
  // The database counts as ready once it has lived for a second.
  expect(starts[0]).toMatchObject({ run: 1, waitingMs: 1_000, beforeMs: 0, startingMs: 50, readyMs: 1_050 });
  expect(starts[1]).toMatchObject({ run: 2, waitingMs: 0, startingMs: 50 });
  expect(ofType(told(), 'crash')).toMatchObject([{ service: 'api', run: 1, code: 3, error: 'ERROR again' }]);
  expect(ofType(told(), 'restart')).toMatchObject([
    { service: 'api', restarts: 1, cause: expect.stringContaining('exited with code 3') },
    { service: 'api', restarts: 1, cause: 'as asked' },
  ]);

  const { api } = (await session.readTallies()).services;
  expect(api).toMatchObject({ restarts: 1, errorLines: 2 });
  expect(api?.logLines).toBeGreaterThan(3);
  const sum = (counts: readonly number[] = []) => counts.reduce((total, count) => total + count, 0);
  expect(sum(api?.startSeconds.counts)).toBe(3);
  expect(api?.startSeconds.sum).toBeCloseTo(0.15);
  expect(api?.readySeconds.sum).toBeCloseTo(1.15);
  expect(sum(api?.probeSeconds.counts)).toBeGreaterThan(15);
});

it('tallies count conflicts by outcome', async () => {
  const { system, session, told } = openLocalSession([serviceSpec('api', { port: portSpec(8000) })]);
  const meet = async () => {
    system.takenPorts.set(8000, [ownerCard(8000)]);
    await session.start([], { onConflict: 'ask' });
    await system.advance(1_000);
  };
  await meet();
  await session.resolveConflict('api', { choice: 'skip' });
  await system.advance(100);
  await meet();
  await session.resolveConflict('api', { choice: 'kill', owners: [{ pid: 8000, startTicks: 1 }] });
  await system.advance(3_000);
  await session.stop([]);
  await system.advance(3_000);
  await meet();
  await session.resolveConflict('api', { choice: 'reroute' });
  await system.advance(3_000);
  await session.stop([]);
  await system.advance(3_000);
  system.takenPorts.set(8001, [ownerCard(8001)]);
  await session.start([], { onConflict: 'fail' });
  await system.advance(1_000);

  expect(ofType(told(), 'conflict')).toHaveLength(4);
  expect(ofType(told(), 'conflictEnded').map(({ outcome }) => outcome)).toEqual([
    'skipped',
    'killed',
    'rerouted',
    'failed',
  ]);
  const { conflicts } = await session.readTallies();
  expect(conflicts).toEqual({ killed: 1, rerouted: 1, reused: 0, retried: 0, skipped: 1, failed: 1 });
});

it('tallies count CPU time over restarts, and never decrease', async () => {
  const { system, session } = openLocalSession([serviceSpec('api', { restart })]);
  system.cpuMs = 400;
  await session.start([]);
  await system.advance(11_000);
  system.cpuMs = 700;
  await system.advance(11_000);
  const seconds = async () => (await session.readTallies()).services['api']?.cpuSeconds;
  expect(await seconds()).toBeCloseTo(0.7);
  system.end(system.child('api'), 1);
  system.cpuMs = 900;
  await system.advance(11_000);
  expect(await seconds()).toBeCloseTo(1.6);
});
