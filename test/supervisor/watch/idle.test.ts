// What a session costs that nobody looks at and in which nothing happens, counted by the clock.

import { describe, expect, it } from 'vitest';
import { openLocalSession } from '../../helpers/local-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const TEN = Array.from({ length: 10 }, (_, index) => serviceSpec(`service-${index}`));

async function openQuietSession() {
  const opened = openLocalSession(TEN);
  await opened.session.start([]);
  await opened.system.advance(60_000);
  opened.system.wakeUps = 0;
  return opened;
}

describe('ten quiet services', () => {
  it('wake the supervisor once in ten seconds while nobody looks', async () => {
    const { system } = await openQuietSession();
    await system.advance(60_000);
    expect(system.wakeUps).toBe(6);
  });

  it('wake it once in two seconds while somebody looks', async () => {
    const { system, supervisor } = await openQuietSession();
    supervisor.metrics.setWatched(true);
    await system.advance(60_000);
    expect(system.wakeUps).toBe(30);
  });
});
