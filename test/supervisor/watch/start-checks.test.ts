import { expect, it } from 'vitest';
import type { CheckSpec } from '../../../src/core/model/project.ts';
import { openLocalSession } from '../../helpers/local-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const check = (name: string, line: string, more: Partial<CheckSpec> = {}): CheckSpec => ({
  name,
  command: { kind: 'shell', line },
  timeoutMs: 5_000,
  ...more,
});

it('quick checks run beside a start; failures raise a warning until they pass', async () => {
  const checks = [
    check('crypto', 'import-crypto', { hint: 'pip install bcrypt' }),
    check('slow', 'run-for-long', { timeoutMs: 6_000 }),
    check('tools', 'find-tools'),
  ];
  const { system, session, states } = openLocalSession([serviceSpec('api')], { checks });
  system.failingCommands.set('import-crypto', 'Traceback\nNo module named bcrypt\n');
  await session.start([]);
  expect(system.shortCommandLines).toEqual([]);
  await system.advance(2_000);
  expect(system.shortCommandLines).toEqual(['import-crypto', 'find-tools']);
  expect(states()).toEqual({ api: 'ready' });
  expect(session.snapshotNow().session.failedChecks).toEqual([
    { name: 'crypto', message: 'exited with code 1: No module named bcrypt', hint: 'pip install bcrypt' },
  ]);

  system.failingCommands.clear();
  await session.restart(['api']);
  await system.advance(2_000);
  expect(session.snapshotNow().session).not.toHaveProperty('failedChecks');
});

it('checks do not start again while they run, or after the end of the session', async () => {
  const { system, session } = openLocalSession([serviceSpec('api')], { checks: [check('tools', 'find-tools')] });
  await session.start([]);
  await session.restart([]);
  await session.restart([]);
  await system.advance(2_000);
  expect(system.shortCommandLines).toEqual(['find-tools']);

  await session.restart([]);
  const ended = session.shutdown();
  await system.advance(20_000);
  await ended;
  expect(system.shortCommandLines).toEqual(['find-tools']);
});
