import type { Obstacle } from '../../../src/core/model/port-owner.ts';
import { describe, expect, it } from 'vitest';
import { conflictChoices } from '../../../src/core/ports/conflict-choices.ts';
import type { ContainerLookup } from '../../../src/core/model/port-facts.ts';
import { viewService } from '../../../src/core/view/view.ts';
import { containerCard } from '../../helpers/container-card.ts';
import { CoreSession, ownerCard } from '../../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

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
  const facts = { trees: new Map(), alerts: new Map(), logFile: (service: string) => `${service}.log`, toTime: String };
  return viewService(session.state, session.service(name), facts);
}

describe('a port that the system holds after closed connections', () => {
  const keptBack: Obstacle = {
    kind: 'time wait',
    blocks: true,
    message: 'Connections of port 8000 were closed just now, and the system holds it for 60 s more.',
    wayOut: 'Try again in 60 s, or take another port.',
  };
  const look = (session: CoreSession, obstacles: readonly Obstacle[]) =>
    session.send({
      type: 'portChecked',
      service: 'backend',
      epoch: session.service('backend').epoch,
      use: { port: 8000, addresses: [], owners: [], obstacles },
    });

  it('makes the service wait and say why, until the port is free', () => {
    const session = shop().send(start);
    look(session, [keptBack]);
    expect(session.status('backend')).toBe('checking');
    expect(view(session, 'backend')).toMatchObject({ state: 'starting', conflict: null, restarts: 0 });
    expect(view(session, 'backend').why).toContain('the system holds it for 60 s more');
    session.take('checkPort');
    session.fire('backend', 'portRetry');
    expect(session.take('checkPort')).toMatchObject([{ service: 'backend', port: 8000 }]);
    look(session, []);
    expect(session.status('backend')).toBe('spawning');
  });

  it('can be stopped meanwhile', () => {
    const session = look(shop().send(start), [keptBack]);
    session.send({ type: 'stop', names: ['backend'], isForced: false });
    expect(session.status('backend')).toBe('stopped');
    session.take('checkPort');
    session.fire('backend', 'portRetry');
    expect(session.take('checkPort')).toEqual([]);
  });
});

describe('a port that is taken', () => {
  it('asks the person and leaves the other services alone', () => {
    const session = conflicting();
    expect(session.statuses()).toEqual({ backend: 'conflict', frontend: 'ready', docs: 'ready' });
    expect(session.take('stopOwners')).toEqual([]);
    expect(view(session, 'backend').conflict).toMatchObject({ port: 8000, rewires: ['frontend'], problem: null });
  });

  it('suggests the next free port', () => {
    const session = conflicting();
    const [find] = session.take('findPort');
    expect(find).toMatchObject({ purpose: 'suggest', exact: undefined });
    session.send({ type: 'portFound', service: 'backend', epoch: find?.epoch ?? 0, port: 8001, purpose: 'suggest' });
    expect(view(session, 'backend').conflict?.suggestedPort).toBe(8001);
    expect(session.status('backend')).toBe('conflict');
  });

  it('reroutes on demand: the service starts on the new port, and only services that refer to it restart', () => {
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

  it('kills only the owners that the person saw, and starts when the port is proven free', () => {
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

  it('accepts no second decision during the first', () => {
    const session = conflicting();
    const decision = { choice: 'kill', owners: [{ pid: 812, startTicks: 4_711 }] } as const;
    session.send({ type: 'resolveConflict', service: 'backend', decision });
    session.send({ type: 'resolveConflict', service: 'backend', decision });
    expect(session.take('stopOwners')).toHaveLength(1);
  });

  it('says why when the owner came back, and examines it again', () => {
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

  it('starts by itself when the owner has left at the second look', () => {
    const session = conflicting().send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'retry' } });
    session.bringUpReady();
    expect(session.status('backend')).toBe('ready');
  });

  it('leaves the service stopped and says why on skip', () => {
    const session = conflicting().send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'skip' } });
    expect(view(session, 'backend')).toMatchObject({ state: 'stopped', why: 'skipped: port 8000 is taken' });
  });

  it('ends when the service is stopped', () => {
    const session = conflicting().send({ type: 'stop', names: ['backend'], isForced: false });
    expect(session.status('backend')).toBe('stopped');
  });
});

describe('without a person', () => {
  it('stops leftovers of an earlier session of the project', () => {
    const session = shop().send(start).portTaken('backend', { verdict: 'left over' });
    expect(session.take('stopOwners')).toMatchObject([{ owners: [{ pid: 812, startTicks: 4_711 }] }]);
  });

  it('never kills a foreign process and never moves a port by itself', () => {
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

describe('a port that only the last output of a service names', () => {
  const use = (port: number, owners = [ownerCard(port)]) => ({ port, addresses: ['127.0.0.1'], owners });
  const free = (port: number) => ({ port, addresses: [], owners: [] });
  const attended = () =>
    new CoreSession([serviceSpec('legacy'), serviceSpec('backend', { port: portSpec(8000) })])
      .send({ type: 'attendanceChanged', isAttended: true })
      .send(start)
      .bringUpReady();
  const notes = (session: CoreSession) => session.take('note').map(({ text }) => text);

  it.each([
    ['is held: the desk opens', 'legacy', 1, { program: 'Node.js', trouble: 'taken', use: use(4_000) }, 'conflict'],
    [
      'is free again: the restart policy decides',
      'legacy',
      1,
      { program: 'Node.js', trouble: 'taken', use: free(4_000) },
      'backoff',
    ],
    [
      'is not known: the restart policy decides',
      'legacy',
      1,
      { program: 'Python', trouble: 'taken', use: undefined },
      'backoff',
    ],
    ['is not spoken of: the restart policy decides', 'legacy', 1, undefined, 'backoff'],
    [
      'is its own and held: the desk opens',
      'backend',
      1,
      { program: 'Go', trouble: 'taken', use: use(8_000) },
      'conflict',
    ],
  ] as const)('%s', (_what, name, code, finding, status) => {
    expect(attended().exit(name, code).gone(name, finding).status(name)).toBe(status);
  });

  it.each([
    ['success', 0, null],
    ['a signal', null, 'SIGSEGV'],
    ['a command that does not exist', 127, null],
  ])('is not looked for after %s', (_what, code, signal) => {
    const session = attended()
      .exit('legacy', code, signal)
      .gone('legacy', { program: 'Node.js', trouble: 'taken', use: use(4_000) });
    expect(session.status('legacy')).not.toBe('conflict');
  });

  it('is the current port when the output names none', () => {
    const session = attended().exit('backend', 1);
    session.send({ type: 'treeGone', service: 'backend', run: 1 });
    expect(session.take('inspectExit')).toMatchObject([{ service: 'backend', port: 8_000 }]);
    expect(view(session, 'backend')).toMatchObject({
      state: 'stopping',
      why: 'exited with code 1; reading its last words',
    });
  });

  it('uses up no restart', () => {
    const session = attended();
    for (let times = 0; times < 10; times += 1) {
      session.exit('legacy', 1).gone('legacy', { program: 'Node.js', trouble: 'taken', use: use(4_000) });
      expect(session.service('legacy')).toMatchObject({ attempts: 0, restarts: 0, state: { status: 'conflict' } });
      session.send({ type: 'resolveConflict', service: 'legacy', decision: { choice: 'retry' } }).bringUp();
    }
  });

  it('is logged with the reporting line and the owner', () => {
    const session = attended().exit('legacy', 1);
    notes(session);
    session.gone('legacy', { program: 'Node.js', trouble: 'taken', use: use(4_000) });
    expect(notes(session)).toEqual([
      'Node.js reports that port 4000 was taken',
      'port 4000 is taken by node (pid 812)',
    ]);
  });

  it('can be freed and waited for, but not moved: says which line to add to the config', () => {
    const session = attended()
      .exit('legacy', 1)
      .gone('legacy', { program: 'Node.js', trouble: 'taken', use: use(4_000) });
    expect(session.take('findPort')).toEqual([]);
    const unavailable = view(session, 'legacy').conflict?.choices.map((choice) => [choice.name, choice.unavailable]);
    const reason = 'the config does not say which port it takes: add port: 4000';
    expect(unavailable).toEqual([
      ['kill', null],
      ['reroute', reason],
      ['reuse', reason],
      ['container', 'the owner is not a container'],
      ['retry', null],
      ['skip', null],
    ]);
    session.send({ type: 'resolveConflict', service: 'legacy', decision: { choice: 'reroute' } });
    expect(session.take('findPort')).toEqual([]);
    expect(view(session, 'legacy').conflict?.problem).toBe(reason);
  });

  it('stays in the dialog with --on-conflict reroute when there is nothing to move', () => {
    const session = attended().send({ ...start, options: { onConflict: 'reroute' } });
    session.exit('legacy', 1).gone('legacy', { program: 'Node.js', trouble: 'taken', use: use(4_000) });
    expect(session.status('legacy')).toBe('conflict');
    expect(session.take('findPort')).toEqual([]);
  });

  it('moves when it is the port of the config', () => {
    const session = attended()
      .exit('backend', 1)
      .gone('backend', { program: 'Go', trouble: 'taken', use: use(8_000) });
    expect(session.take('findPort')).toMatchObject([{ service: 'backend', purpose: 'suggest' }]);
    expect(view(session, 'backend').conflict?.choices[1]).toEqual({ name: 'reroute', unavailable: null });
  });

  it('is examined once more on retry, and then the port of the config', () => {
    const session = attended()
      .exit('backend', 1)
      .gone('backend', { program: 'Java', trouble: 'taken', use: use(9_999) });
    expect(view(session, 'backend').conflict?.choices[1]?.unavailable).toBe(
      'it takes port 9999 by itself: its port in the config is 8000',
    );
    session.send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'retry' } });
    const [look] = session.take('checkPort');
    expect(look?.port).toBe(9_999);
    session.send({ type: 'portChecked', service: 'backend', epoch: look?.epoch ?? 0, use: free(9_999) });
    expect(session.take('checkPort')).toMatchObject([{ port: 8_000 }]);
  });

  it('opens the dialog when the port is not permitted, with the way out in place of an owner', () => {
    const obstacle = { kind: 'privileged', blocks: true, message: 'Port 80 is privileged.', wayOut: 'Take 1024.' };
    const session = attended();
    session.exit('legacy', 1).gone('legacy', {
      program: 'Node.js',
      trouble: 'not permitted',
      use: { port: 80, addresses: [], owners: [], obstacles: [obstacle as Obstacle] },
    });
    expect(session.take('note').map(({ text }) => text)).toContain('Node.js reports that port 80 was not permitted');
    expect(view(session, 'legacy')).toMatchObject({
      state: 'conflict',
      why: 'port 80 is privileged',
      conflict: { owners: [], obstacles: [obstacle] },
    });
    expect(view(session, 'legacy').conflict?.choices).toContainEqual({
      name: 'kill',
      unavailable: 'no program listens there that could be stopped',
    });
  });

  it('is left to the restart policy when only the service itself may not use it', () => {
    const session = attended();
    session.exit('legacy', 1).gone('legacy', {
      program: 'Node.js',
      trouble: 'not permitted',
      use: { port: 80, addresses: [], owners: [], obstacles: [] },
    });
    expect(session.status('legacy')).toBe('backoff');
  });

  it('is ignored when the service is stopped meanwhile', () => {
    const session = attended().exit('legacy', 1);
    session.send({ type: 'treeGone', service: 'legacy', run: 1 });
    const [inspection] = session.take('inspectExit');
    session.send({ type: 'stop', names: ['legacy'], isForced: false });
    const finding = { program: 'Node.js', trouble: 'taken', use: use(4_000) } as const;
    session.send({
      type: 'exitInspected',
      service: 'legacy',
      epoch: inspection?.epoch ?? 0,
      finding,
      lastLines: [],
      errorLine: undefined,
    });
    expect(session.status('legacy')).toBe('stopped');
  });
});

describe('a container that has the port', () => {
  const container = containerCard({ id: 'a'.repeat(64) });
  const proxy = ownerCard(8000, { name: 'docker-proxy', verdict: 'container', refusal: 'it serves containers' });
  const taken = (behind: ContainerLookup, owners = [proxy]) => {
    const session = shop().send({ type: 'attendanceChanged', isAttended: true }).send(start);
    const epoch = session.service('backend').epoch;
    const use = { port: 8000, addresses: ['0.0.0.0'], owners, behind };
    return session.send({ type: 'portChecked', service: 'backend', epoch, use });
  };
  const choice = (session: CoreSession, name: string) =>
    view(session, 'backend').conflict?.choices.find((candidate) => candidate.name === name)?.unavailable;

  it('is named, can be stopped, and is never killed through its front end', () => {
    const session = taken({ container });
    expect(view(session, 'backend')).toMatchObject({
      why: 'port 8000 is taken by the container shop-db-1',
      conflict: { container: { name: 'shop-db-1' } },
    });
    expect(choice(session, 'container')).toBeNull();
    expect(choice(session, 'kill')).toBe('it serves containers');
  });

  it('is stopped by its engine; the service starts once the port is proven free', () => {
    const session = taken({ container });
    session.send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'container', id: container.id } });
    const [stop] = session.take('stopContainer');
    expect(stop).toMatchObject({ service: 'backend', port: 8000, container });
    expect(view(session, 'backend').conflict?.progress).toBe('asking the container shop-db-1 to stop');
    const epoch = stop?.epoch ?? 0;
    session.take('checkPort');
    session.send({ type: 'ownersStopped', service: 'backend', epoch, isFree: true, message: 'stopped' });
    expect(session.bringUpReady().status('backend')).toBe('ready');
  });

  it('can also be stopped when its front end is hidden', () => {
    const session = taken({ container }, []);
    expect(choice(session, 'container')).toBeNull();
    expect(choice(session, 'kill')).toBe('a container has the port; stop the container instead');
  });

  it('is not stopped when another container has the port now', () => {
    const session = taken({ container });
    session.send({
      type: 'resolveConflict',
      service: 'backend',
      decision: { choice: 'container', id: 'b'.repeat(64) },
    });
    expect(session.take('stopContainer')).toEqual([]);
    expect(view(session, 'backend').conflict?.problem).toBe('another container has the port now');
  });

  it('cannot be stopped without an engine, and the choice says why', () => {
    expect(choice(taken({ container: undefined, reason: 'no engine' }), 'container')).toBe('no engine');
  });
});

describe('the choices', () => {
  it('never offer a kill that would be refused, and say why', () => {
    const use = { port: 80, addresses: ['0.0.0.0'], owners: [ownerCard(80, { refusal: 'it belongs to root' })] };
    expect(conflictChoices(conflicting().service('backend'), use)[0]).toEqual({
      name: 'kill',
      unavailable: 'it belongs to root',
    });
  });

  it('offer no kill for a hidden owner', () => {
    const use = { port: 80, addresses: ['0.0.0.0'], owners: [] };
    expect(conflictChoices(conflicting().service('backend'), use)[0]?.unavailable).toContain('hidden');
  });
});

describe('a list of policies', () => {
  const killElseMove = () =>
    new CoreSession([
      serviceSpec('backend', { port: portSpec(8000), onConflict: 'kill', onConflictElse: ['reroute'] }),
    ]).send(start);

  it('continues with the next policy when the first does not free the port', () => {
    const session = killElseMove().portTaken('backend');
    const [stop] = session.take('stopOwners');
    expect(stop).toMatchObject({ port: 8000 });
    const { epoch } = session.service('backend');
    session.send({ type: 'ownersStopped', service: 'backend', epoch, isFree: false, message: 'still there' });
    expect(session.take('findPort')).toMatchObject([{ purpose: 'move' }]);
  });

  it('skips policies that cannot work', () => {
    const session = killElseMove().portTaken('backend', { refusal: 'it is the init process' });
    expect(session.take('stopOwners')).toEqual([]);
    expect(session.take('findPort')).toMatchObject([{ purpose: 'move' }]);
  });

  it('fails when its last policy is fail', () => {
    const spec = serviceSpec('backend', { port: portSpec(8000), onConflict: 'reuse', onConflictElse: ['fail'] });
    const session = new CoreSession([spec]).send(start).portTaken('backend');
    const { epoch } = session.service('backend');
    session.send({ type: 'reuseRefused', service: 'backend', epoch, message: 'it does not answer' });
    expect(session.status('backend')).toBe('failed');
  });
});

it('a kill is not offered again for an owner that something restarts', () => {
  const session = conflicting();
  session.send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'kill', owners: [] } });
  const { epoch } = session.service('backend');
  const comesBack = 'systemd (pid 1) starts it again; stop that first';
  session.send({ type: 'ownersStopped', service: 'backend', epoch, isFree: false, message: 'taken again', comesBack });
  const kill = view(session, 'backend').conflict?.choices.find(({ name }) => name === 'kill');
  expect(kill?.unavailable).toBe(comesBack);
});

describe('a port that a foreign process has for datagrams', () => {
  const byUdp = { port: 8_000, protocol: 'udp', addresses: ['127.0.0.1'], owners: [ownerCard(8_000)] } as const;
  const session = () =>
    shop()
      .send({ type: 'attendanceChanged', isAttended: true })
      .send(start)
      .bringUpReady()
      .exit('backend', 1)
      .gone('backend', { program: 'Python', trouble: 'taken', use: byUdp });

  it('opens the dialog with its owner, and every way out except reuse', () => {
    const asked = session();
    expect(asked.status('backend')).toBe('conflict');
    expect(view(asked, 'backend').why).toMatch(/^port 8000 is taken for UDP by /);
    const { choices = [], owners = [] } = view(asked, 'backend').conflict ?? {};
    expect(owners).toHaveLength(1);
    expect(choices.filter(({ unavailable }) => unavailable === null).map(({ name }) => name)).toEqual([
      'kill',
      'reroute',
      'retry',
      'skip',
    ]);
  });

  it('is freed, and checked for datagrams before each later start', () => {
    const asked = session();
    const { owners } = byUdp;
    asked.take('checkPort');
    asked.send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'kill', owners } });
    expect(asked.take('stopOwners')).toMatchObject([{ port: 8_000, isUdp: true }]);
    const { epoch } = asked.service('backend');
    asked.send({ type: 'ownersStopped', service: 'backend', epoch, isFree: true, message: 'it is free' });
    expect(asked.take('checkPort')).toMatchObject([{ port: 8_000, isUdp: true }]);
  });
});
