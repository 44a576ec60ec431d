import { describe, expect, it } from 'vitest';
import type { PortAccess } from '../../../../src/cli/context/context.ts';
import type { PortReport } from '../../../../src/core/model/port-facts.ts';
import type { OwnerCard, Obstacle } from '../../../../src/core/model/port-owner.ts';
import type { KillStep, OwnerContext, Ports } from '../../../../src/system/system.ts';
import { FakeSession, serviceView } from '../../../fakes/fake-session.ts';
import { PERSON, runScripted, settle } from '../../scripted-context.ts';

function owner(overrides: Partial<OwnerCard> = {}): OwnerCard {
  return {
    pid: 4711,
    startTicks: 99,
    name: 'node',
    command: 'node server.js',
    cwd: '/other',
    project: null,
    user: 'ann',
    uid: 1000,
    startedAt: '2026-01-02T03:12:00.000Z',
    parents: [],
    listening: [{ address: '0.0.0.0', port: 8000 }],
    verdict: 'foreign',
    meaning: 'Somebody else started it.',
    refusal: null,
    ...overrides,
  };
}

function taken(...owners: readonly OwnerCard[]): PortReport {
  return { port: 8000, owners, inUse: true, addresses: ['0.0.0.0'], container: null };
}

/** Ports of a machine on which `report` is true, and a record of who was killed how. */
function desk(
  report: PortReport,
  outcome = { freed: true, message: 'Port 8000 is free.' },
  obstacles: readonly Obstacle[] = [],
) {
  const kills: unknown[] = [];
  const ports: Pick<Ports, 'use' | 'examine' | 'kill'> = {
    use: async (port) => (port === report.port ? report : { port, owners: [], addresses: [] }),
    examine: async (port) => ({ port, owners: [], addresses: [], obstacles }),
    kill: async (port, owners, { graceMs, context, onStep }) => {
      kills.push({ port, owners: owners.map(({ pid }) => pid), graceMs, context });
      const steps: readonly KillStep[] = [
        { step: 'terminating', pids: [4711], remainingMs: 5000 },
        { step: 'terminating', pids: [4711], remainingMs: 4900 },
        { step: 'killing', pids: [4711], remainingMs: 0 },
        { step: 'verifying' },
      ];
      for (const step of steps) onStep?.(step);
      return { ...outcome, signalled: [{ pid: 4711, name: 'node', signal: 'SIGTERM' }] };
    },
  };
  const recorded = [{ pid: 7, startTicks: 8 }];
  const portAccess = async (): Promise<PortAccess> => ({ ports: ports as Ports, recorded, root: '/shop' });
  const context: OwnerContext = { root: '/shop', recorded, ours: new Set() };
  return { portAccess, kills, context };
}

describe('ports', () => {
  it('shows for each service its wanted port, its current port and the owner', async () => {
    const running = new FakeSession({
      services: [
        serviceView({ name: 'api', port: 8000, wantedPort: 8000 }),
        serviceView({ name: 'web', port: 5174, wantedPort: 5173 }),
        serviceView({ name: 'worker' }),
      ],
    });
    running.answer('inspectPort', async (port) =>
      port === 8000
        ? { ...taken(owner({ name: 'evil\u001B]0;x\u0007', verdict: 'ours' })), addresses: ['127.0.0.1', '::1'] }
        : { port, owners: [], inUse: port === 5174, addresses: port === 5174 ? ['::'] : [], container: null },
    );
    const run = runScripted('ports', { running });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).not.toContain('\u001B');
    expect(run.stdout()).toMatch(/^SERVICE +WANTED +ACTUAL +ADDRESSES +OWNER +VERDICT$/m);
    expect(run.stdout()).toMatch(/^api +8000 +8000 +127\.0\.0\.1:8000 \[::1\]:8000 +evil.*\(pid 4711\) +ours$/m);
    expect(run.stdout()).toMatch(/^web +5173 +5174 +\[::\]:5174 +hidden$/m);
    expect(run.stdout()).not.toContain('worker');
  });

  it('describes one port, also without a session', async () => {
    const run = runScripted('ports 8000', { portAccess: desk(taken(owner())).portAccess });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toMatchInlineSnapshot(`
      "Port 8000 is in use on 0.0.0.0:8000.
      node (pid 4711)
        command    node server.js
        folder     /other
        user       ann
        runs for   2m 05s
        listens on 0.0.0.0:8000
        verdict    foreign: Somebody else started it.
      "
    `);
  });

  it('names an obstacle when no process listens, and the way out', async () => {
    const obstacle = { kind: 'privileged', blocks: true, message: 'Port 80 is privileged.', wayOut: 'Take 1024 up.' };
    const free = { port: 80, owners: [], inUse: false, addresses: [], container: null };
    const { portAccess } = desk(free, undefined, [obstacle as Obstacle]);
    const run = runScripted('ports 80', { portAccess });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toBe(
      'Nothing listens on port 80, but it is not available.\nPort 80 is privileged.\nTake 1024 up.\n',
    );
    const asJson = runScripted('ports 80 --json', { portAccess });
    await asJson.exitCode;
    expect(JSON.parse(asJson.stdout())).toMatchObject({ data: { port: 80, inUse: false, obstacles: [obstacle] } });
  });

  it('says that a port is free', async () => {
    const run = runScripted('ports 9000', { portAccess: desk(taken(owner())).portAccess });
    await run.exitCode;
    expect(run.stdout()).toBe('Port 9000 is free.\n');
  });

  it('prints JSON', async () => {
    const run = runScripted('ports 8000 --json', { portAccess: desk(taken(owner())).portAccess });
    await run.exitCode;
    expect(JSON.parse(run.stdout())).toEqual({ schemaVersion: 1, data: { ...taken(owner()), obstacles: [] } });
  });

  it.each(['0', '70000', 'web', '3000.5'])('refuses %s as a port', async (written) => {
    const run = runScripted(`ports ${written}`);
    expect(await run.exitCode).toBe(2);
    expect(run.stderr()).toContain(`"${written}" is not a port`);
  });
});

describe('ports --all', () => {
  const session = { root: '/shop', project: 'shop', socket: '/run/shop.sock', pid: 7, startTicks: 8 };
  const idle = { ...session, root: '/blog', project: 'evil\u001B[2J' };
  const entry = { root: '/shop', service: 'web', port: 5174, isInForce: true, isKept: true, session };
  const kept = { ...entry, service: 'api', port: 8001, isInForce: false };
  const portLedger = async () => ({
    sessions: async () => [idle, session],
    list: async () => [kept, entry],
    problem: undefined,
  });

  it('shows every session with the ports that its services have now', async () => {
    const run = runScripted('ports --all', { portLedger });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).not.toContain('\u001B');
    expect(run.stdout()).toMatch(/^PROJECT +SERVICE +PORT +FOLDER$/m);
    expect(run.stdout()).toMatch(/^shop +web +5174 +\/shop *$/m);
    expect(run.stdout()).toMatch(/^evil.* +– +– +\/blog *$/m);
    expect(run.stdout()).not.toContain('8001');
  });

  it('prints JSON', async () => {
    const run = runScripted('ports --all --json', { portLedger });
    await run.exitCode;
    expect(JSON.parse(run.stdout())).toMatchObject({
      data: {
        sessions: [
          { root: '/blog', services: [] },
          { root: '/shop', services: [{ name: 'web', port: 5174 }] },
        ],
      },
    });
  });

  it('says when nothing runs, and does not say so when it cannot know', async () => {
    const empty = (problem?: string) => async () => ({ sessions: async () => [], list: async () => [], problem });
    const run = runScripted('ports --all', { portLedger: empty() });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toBe('No session is running on this machine.\n');
    const unknown = runScripted('ports --all', { portLedger: empty('Ports are not shared.') });
    expect(await unknown.exitCode).toBe(1);
    expect([unknown.stdout(), unknown.stderr()]).toEqual(['', '✖ Ports are not shared.\n']);
  });

  it('refuses a port as well', async () => {
    const run = runScripted('ports 8000 --all');
    expect(await run.exitCode).toBe(2);
  });
});

describe('kill', () => {
  it('asks for a yes before it kills a foreign process, and accepts nothing else', async () => {
    for (const [answer, killed] of [
      ['yes', 1],
      ['y', 0],
      ['', 0],
    ] as const) {
      const { portAccess, kills } = desk(taken(owner()));
      const run = runScripted('kill 8000', { terminal: PERSON, portAccess, ask: async () => answer });
      expect(await run.exitCode).toBe(killed === 1 ? 0 : 5);
      expect(kills).toHaveLength(killed);
      expect(run.stderr()).toContain('node (pid 4711)');
    }
  });

  it('never asks when nobody can answer', async () => {
    const { portAccess, kills } = desk(taken(owner()));
    const run = runScripted('kill 8000', { portAccess });
    expect(await run.exitCode).toBe(5);
    expect(kills).toEqual([]);
    expect(run.stderr()).toContain('./dev kill 8000 --yes');
  });

  it('kills with --yes, says each step, and proves that the port is free', async () => {
    const { portAccess, kills, context } = desk(taken(owner()));
    const run = runScripted('kill 8000 --yes', { portAccess });
    expect(await run.exitCode).toBe(0);
    expect(kills).toEqual([{ port: 8000, owners: [4711], graceMs: 5000, context }]);
    expect(run.stderr()).toBe(
      'SIGTERM to 4711; SIGKILL in 5.0 s\nSIGKILL to 4711\nChecking whether the port is free.\n',
    );
    expect(run.stdout()).toBe('Port 8000 is free.\n');
  });

  it('skips the grace period with --force', async () => {
    const { portAccess, kills } = desk(taken(owner()));
    await runScripted('kill 8000 -y --force', { portAccess }).exitCode;
    expect(kills).toMatchObject([{ graceMs: 0 }]);
  });

  it('needs no yes for leftovers of an earlier session', async () => {
    const { portAccess, kills } = desk(taken(owner({ verdict: 'left over' })));
    expect(await runScripted('kill 8000', { portAccess }).exitCode).toBe(0);
    expect(kills).toHaveLength(1);
  });

  it('asks before it kills a foreign process, although a session calls it ours', async () => {
    const { portAccess, kills } = desk(taken(owner()));
    const running = new FakeSession({ services: [serviceView({ name: 'api', port: 3000, pid: 12, pids: [12] })] });
    running.answer('inspectPort', async () => taken(owner({ verdict: 'left over' })));
    const run = runScripted('kill 8000', { running, portAccess });
    expect(await run.exitCode).toBe(5);
    expect(kills).toEqual([]);
    expect(run.stderr()).toContain('./dev kill 8000 --yes');
    expect(running.callsOf('inspectPort')).toEqual([]);
  });

  it('does not treat a process as ours because a session says so', async () => {
    const { portAccess, kills, context } = desk(taken(owner(), owner({ pid: 4712 })));
    const running = new FakeSession({ services: [serviceView({ name: 'api', port: 8000, pid: 4711, pids: [4711] })] });
    expect(await runScripted('kill 8000 --yes', { running, portAccess }).exitCode).toBe(0);
    expect(context.ours.size).toBe(0);
    expect(kills).toMatchObject([{ owners: [4711, 4712], context }]);
  });

  it('ends with 5 when the port is still taken afterwards', async () => {
    const { portAccess } = desk(taken(owner()), { freed: false, message: 'systemd started it again.' });
    const run = runScripted('kill 8000 --yes --json', { portAccess });
    expect(await run.exitCode).toBe(5);
    expect(JSON.parse(run.stdout())).toMatchObject({ data: { freed: false, message: 'systemd started it again.' } });
  });

  it.each([
    ['what must not be a target', owner({ refusal: 'it is docker-proxy: stop the container instead' }), /docker-proxy/],
    ['a hidden owner', undefined, /hidden/],
  ])('refuses %s, even with --yes', async (_name, card, why) => {
    const { portAccess, kills } = desk(card === undefined ? taken() : taken(card));
    const run = runScripted('kill 8000 --yes', { portAccess });
    expect(await run.exitCode).toBe(5);
    expect(kills).toEqual([]);
    expect(run.stderr()).toMatch(why);
  });

  it('only describes its steps with --dry-run', async () => {
    const { portAccess, kills } = desk(taken(owner()));
    const run = runScripted('kill 8000 --dry-run', { portAccess });
    expect(await run.exitCode).toBe(0);
    expect(kills).toEqual([]);
    expect(run.stdout()).toBe(
      'Would send SIGTERM, and SIGKILL after 5.0 s, to node (pid 4711) and its children. It is not of this session: --yes is needed.\n',
    );
  });

  it('does nothing when the port is free', async () => {
    const run = runScripted('kill 9000', { portAccess: desk(taken(owner())).portAccess });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toBe('Port 9000 is free.\n');
  });

  it('stops a service of the session through the session, or it would come back', async () => {
    const { portAccess, kills } = desk(taken(owner()));
    const running = new FakeSession({ services: [serviceView({ name: 'api', port: 8000, pid: 4711, pids: [4711] })] });
    let isUp = true;
    const { ports, ...rest } = await portAccess();
    const use: Ports['use'] = async (port, context) =>
      isUp ? ports.use(port, context) : { port, owners: [], addresses: [] };
    const run = runScripted('kill api', { running, portAccess: async () => ({ ...rest, ports: { ...ports, use } }) });
    await settle();
    expect(running.callsOf('stop')).toEqual([[['api'], { force: false }]]);
    isUp = false;
    running.change([{ name: 'api', state: 'stopped', pid: null, pids: [] }]);
    expect(await run.exitCode).toBe(0);
    expect(kills).toEqual([]);
    expect(run.stdout()).toBe('Service api is stopped, port 8000 is free.\n');
  });

  it('finds services in the config when no session runs', async () => {
    const run = runScripted('kill web', { services: ['web'], portAccess: desk(taken(owner())).portAccess });
    expect(await run.exitCode).toBe(2);
    expect(run.stderr()).toContain('Service "web" has no port');
    expect(await runScripted('kill wep', { services: ['web'] }).exitCode).toBe(4);
  });
});
