import { describe, expect, it } from 'vitest';
import type { Project } from '../../src/core/model/project.ts';
import { EventLog } from '../../src/supervisor/chronicle/event-log.ts';
import { Tallies } from '../../src/supervisor/chronicle/tallies.ts';
import { LocalSession } from '../../src/supervisor/session/local-session.ts';
import { PortAnnouncer } from '../../src/supervisor/session/port-announcer.ts';
import { Masker } from '../../src/core/secrets/masker.ts';
import { Supervisor } from '../../src/supervisor/supervisor.ts';
import { FakeSystem } from '../fakes/fake-system.ts';
import { ownerCard } from '../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../helpers/service-spec.ts';

function open(system = new FakeSystem()) {
  const project: Project = {
    name: 'shop',
    root: '/shop',
    configFile: '/shop/.project.config',
    services: [serviceSpec('api', { port: portSpec(8000) }), serviceSpec('web', { port: portSpec(8001) })],
    onHangup: 'stop',
    reload: 'ask',
    profiles: {},
    checks: [],
    secrets: [],
  };
  const supervisor = new Supervisor({
    project,
    system,
    sessionId: 'session-1',
    callerEnv: {},
    masker: new Masker(),
    recorded: [],
    size: { columns: 80, rows: 24 },
    onRunsChanged: () => {},
  });
  const announcer = new PortAnnouncer({ supervisor, clock: system.clock, ledger: system.ledger });
  const facts = { pid: 1, startedAt: '2026-01-01T00:00:00.000Z', version: '1.0.0' };
  const events = new EventLog({ supervisor, clock: system.clock, write: () => {} });
  const tallies = new Tallies({ supervisor, events });
  const startups = { read: async () => undefined };
  const session = new LocalSession({ supervisor, facts, tallies, events, startups, onDetach: () => {} });
  const view = (name: string) => session.snapshotNow().services.find((service) => service.name === name);
  return { system, session, view, announcer };
}

/** The api meets a stranger on its port. */
async function openWithConflict(system = new FakeSystem()) {
  const opened = open(system);
  system.takenPorts.set(8000, [ownerCard(8000)]);
  await opened.session.start([], { onConflict: 'ask' });
  await system.advance(1_000);
  return opened;
}

describe('a service that moves', () => {
  it('gets the same port as before', async () => {
    const system = new FakeSystem();
    system.announced.kept.set('api', 8500);
    const { session, view } = await openWithConflict(system);
    expect(view('api')?.conflict?.suggestedPort).toBe(8500);

    await session.resolveConflict('api', { choice: 'reroute' });
    await system.advance(2_000);

    expect(view('api')).toMatchObject({ state: 'ready', port: 8500 });
  });

  it('skips its old port when that is taken, and ports of other services and projects', async () => {
    const system = new FakeSystem();
    system.announced.kept.set('api', 8500);
    system.takenPorts.set(8500, []);
    system.portsOfOthers.set(8002, { service: 'front', root: '/blog' });
    const { session, view } = await openWithConflict(system);
    expect(view('api')?.conflict?.suggestedPort).toBe(8003);

    await session.resolveConflict('api', { choice: 'reroute' });
    await system.advance(2_000);

    expect(view('api')).toMatchObject({ state: 'ready', port: 8003 });
  });

  it('gets the name of the project that has the typed port', async () => {
    const system = new FakeSystem();
    system.portsOfOthers.set(9000, { service: 'front', root: '/blog' });
    const { session, view } = await openWithConflict(system);

    await session.resolveConflict('api', { choice: 'reroute', port: 9000 });
    await system.advance(100);

    expect(view('api')?.conflict?.problem).toBe('port 9000 is kept for front of the project in /blog');
    expect(system.announced.kept.size).toBe(0);
  });

  it('keeps a typed port', async () => {
    const { system, session } = await openWithConflict();
    await session.resolveConflict('api', { choice: 'reroute', port: 9000 });
    await system.advance(2_000);
    expect([...system.announced.kept]).toEqual([['api', 9000]]);
  });
});

describe('other sessions', () => {
  it('see this one only after its services were started', async () => {
    const { system, session } = open();
    await session.start([]);
    await new Promise(setImmediate);
    expect(system.children).not.toEqual([]);
    expect(system.announced.isEntered).toBe(false);

    await system.advance(1_000);

    expect(system.announced.isEntered).toBe(true);
    expect([...system.announced.inForce]).toEqual([
      ['api', 8000],
      ['web', 8001],
    ]);
  });

  it('see a session in which nothing runs', async () => {
    const { system } = open();
    await system.advance(2_000);
    expect(system.announced).toMatchObject({ isEntered: true, inForce: new Map() });
  });

  it('learn that a service stopped, and nothing more once the session is over', async () => {
    const { system, session, announcer } = open();
    await session.start([]);
    await system.advance(1_000);
    await session.stop(['api']);
    await system.advance(1_000);
    expect([...system.announced.inForce]).toEqual([['web', 8001]]);

    await announcer.leave();
    await session.stop(['web']);
    await system.advance(1_000);

    expect(system.announced).toMatchObject({ isEntered: false, inForce: new Map() });
  });
});

describe('a ledger that another process keeps locked', () => {
  it('delays no start and no stop, and gets the ports once it is free', async () => {
    const system = new FakeSystem();
    system.isLedgerLocked = true;
    const { session, view, announcer } = open(system);
    await session.start([]);
    await system.advance(3_000);
    expect(view('api')?.state).toBe('ready');
    expect([...system.announced.inForce]).toEqual([]);

    system.isLedgerLocked = false;
    await system.advance(10_000);
    expect([...system.announced.inForce]).toEqual([
      ['api', 8000],
      ['web', 8001],
    ]);

    system.isLedgerLocked = true;
    await session.stop(['web']);
    await system.advance(3_000);
    expect(view('web')?.state).toBe('stopped');
    system.isLedgerLocked = false;
    await system.advance(10_000);
    expect([...system.announced.inForce]).toEqual([['api', 8000]]);
    await announcer.leave();
  });
});
