import { describe, expect, it } from 'vitest';
import { conflictChoices } from '../../src/core/conflict.ts';
import { viewService } from '../../src/core/view.ts';
import { CoreSession, ownerCard } from '../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../helpers/service-spec.ts';

const shop = () =>
  new CoreSession([
    serviceSpec('backend', { port: portSpec(8000) }),
    serviceSpec('frontend', { port: portSpec(5173), env: { API: '${backend.url}' } }),
    serviceSpec('docs', { port: portSpec(4000) }),
  ]);

const start = { type: 'start', names: [], options: {} } as const;

function conflicting(): CoreSession {
  return shop().send({ type: 'attendanceChanged', isAttended: true }).send(start).portTaken('backend').bringUpReady();
}

function view(session: CoreSession, name: string) {
  const facts = { trees: new Map(), logFile: (service: string) => `${service}.log`, toTime: String };
  return viewService(session.state, session.service(name), facts);
}

describe('a port that is taken', () => {
  it('asks the person and leaves the other services alone', () => {
    const session = conflicting();
    expect(session.statuses()).toEqual({ backend: 'conflict', frontend: 'ready', docs: 'ready' });
    expect(session.take('stopOwners')).toEqual([]);
    expect(view(session, 'backend').conflict).toMatchObject({ port: 8000, rewires: ['frontend'], problem: null });
  });

  it('suggests the next free port in advance', () => {
    const session = conflicting();
    const [find] = session.take('findPort');
    expect(find).toMatchObject({ purpose: 'suggest', exact: undefined });
    session.send({ type: 'portFound', service: 'backend', epoch: find?.epoch ?? 0, port: 8001, purpose: 'suggest' });
    expect(view(session, 'backend').conflict?.suggestedPort).toBe(8001);
    expect(session.status('backend')).toBe('conflict');
  });

  it('reroutes on demand: the service starts on the new port, only who knows the old one restarts', () => {
    const session = conflicting();
    session.take('findPort');
    session.send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'reroute' } });
    const [find] = session.take('findPort');
    session.send({ type: 'portFound', service: 'backend', epoch: find?.epoch ?? 0, port: 8001, purpose: 'move' });
    expect(session.take('checkPort')).toMatchObject([{ service: 'backend', port: 8001 }]);
    expect(session.statuses()).toMatchObject({ frontend: 'stopping', docs: 'ready' });
    session.exit('frontend', 0).gone('frontend');
    session.send({
      type: 'portChecked',
      service: 'backend',
      epoch: session.service('backend').epoch,
      use: { port: 8001, addresses: [], owners: [] },
    });
    session.bringUpReady();
    expect(session.statuses()).toEqual({ backend: 'ready', frontend: 'ready', docs: 'ready' });
    expect(session.service('frontend').runs).toBe(2);
    expect(session.service('docs').runs).toBe(1);
    expect(view(session, 'backend')).toMatchObject({ port: 8001, wantedPort: 8000, url: 'http://localhost:8001' });
  });

  it('says so when a typed port is taken too, and asks again', () => {
    const session = conflicting();
    session.take('findPort');
    session.send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'reroute', port: 8080 } });
    const [find] = session.take('findPort');
    expect(find?.exact).toBe(8080);
    session.send({
      type: 'portRefused',
      service: 'backend',
      epoch: find?.epoch ?? 0,
      message: 'port 8080 is taken too',
    });
    expect(view(session, 'backend').conflict).toMatchObject({ problem: 'port 8080 is taken too', progress: null });
  });

  it('kills only the owners that the person saw, and starts once the port is proven free', () => {
    const session = conflicting();
    const owners = [{ pid: 812, startTicks: 4_711 }];
    session.send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'kill', owners } });
    const [stop] = session.take('stopOwners');
    expect(stop).toMatchObject({ port: 8000, owners });
    const epoch = stop?.epoch ?? 0;
    session.send({ type: 'ownersStopping', service: 'backend', epoch, progress: 'SIGKILL in 4 s' });
    expect(view(session, 'backend').conflict?.progress).toBe('SIGKILL in 4 s');
    session.send({ type: 'ownersStopped', service: 'backend', epoch, isFree: true, message: 'port 8000 is free' });
    session.bringUpReady();
    expect(session.status('backend')).toBe('ready');
  });

  it('takes no second decision while the first is under way', () => {
    const session = conflicting();
    const decision = { choice: 'kill', owners: [{ pid: 812, startTicks: 4_711 }] } as const;
    session.send({ type: 'resolveConflict', service: 'backend', decision });
    session.send({ type: 'resolveConflict', service: 'backend', decision });
    expect(session.take('stopOwners')).toHaveLength(1);
  });

  it('says what went wrong when the owner came back, and looks again who it is', () => {
    const session = conflicting();
    const decision = { choice: 'kill', owners: [{ pid: 812, startTicks: 4_711 }] } as const;
    session.send({ type: 'resolveConflict', service: 'backend', decision });
    const { epoch } = session.service('backend');
    session.send({
      type: 'ownersStopped',
      service: 'backend',
      epoch,
      isFree: false,
      message: 'it came back as pid 900',
    });
    expect(view(session, 'backend').conflict?.problem).toBe('it came back as pid 900');
    expect(session.take('checkPort')).toHaveLength(1);
  });

  it('starts by itself when the owner has left by the time of the second look', () => {
    const session = conflicting().send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'retry' } });
    session.bringUpReady();
    expect(session.status('backend')).toBe('ready');
  });

  it('skips the service and says why it is down', () => {
    const session = conflicting().send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'skip' } });
    expect(view(session, 'backend')).toMatchObject({ state: 'stopped', why: 'skipped: port 8000 is taken' });
  });

  it('is over when the service is stopped meanwhile', () => {
    const session = conflicting().send({ type: 'stop', names: ['backend'], isForced: false });
    expect(session.status('backend')).toBe('stopped');
  });
});

describe('without a person', () => {
  it('stops what an earlier session of the project left over', () => {
    const session = shop().send(start).portTaken('backend', { verdict: 'left over' });
    expect(session.take('stopOwners')).toMatchObject([{ owners: [{ pid: 812, startTicks: 4_711 }] }]);
  });

  it('never kills a stranger and never moves a port by itself', () => {
    const session = shop().send(start).portTaken('backend');
    expect(session.take('stopOwners')).toEqual([]);
    expect(session.take('findPort')).toMatchObject([{ purpose: 'suggest' }]);
    expect(session.status('backend')).toBe('conflict');
  });

  it.each([
    ['kill', 'stopOwners'],
    ['reroute', 'findPort'],
  ] as const)('does as told by --on-conflict %s', (onConflict, effect) => {
    const session = shop()
      .send({ ...start, options: { onConflict } })
      .portTaken('backend');
    expect(session.take(effect)).toHaveLength(1);
  });

  it('fails at once with --on-conflict fail, naming the owner', () => {
    const session = shop()
      .send({ ...start, options: { onConflict: 'fail' } })
      .portTaken('backend');
    expect(view(session, 'backend')).toMatchObject({
      state: 'failed',
      why: 'port 8000 is taken by node (pid 812)',
      conflict: { port: 8000, choices: [] },
    });
  });
});

describe('the choices', () => {
  it('never offers a kill that would be refused, and says why', () => {
    const use = { port: 80, addresses: ['0.0.0.0'], owners: [ownerCard(80, { refusal: 'it belongs to root' })] };
    expect(conflictChoices(use)[0]).toEqual({ name: 'kill', unavailable: 'it belongs to root' });
  });

  it('offers no kill for an owner that nobody can see', () => {
    const use = { port: 80, addresses: ['0.0.0.0'], owners: [] };
    expect(conflictChoices(use)[0]?.unavailable).toContain('hidden');
  });
});
