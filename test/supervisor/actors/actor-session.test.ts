import { describe, expect, it } from 'vitest';
import type { Identity } from '../../../src/core/actors/identify.ts';
import {
  type ActorKind,
  type ActorVia,
  type AgentRights,
  type ClientClaim,
  DEFAULT_RIGHTS,
} from '../../../src/core/model/actor.ts';
import type { Session } from '../../../src/core/session/session.ts';
import type { EventFact } from '../../../src/core/session/events.ts';
import { ActorDesk } from '../../../src/supervisor/actors/actor-desk.ts';
import { ownerCard } from '../../helpers/core-session.ts';
import { openLocalSession } from '../../helpers/local-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const shop = [serviceSpec('api', { port: portSpec(8000) }), serviceSpec('web', { port: portSpec(5173) })];

/** A session with a screen and any number of clients; a client's name says who it is. */
function openDesk({
  rights,
  isAttended = true,
}: { readonly rights?: Partial<AgentRights>; readonly isAttended?: boolean } = {}) {
  let opened: ActorDesk | undefined;
  const parts = openLocalSession(shop, {
    actorFacts: () => opened?.facts ?? {},
    ...(rights === undefined ? {} : { agents: { ...DEFAULT_RIGHTS, ...rights } }),
  });
  const { supervisor, system, session } = parts;
  const told: EventFact[] = [];
  const dead = new Set<number>();
  const desk: ActorDesk = new ActorDesk({
    supervisor,
    clock: system.clock,
    session: () => session,
    identify,
    isAlive: ({ pid }) => !dead.has(pid),
    tell: (fact) => told.push(fact),
  });
  opened = desk;
  supervisor.dispatch({ type: 'attendanceChanged', isAttended });
  const client = (name: string, via: ActorVia = 'mcp', pid = 900): Session =>
    desk.admit(via === 'screen' ? 'screen' : 'command', { pid, via, name, hasTerminal: via !== 'mcp' }).session;
  return { ...parts, desk, told, dead, client, screen: client('anna', 'screen', 100) };
}

function identify({ via, name = '', pid }: ClientClaim): Identity {
  const kind: ActorKind = via === 'mcp' ? 'agent' : 'person';
  return { actor: { kind, name, via, pid }, key: `${kind} ${name}`, home: { pid, startTicks: 1 } };
}

const refusal = (pattern: RegExp) =>
  expect.objectContaining({ code: 'not_allowed', message: expect.stringMatching(pattern) });

describe('an agent on a session', () => {
  it('shows the last act of an agent for a minute', async () => {
    const { system, client, screen, session } = openDesk();
    await screen.start(['api']);
    await client('claude-code').restart(['api']);
    expect(session.snapshotNow().session).toMatchObject({ agentAct: 'claude-code: restart api' });
    await system.advance(61_000);
    expect(session.snapshotNow().session).not.toHaveProperty('agentAct');
  });

  it('starts stopped services, stops only services that it started', async () => {
    const { system, client, screen, states, told } = openDesk();
    await screen.start(['api']);
    const agent = client('claude-code');
    await agent.start(['web']);
    await system.advance(1_000);
    await expect(agent.stop(['api'])).rejects.toEqual(refusal(/claude-code \(mcp, pid 900\) may not stop api/));
    await expect(agent.stop([])).rejects.toEqual(refusal(/may not stop api, web/));
    await agent.stop(['web']);
    await system.advance(1_000);
    expect(states()).toEqual({ api: 'ready', web: 'stopped' });
    expect(told.filter(({ type }) => type === 'refused')).toHaveLength(2);
  });

  it('keeps its services over a new connection, and another agent cannot stop them', async () => {
    const { system, client, states } = openDesk();
    await client('claude-code').start(['web']);
    await system.advance(1_000);
    await expect(client('cursor').stop(['web'])).rejects.toEqual(refusal(/may not stop web/));
    await client('claude-code', 'mcp', 950).stop(['web']);
    await system.advance(1_000);
    expect(states()['web']).toBe('stopped');
  });

  it('restarts any service, and is named as the actor', async () => {
    const { system, client, screen, session } = openDesk();
    await screen.start(['api']);
    await system.advance(1_000);
    await client('claude-code').restart(['api']);
    await system.advance(1_000);
    const { exits } = await session.inspectService('api');
    expect(exits.at(-1)?.reason).toBe('restarted by claude-code (mcp, pid 900)');
  });

  it('ends the session only when the config permits it', async () => {
    const { client, told } = openDesk();
    await expect(client('codex').shutdown({ force: true })).rejects.toEqual(refusal(/may not end the whole session/));
    expect(told).toContainEqual(expect.objectContaining({ type: 'refused', actor: 'codex (mcp, pid 900)' }));
    const allowed = openDesk({ rights: { stop: 'yes' } });
    await expect(allowed.client('codex').shutdown()).resolves.toMatchObject({ leftovers: [] });
  });

  it('reads no secrets of an environment, unless it may run commands there', async () => {
    const { client, screen, system, session } = openDesk();
    await screen.start(['api']);
    await system.advance(1_000);
    const agent = client('codex');
    const answer = agent.environmentOf('api');
    await system.advance(100);
    expect(session.snapshotNow().session.requests?.[0]?.what).toBe('read the environment of api');
    await screen.answerRequest(1, { isGranted: false });
    await expect(answer).rejects.toEqual(refusal(/said no/));
    await expect(screen.environmentOf('api')).resolves.toMatchObject({ DEV_SERVICE: 'api' });
  });

  it('applies no edit of the config, and answers no question of another agent', async () => {
    const { client } = openDesk();
    await expect(client('codex').reloadConfig()).rejects.toEqual(refusal(/may not apply the edited config/));
    await expect(client('codex').answerRequest(1, { isGranted: true })).rejects.toEqual(refusal(/only a person/));
  });
});

describe('a foreign process', () => {
  const stranger = ownerCard(8000, { pid: 812, verdict: 'foreign' });

  async function inConflict(options: Parameters<typeof openDesk>[0] = {}) {
    const opened = openDesk(options);
    opened.system.takenPorts.set(8000, [stranger]);
    await opened.client('claude-code').start(['api']);
    await opened.system.advance(1_000);
    expect(opened.states()['api']).toBe('conflict');
    const kill = { choice: 'kill', owners: [{ pid: 812, startTicks: stranger.startTicks }] } as const;
    return { ...opened, kill };
  }

  it('is stopped for an agent once a person says yes, and both are notified', async () => {
    const { system, client, screen, session, told, kill } = await inConflict();
    const answer = client('claude-code').resolveConflict('api', kill);
    await system.advance(100);
    const [request] = session.snapshotNow().session.requests ?? [];
    expect(request).toMatchObject({
      actor: 'claude-code (mcp, pid 900)',
      what: 'stop node (pid 812), which has port 8000',
      why: 'api wants the port',
    });
    await screen.answerRequest(request?.id ?? 0, { isGranted: true });
    await answer;
    expect(session.snapshotNow().session.requests).toBeUndefined();
    expect(told.filter(({ type }) => type === 'consent')).toEqual([
      expect.objectContaining({ state: 'asked' }),
      expect.objectContaining({ state: 'granted', by: 'anna (screen, pid 100)' }),
    ]);
  });

  it.each([
    ['a no', async (screen: Session) => screen.answerRequest(1, { isGranted: false }), /anna .* said no/],
    ['silence', async () => undefined, /Nobody answered within a minute/],
  ])('is left alone after %s', async (_what, act, message) => {
    const { system, client, screen, states, kill } = await inConflict();
    const answer = client('claude-code').resolveConflict('api', kill);
    const refused = expect(answer).rejects.toEqual(refusal(message));
    await system.advance(100);
    await act(screen);
    await system.advance(60_000);
    await refused;
    expect(states()['api']).toBe('conflict');
    expect(system.takenPorts.get(8000)).toEqual([stranger]);
  });

  it('is refused at once when no screen is open', async () => {
    const { client, kill, session } = await inConflict({ isAttended: false });
    await expect(client('claude-code').resolveConflict('api', kill)).rejects.toEqual(refusal(/no screen is open/));
    expect(session.snapshotNow().session.requests).toBeUndefined();
  });

  it('is not touched by a flag of an agent: the pid is named', async () => {
    const { system, client, states } = openDesk();
    system.takenPorts.set(8000, [stranger]);
    for (const onConflict of ['kill', 'reuse'] as const) {
      await expect(client('claude-code').start(['api'], { onConflict })).rejects.toEqual(
        refusal(/node \(pid 812\).* port 8000.*flag/),
      );
    }
    await system.advance(1_000);
    expect(states()['api']).toBe('stopped');
  });

  it('is not touched by a flag when it starts after the request', async () => {
    const { system, client, states } = openDesk();
    await client('claude-code').start(['api'], { onConflict: 'kill' });
    system.takenPorts.set(5173, [ownerCard(5173)]);
    await client('claude-code').start(['web']);
    await system.advance(2_000);
    expect(states()['web']).toBe('conflict');
    expect(system.takenPorts.get(5173)).toHaveLength(1);
  });

  it('needs a new yes for another request, and none for a remembered kind', async () => {
    const { system, client, screen, kill, told } = await inConflict();
    const answer = client('claude-code').resolveConflict('api', kill);
    await system.advance(100);
    await screen.answerRequest(1, { isGranted: true, remember: true });
    await answer;
    await client('claude-code').resolveConflict('api', kill);
    expect(told.filter((fact) => fact.type === 'consent' && fact.state === 'asked')).toHaveLength(1);
    await expect(client('cursor').answerRequest(1, { isGranted: true })).rejects.toEqual(refusal(/only a person/));
  });

  it('does not stop an agent from moving a service without asking', async () => {
    const { system, client, states, view } = await inConflict();
    await client('claude-code').resolveConflict('api', { choice: 'reroute' });
    await system.advance(2_000);
    expect(states()['api']).toBe('ready');
    expect(view('api')?.port).not.toBe(8000);
  });

  it('may be remembered only by a person', async () => {
    const { system, client } = await inConflict();
    await client('claude-code').resolveConflict('api', { choice: 'reroute', remember: true });
    await system.advance(1_000);
    expect(system.choices.list()).toEqual([]);
  });
});

describe('a lease', () => {
  it('keeps others from stopping, restarting and ending, with holder and reason', async () => {
    const { system, client, screen, session } = openDesk();
    await screen.start([]);
    await system.advance(1_000);
    const agent = client('claude-code');
    await agent.lockService('api', { durationMs: 60_000, why: 'debugging' });
    expect(session.snapshotNow().session.leases).toMatchObject({ api: { why: 'debugging' } });
    const person = client('anna', 'command', 300);
    const held = refusal(/claude-code \(mcp, pid 900\) holds it until .*: debugging/);
    await expect(person.restart(['api'])).rejects.toEqual(held);
    await expect(person.stop([])).rejects.toEqual(held);
    await expect(person.shutdown()).rejects.toEqual(held);
    await expect(client('cursor').restart(['api'])).rejects.toEqual(held);
    await person.restart(['web']);
    await agent.restart(['api']);
  });

  it.each([
    ['its time is over', async ({ system }: ReturnType<typeof openDesk>) => system.advance(61_000)],
    [
      'its holder has ended',
      async ({ system, dead }: ReturnType<typeof openDesk>) => {
        dead.add(900);
        await system.advance(2_000);
      },
    ],
    [
      'a person takes it back on the screen',
      async ({ screen }: ReturnType<typeof openDesk>) => screen.unlockService('api'),
    ],
  ])('is over when %s', async (_what, end) => {
    const opened = openDesk();
    await opened.client('claude-code').lockService('api', { durationMs: 60_000, why: '' });
    await end(opened);
    expect(opened.session.snapshotNow().session.leases).toBeUndefined();
    await opened.client('anna', 'command', 300).restart(['api']);
  });

  it('cannot be taken by another agent, and can be renewed by its holder', async () => {
    const { client } = openDesk();
    const agent = client('claude-code');
    await agent.lockService('api', { durationMs: 60_000, why: 'a' });
    await expect(client('cursor').unlockService('api')).rejects.toEqual(refusal(/Cannot unlock api/));
    await expect(client('anna', 'command', 300).unlockService('api')).rejects.toEqual(refusal(/Cannot unlock api/));
    await expect(client('cursor').lockService('api', { durationMs: 1, why: '' })).rejects.toEqual(
      refusal(/Cannot lock api/),
    );
    expect(await agent.lockService('api', { durationMs: 120_000, why: 'b' })).toMatchObject({ why: 'b' });
    await expect(agent.lockService('ghost', { durationMs: 1, why: '' })).rejects.toMatchObject({
      code: 'no_such_service',
    });
  });
});
