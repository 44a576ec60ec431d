// What the system refuses for a while, too many open files for instance, keeps no service in its state for ever.

import { expect, it, vi } from 'vitest';
import { openLocalSession } from '../../helpers/local-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

function refuse(): never {
  throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE', errno: -24, syscall: 'open' });
}

it('stops a service as soon as it may be signalled again', async () => {
  const { system, session, view } = openLocalSession([serviceSpec('api')]);
  await session.start([]);
  await system.advance(2_000);
  const signal = vi.spyOn(system.processes, 'signal').mockImplementation(refuse);
  await session.stop(['api']);
  await system.advance(3_000);
  expect(view('api')).toMatchObject({ state: 'stopping' });
  signal.mockRestore();
  await system.advance(1_000);
  expect(view('api')).toMatchObject({ state: 'stopped' });
  expect(system.child('api').signals).toContain('SIGTERM');
});

it('looks on whether anything is left after a look that was refused', async () => {
  const { system, session, view } = openLocalSession([serviceSpec('api')]);
  await session.start([]);
  await system.advance(2_000);
  const members = vi.spyOn(system.processes, 'members').mockImplementation(refuse);
  await session.stop(['api']);
  await expect(system.advance(1_000)).rejects.toThrow('EMFILE');
  expect(view('api')).toMatchObject({ state: 'stopping' });
  members.mockRestore();
  await system.advance(1_000);
  expect(view('api')).toMatchObject({ state: 'stopped' });
});

it('starts a service as soon as its port may be looked at', async () => {
  const { system, session, view } = openLocalSession([serviceSpec('api', { port: portSpec(3_000) })]);
  const examine = vi.spyOn(system.ports, 'examine').mockImplementation(refuse);
  await session.start([]);
  await system.advance(2_000);
  expect(view('api')?.state).not.toBe('failed');
  expect(system.children).toEqual([]);
  examine.mockRestore();
  await system.advance(2_000);
  expect(system.child('api').isAlive).toBe(true);
});

it('counts a probe that was refused as failed, and asks again', async () => {
  const { system, session, view } = openLocalSession([serviceSpec('api', { port: portSpec(3_000) })]);
  const attempt = vi.spyOn(system.probes, 'attempt').mockImplementation(refuse);
  await session.start([]);
  await system.advance(2_000);
  expect(view('api')).toMatchObject({ state: 'starting' });
  attempt.mockRestore();
  await system.advance(2_000);
  expect(view('api')).toMatchObject({ state: 'ready' });
});

it('ends with the error when it is a bug of ours', async () => {
  const { system, session } = openLocalSession([serviceSpec('api')]);
  await session.start([]);
  await system.advance(2_000);
  vi.spyOn(system.processes, 'signal').mockImplementation(() => {
    throw new TypeError('a bug');
  });
  await expect(session.stop(['api'])).rejects.toThrow('a bug');
});
