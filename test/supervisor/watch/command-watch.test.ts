import { expect, it } from 'vitest';
import { openLocalSession } from '../../helpers/local-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';
import { ownerCard } from '../../helpers/core-session.ts';

const TAKEN = 'OSError: [Errno 98] Address already in use\n';

it('a service that dies of a port it does not name is asked by what its processes were called', async () => {
  const { session, system, view } = openLocalSession([serviceSpec('web', { port: portSpec(8000) })]);
  // A child that the command line of the service does not tell of.
  const argv = ['python3', '-m', 'http.server', '9100'];
  Object.assign(system.processes, { describe: async () => [{ argv, cwd: '/shop' }] });
  await session.start([]);
  await system.advance(500);
  system.takenPorts.set(9100, [ownerCard(9100)]);
  const child = system.child('web');
  child.handlers.onData(Buffer.from(TAKEN), 'out');
  system.end(child, 1);
  await system.advance(1_000);
  await expect.poll(() => view('web')).toMatchObject({ state: 'conflict', conflict: { port: 9100 } });
});
