import { expect, it } from 'vitest';
import { openLocalSession } from '../helpers/local-session.ts';
import { serviceSpec } from '../helpers/service-spec.ts';

const DOTENV = '/shop/.env';

it('a service gets the variables of a named pipe, which is read once for a run and its hooks', async () => {
  const command = { kind: 'shell', line: 'migrate' } as const;
  const before = [{ command, retries: 0, delayMs: 0, timeoutMs: 5_000 }];
  const { system, session } = openLocalSession([serviceSpec('api', { before })]);
  system.pipes.set(DOTENV, 'PASSWORD=from-the-pipe\n');
  await session.start([]);
  await system.advance(100);
  expect(system.child('api').request).toMatchObject({ command, env: { PASSWORD: 'from-the-pipe' } });
  system.pipes.set(DOTENV, undefined);
  system.end(system.child('api'), 0, null);
  await system.advance(2_000);
  expect(system.child('api').request).toMatchObject({
    command: { kind: 'shell', line: 'run api' },
    env: { PASSWORD: 'from-the-pipe' },
  });
});

it('a service does not start when its pipe stays empty', async () => {
  const { system, session, view } = openLocalSession([serviceSpec('api')]);
  system.pipes.set(DOTENV, undefined);
  await session.start([]);
  await system.advance(2_000);
  expect(view('api')).toMatchObject({ state: 'failed', why: `${DOTENV} is silent; write`, run: 1 });
  expect(system.children).toEqual([]);

  system.pipes.set(DOTENV, 'A=1\n');
  await session.restart(['api']);
  await system.advance(2_000);
  expect(view('api')).toMatchObject({ state: 'ready' });
});

it('a start says that it waits for a pipe, and can be stopped at once', async () => {
  const { system, session, view } = openLocalSession([serviceSpec('api')]);
  system.pipes.set(DOTENV, 'A=1\n');
  system.isPipeSlow = true;
  await session.start([]);
  await system.advance(1_000);
  expect(view('api')).toMatchObject({ state: 'starting', why: `reads ${DOTENV}, a named pipe` });
  await session.stop(['api']);
  await system.advance(100);
  expect(view('api')).toMatchObject({ state: 'stopped' });
  expect(system.children).toEqual([]);
});

it('an unusable .env is reported among the checks of a start', async () => {
  const { system, session } = openLocalSession([serviceSpec('api')], {
    checks: [{ name: 'tools', command: { kind: 'shell', line: 'find-tools' }, timeoutMs: 5_000 }],
  });
  system.texts.set(DOTENV, 'such nonsense\n');
  await session.start([]);
  await system.advance(2_000);
  expect(session.snapshotNow().session.failedChecks).toEqual([
    { name: '.env', message: `${DOTENV}:1: this is not NAME=value`, hint: 'correct that line' },
  ]);
});
