import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../../src/core/session/session.ts';
import { ownerCard } from '../../helpers/core-session.ts';
import { openLocalSession } from '../../helpers/local-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const health = {
  check: { kind: 'http', url: '/health' },
  intervalMs: 5_000,
  timeoutMs: 1_000,
  retries: 3,
  startPeriodMs: 30_000,
} as const;
const shop = [
  serviceSpec('backend', { port: portSpec(8000), health }),
  serviceSpec('frontend', {
    port: portSpec(5173),
    dependsOn: [{ service: 'backend', condition: 'ready' }],
    env: { VITE_API_URL: '${backend.url}' },
    command: { kind: 'shell', line: 'vite --port ${frontend.port}' },
  }),
];

describe('a session', () => {
  it('brings the services up in order, each with its environment', async () => {
    const { system, session, states, view } = openLocalSession(shop);
    await session.start([]);
    await system.advance(2_000);
    expect(states()).toEqual({ backend: 'ready', frontend: 'ready' });
    expect(system.child('backend').request.env).toMatchObject({
      PORT: '8000',
      DEV_SESSION: 'session-1',
      DEV_SERVICE: 'backend',
    });
    expect(system.child('frontend').request.env).toMatchObject({
      VITE_API_URL: 'http://localhost:8000',
      BACKEND_PORT: '8000',
    });
    expect(system.child('frontend').request.command).toEqual({ kind: 'shell', line: 'vite --port 5173' });
    expect(view('backend')).toMatchObject({
      pid: 1_001,
      cpuPercent: 1.5,
      health: { status: 'pass', message: '200 OK' },
      why: '',
    });
  });

  it('keeps the snapshot within one frame for any number of owners', async () => {
    const services = Array.from({ length: 60 }, (_, index) =>
      serviceSpec(`s${index}`, { port: portSpec(2000 + index) }),
    );
    const { system, session } = openLocalSession(services);
    const parents = Array.from({ length: 100 }, (_, pid) => ({ pid, name: 'sh' }));
    const owners = Array.from({ length: 100 }, (_, pid) => ({
      ...ownerCard(1),
      pid,
      command: 'x'.repeat(1000),
      parents,
    }));
    for (let port = 2001; port < 2060; port += 1) system.takenPorts.set(port, owners);
    system.takenPorts.set(2000, owners.slice(0, 2));
    await session.start([], { onConflict: 'ask' });
    await system.advance(2_000);
    const snapshot = session.snapshotNow();
    expect(JSON.stringify(snapshot).length).toBeLessThan(8 * 1024 * 1024);
    expect(snapshot.services[0]?.conflict?.owners).toEqual(owners.slice(0, 2));
    expect(snapshot.services[59]?.conflict?.owners.map(({ pid }) => pid)).toEqual([0, 1, 2]);
    expect(snapshot.services[59]?.why).toMatch(/^port 2059 is taken by (?:\w+ \(pid \d\)(?:, )?){5} and 95 more$/);
  });

  it('reads .env again at every start', async () => {
    const { system, session } = openLocalSession([serviceSpec('api')]);
    system.texts.set('/shop/.env', 'LEVEL=info\n');
    await session.start([]);
    await system.advance(2_000);
    expect(system.child('api').request.env['LEVEL']).toBe('info');
    system.texts.set('/shop/.env', 'LEVEL=debug\n');
    await session.restart(['api']);
    await system.advance(2_000);
    expect(system.child('api').request.env['LEVEL']).toBe('debug');
  });

  it('fails only the service whose env file is missing, and names the file', async () => {
    const { system, session, states, view } = openLocalSession([
      serviceSpec('api', { envFiles: ['/shop/.env.api'] }),
      serviceSpec('web'),
    ]);
    await session.start([]);
    await system.advance(2_000);
    expect(states()).toEqual({ api: 'failed', web: 'ready' });
    expect(view('api')?.why).toContain('env file /shop/.env.api does not exist');
  });

  it('moves a service to a free port and restarts services that refer to it', async () => {
    const { system, session, view } = openLocalSession(shop);
    system.takenPorts.set(8000, [ownerCard(8000)]);
    await session.start([], { onConflict: 'ask' });
    await system.advance(1_000);
    expect(view('backend')).toMatchObject({
      state: 'conflict',
      conflict: { suggestedPort: 8001, owners: [{ pid: 812 }] },
    });
    await session.resolveConflict('backend', { choice: 'reroute' });
    await system.advance(2_000);
    expect(view('backend')).toMatchObject({ state: 'ready', port: 8001, url: 'http://localhost:8001' });
    expect(system.child('frontend').request.env['VITE_API_URL']).toBe('http://localhost:8001');
  });

  it('asks about a port that only the output of a failing service names, instead of restarting', async () => {
    const { system, session, view } = openLocalSession([serviceSpec('legacy')]);
    await session.start([]);
    await system.advance(2_000);
    system.takenPorts.set(4_000, [ownerCard(4_000)]);
    const child = system.child('legacy');
    child.handlers.onData(Buffer.from('Error: listen EADDRINUSE: address already in use :::4000\n'), 'err');
    system.end(child, 1);
    await system.advance(60_000);
    expect(view('legacy')).toMatchObject({ state: 'conflict', run: 1, restarts: 0, conflict: { port: 4_000 } });
    expect(system.logs.get('legacy')).toContain('Node.js reports that port 4000 was taken');
    await session.resolveConflict('legacy', { choice: 'kill', owners: [{ pid: 812, startTicks: 4_711 }] });
    await system.advance(2_000);
    expect(view('legacy')).toMatchObject({ state: 'ready', run: 2, restarts: 0 });
  });

  it('follows a service that took the next port, and restarts services that refer to it', async () => {
    const { system, session, view } = openLocalSession(shop);
    await session.start([]);
    await system.advance(2_000);
    system.takenPorts.set(8000, [ownerCard(8000)]);
    system.child('backend').listensOn = [8001];
    await system.advance(30_000);
    expect(view('backend')).toMatchObject({ state: 'ready', run: 1, port: 8001, wantedPort: 8000 });
    expect(system.logs.get('backend')).toContain('listens on 8001 instead of 8000');
    expect(view('frontend')).toMatchObject({ state: 'ready', run: 2 });
    expect(system.child('frontend').request.env['VITE_API_URL']).toBe('http://localhost:8001');
  });

  it('says what to write for a service that listens on another port', async () => {
    const { system, session, view } = openLocalSession(shop);
    system.probeAnswers.set(8000, { ok: false, latencyMs: 1, message: 'connection refused', components: [] });
    await session.start(['backend']);
    await system.advance(0);
    system.child('backend').listensOn = [3000];
    await system.advance(8_000);
    expect(view('backend')).toMatchObject({
      state: 'starting',
      why: 'listens on 3000 instead of 8000; make it read $PORT, or write port: 3000',
    });
  });

  it('ignores output of an earlier run about a port', async () => {
    const { system, session, view } = openLocalSession([serviceSpec('legacy')]);
    await session.start([]);
    await system.advance(2_000);
    system.takenPorts.set(4_000, [ownerCard(4_000)]);
    const line = Buffer.from('Error: listen EADDRINUSE: address already in use :::4000\n');
    system.child('legacy').handlers.onData(line, 'err');
    await session.restart(['legacy']);
    await system.advance(2_000);
    system.end(system.child('legacy'), 1);
    await system.advance(0);
    expect(view('legacy')).toMatchObject({ state: 'backoff', why: 'exited with code 1' });
  });

  it('refuses a typed port that another service of the project has', async () => {
    const { system, session, view } = openLocalSession(shop);
    system.takenPorts.set(8000, [ownerCard(8000)]);
    await session.start([], { onConflict: 'ask' });
    await system.advance(1_000);
    await session.resolveConflict('backend', { choice: 'reroute', port: 5173 });
    await system.advance(100);
    expect(view('backend')?.conflict?.problem).toBe('port 5173 is the port of frontend');
  });

  it('sends clients only changes, and at most 30 times a second', async () => {
    const { system, session } = openLocalSession([serviceSpec('api'), serviceSpec('web')]);
    const events: Extract<SessionEvent, { type: 'services' }>[] = [];
    session.subscribe((event) => {
      if (event.type === 'services') events.push(event);
    });
    await system.advance(100);
    await session.start(['api']);
    await session.snapshot();
    await system.advance(100);
    expect(events.at(-1)?.services).toMatchObject([{ name: 'api', state: 'starting' }]);
    events.length = 0;
    await system.advance(2_000);
    expect(events.flatMap(({ services }) => services.map(({ name }) => name))).not.toContain('web');
    expect(events.at(-1)?.services.at(-1)?.state).toBe('ready');
    const before = events.length;
    await system.advance(20_000);
    expect(events.length).toBe(before);
  });

  it('ends when nothing is left, and notifies every client', async () => {
    const { system, session, states, liveRuns } = openLocalSession(shop);
    const ended: SessionEvent[] = [];
    session.subscribe((event) => ended.push(event));
    await session.start([]);
    await system.advance(2_000);
    const report = session.shutdown();
    await system.advance(1_000);
    expect(await report).toEqual({ leftovers: [] });
    expect(ended.at(-1)).toEqual({ type: 'ended', report: { leftovers: [] } });
    expect(states()).toEqual({ backend: 'stopped', frontend: 'stopped' });
    expect(liveRuns.at(-1)).toEqual([]);
  });

  it('kills processes that ignore SIGTERM after the grace period', async () => {
    const { system, session } = openLocalSession([
      serviceSpec('deaf', { stop: { signal: 'SIGTERM', graceMs: 3_000 } }),
    ]);
    system.onSignal = (child, signal) => {
      if (signal === 'SIGKILL') system.end(child, null, 'SIGKILL');
    };
    await session.start([]);
    await system.advance(2_000);
    const report = session.shutdown();
    await system.advance(2_900);
    expect(system.child('deaf').signals).toEqual(['SIGTERM']);
    await system.advance(200);
    expect(system.child('deaf').signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(await report).toEqual({ leftovers: [] });
  });

  it('starts nothing more once it is stopping', async () => {
    const { system, session } = openLocalSession([serviceSpec('api')]);
    await session.start([]);
    await system.advance(2_000);
    const report = session.shutdown();
    await expect(session.start(['api'])).rejects.toMatchObject({ code: 'session_ending' });
    await system.advance(1_000);
    expect(await report).toEqual({ leftovers: [] });
  });

  it('names processes that survive SIGKILL', async () => {
    const { system, session } = openLocalSession([
      serviceSpec('stuck', { stop: { signal: 'SIGTERM', graceMs: 1_000 } }),
    ]);
    system.onSignal = () => {};
    await session.start([]);
    await system.advance(2_000);
    const report = session.shutdown();
    await system.advance(7_000);
    expect(await report).toEqual({ leftovers: [{ service: 'stuck', pid: 1_001, name: 'fake' }] });
  });

  it('refuses an unknown name, and lists the known ones', async () => {
    const { session } = openLocalSession(shop);
    await expect(session.restart(['bakend'])).rejects.toMatchObject({
      code: 'no_such_service',
      hint: 'the services are backend, frontend',
    });
  });

  it('refuses a port for a service that has none', async () => {
    const { session } = openLocalSession([serviceSpec('worker')]);
    await expect(session.start([], { ports: { worker: 9000 } })).rejects.toMatchObject({ code: 'usage' });
  });

  it('describes the processes, past exits and environment of a service, without secrets', async () => {
    const api = serviceSpec('api', {
      command: { kind: 'shell', line: 'serve --token s3cr3t-value' },
      env: { API_TOKEN: 's3cr3t-value', DATABASE_URL: 'postgres://ada:pass@db/shop', HOME: '/home/ada' },
    });
    const { system, session } = openLocalSession([api]);
    expect(await session.inspectService('api')).toEqual({ service: 'api', processes: [], exits: [], environment: [] });
    await session.start([]);
    await system.advance(2_000);
    await session.restart(['api']);
    await system.advance(2_000);
    const inspection = await session.inspectService('api');
    expect(inspection.processes).toMatchObject([{ pid: 1_002, command: 'serve --token ********', depth: 0 }]);
    expect(inspection.exits).toMatchObject([
      { run: 1, signal: 'SIGTERM', reason: 'restarted: as asked', isAsked: true },
    ]);
    expect(inspection.environment).toContainEqual({ name: 'API_TOKEN', value: '********', isInherited: false });
    expect(inspection.environment).toContainEqual({
      name: 'DATABASE_URL',
      value: 'postgres://ada:********@db/shop',
      isInherited: false,
    });
    expect(inspection.environment).toContainEqual({ name: 'PATH', value: '/bin', isInherited: true });
    expect(inspection.environment).toContainEqual({ name: 'HOME', value: '/home/ada', isInherited: false });
    await expect(session.inspectService('apy')).rejects.toMatchObject({ code: 'no_such_service' });
  });
});
