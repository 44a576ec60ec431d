import { describe, expect, it } from 'vitest';
import { viewService } from '../../../src/core/view/view.ts';
import { CoreSession, ownerCard } from '../../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const health = {
  check: { kind: 'http', url: '/health' },
  intervalMs: 5_000,
  timeoutMs: 1_000,
  retries: 2,
  startPeriodMs: 30_000,
} as const;
const start = { type: 'start', names: [], options: {} } as const;
const owners = [{ pid: 812, startTicks: 4_711, name: 'node' }];
const healthy = { ok: true, latencyMs: 1, message: '200 OK', components: [] };

const shop = () =>
  new CoreSession([
    serviceSpec('backend', { port: portSpec(8000), health }),
    serviceSpec('frontend', { dependsOn: [{ service: 'backend', condition: 'ready' }] }),
    serviceSpec('docs', { port: portSpec(4000), env: { API: '${frontend.url}' } }),
  ]).send({ type: 'attendanceChanged', isAttended: true });

function view(session: CoreSession, name: string) {
  const facts = { trees: new Map(), alerts: new Map(), logFile: (service: string) => `${service}.log`, toTime: String };
  return viewService(session.state, session.service(name), facts);
}

function asking(session = shop()): { session: CoreSession; epoch: number; run: number } {
  session.send(start).portTaken('backend');
  session.send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'reuse' } });
  const [adopt] = session.take('adopt');
  return { session, epoch: adopt?.epoch ?? 0, run: adopt?.run ?? 0 };
}

function reusing(): CoreSession {
  const { session, epoch, run } = asking();
  return session.send({ type: 'adopted', service: 'backend', epoch, run, owners, health: healthy }).bringUpReady();
}

describe('a server that is used in place of a service', () => {
  it('must first pass the health probe of the service', () => {
    const session = shop().send(start).portTaken('backend');
    session.send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'reuse' } });
    expect(session.take('adopt')).toMatchObject([
      { service: 'backend', port: 8000, owners: [{ pid: 812, startTicks: 4_711 }], probe: health },
    ]);
    expect(view(session, 'backend').conflict?.progress).toBe('probing it before it is used in place of the service');
  });

  it('is ready at once, marked as external, and lets dependents start', () => {
    const session = reusing();
    expect(view(session, 'backend')).toMatchObject({
      state: 'ready',
      ready: true,
      external: true,
      pid: 812,
      port: 8000,
      why: 'uses node (pid 812), which devdeck did not start',
      health: { status: 'pass' },
    });
    expect(session.status('frontend')).toBe('ready');
    expect(view(session, 'frontend').external).toBe(false);
    expect(session.service('frontend').runs).toBe(1);
  });

  it('is not used when it fails the probe: the dialog says its answer', () => {
    const { session, epoch } = asking();
    const message = 'it does not answer GET /health: 404 Not Found';
    session.send({ type: 'reuseRefused', service: 'backend', epoch, message });
    expect(view(session, 'backend')).toMatchObject({
      state: 'conflict',
      conflict: { problem: message, progress: null },
    });
  });

  it('is never signalled by a stop, even a forced one', () => {
    for (const isForced of [false, true]) {
      const session = reusing();
      session.take('signalTree');
      session.send({ type: 'stop', names: ['backend'], isForced });
      if (!isForced) session.exit('frontend', 0).gone('frontend');
      session.send({ type: 'stop', names: ['frontend', 'backend'], isForced: true });
      session.exit('frontend', 0).gone('frontend');
      expect(view(session, 'backend')).toMatchObject({
        state: 'stopped',
        external: false,
        pid: null,
        why: 'stopped watching node (pid 812); it keeps running',
      });
      expect(session.take('letGo')).toMatchObject([{ service: 'backend' }]);
      expect(session.take('signalTree').filter(({ service }) => service === 'backend')).toEqual([]);
    }
  });

  it('does not delay a shutdown', () => {
    const { session, epoch, run } = asking(new CoreSession([serviceSpec('backend', { port: portSpec(8000) })]));
    session.send({ type: 'adopted', service: 'backend', epoch, run, owners, health: undefined });
    session.send({ type: 'shutdown', isForced: false });
    expect(session.status('backend')).toBe('stopped');
    expect(session.take('signalTree')).toEqual([]);
  });

  it('leaves the service failed when it ends, and the next start is a normal one', () => {
    const session = reusing();
    const run = session.service('backend').runs;
    session.send({ type: 'externalGone', service: 'backend', run, reason: 'has ended' });
    expect(view(session, 'backend')).toMatchObject({
      state: 'failed',
      external: false,
      why: 'node (pid 812), which was used in its place, has ended: start the service to continue',
    });
    session.send({ type: 'start', names: ['backend'], options: {} }).bringUpReady();
    expect(view(session, 'backend')).toMatchObject({ state: 'ready', external: false, pid: 1000 + run + 1 });
  });

  it('becomes unhealthy like any service', () => {
    const session = reusing();
    session.fire('backend', 'probe').probed('backend', false);
    session.fire('backend', 'probe').probed('backend', false);
    expect(view(session, 'backend')).toMatchObject({ state: 'unhealthy', external: true });
  });

  it('opens the dialog again on a restart, because it still has the port', () => {
    const session = reusing().send({ type: 'restart', names: ['backend'] });
    expect(session.take('letGo')).toHaveLength(1);
    expect(session.take('checkPort')).toMatchObject([{ service: 'backend', port: 8000 }]);
  });

  it('is not watched when the service was stopped during the probe', () => {
    const { session, epoch, run } = asking();
    session.send({ type: 'stop', names: ['backend'], isForced: false });
    session.send({ type: 'adopted', service: 'backend', epoch, run, owners, health: healthy });
    expect(session.take('letGo')).toEqual([{ type: 'letGo', service: 'backend', run }]);
    expect(session.status('backend')).toBe('stopped');
  });

  it('is used without asking with --on-conflict reuse', () => {
    const session = shop()
      .send({ ...start, options: { onConflict: 'reuse' } })
      .portTaken('backend');
    expect(session.take('adopt')).toHaveLength(1);
  });
});

describe('reuse is not offered', () => {
  const choice = (session: CoreSession, name: string) =>
    view(session, name).conflict?.choices.find((candidate) => candidate.name === 'reuse')?.unavailable;

  it('for a hidden owner', () => {
    const session = shop().send(start);
    const { epoch } = session.service('backend');
    const use = { port: 8000, addresses: ['0.0.0.0'], owners: [] };
    session.send({ type: 'portChecked', service: 'backend', epoch, use });
    expect(choice(session, 'backend')).toBe('the owner is hidden from us, so it could not be watched');
  });

  it('for another service of this session', () => {
    expect(choice(shop().send(start).portTaken('backend', { verdict: 'ours' }), 'backend')).toBe(
      'node (pid 812) belongs to this session',
    );
  });

  it('for a port that the config does not name', () => {
    const session = new CoreSession([serviceSpec('legacy')]).send(start).bringUpReady();
    const use = { port: 4000, addresses: ['127.0.0.1'], owners: [ownerCard(4000)] };
    session.exit('legacy', 1).gone('legacy', { program: 'Node.js', trouble: 'taken', use });
    expect(choice(session, 'legacy')).toBe('the config does not say which port it takes: add port: 4000');
  });
});
