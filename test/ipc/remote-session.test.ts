import { describe, expect, it } from 'vitest';
import type { Session, SessionEvent, TerminalEvent } from '../../src/core/session/session.ts';
import { DevError, EXIT } from '../../src/errors.ts';
import { connectSession } from '../../src/ipc/remote-session.ts';
import { FakeSession, serviceView, type SessionMethod } from '../fakes/fake-session.ts';
import { connectTo, RawClient, serveFake, socketFolder } from './ipc-bench.ts';
import { createServer } from 'node:net';
import { join } from 'node:path';

describe('a session over the socket', () => {
  it('returns the snapshot of the remote session', async () => {
    const served = await serveFake(new FakeSession({ services: [serviceView({ name: 'api', port: 8000 })] }));
    const remote = await connectTo(served);
    expect(await remote.snapshot()).toEqual(await served.session.snapshot());
  });

  const calls: Readonly<
    Record<Exclude<SessionMethod, 'snapshot' | 'subscribe' | 'openTerminal' | 'close'>, readonly unknown[]>
  > = {
    start: [['api'], { dependencies: false, ports: { api: 9000 }, onConflict: 'reroute' }],
    stop: [['api', 'web'], { force: true }],
    restart: [['api'], { ports: { api: 9000 } }],
    takeEnvironment: [['api'], { PATH: '/bin' }],
    environmentOf: ['api'],
    resolveConflict: ['api', { choice: 'kill', owners: [{ pid: 812, startTicks: 99 }] }],
    readLogs: [{ service: 'api', from: -5, count: 10, raw: true }],
    searchLogs: [
      {
        service: 'api',
        filter: { matching: ['x'], excluding: [], errorsOnly: true },
        from: -5,
        direction: 'older',
        limit: 10,
      },
    ],
    probe: [['api']],
    inspectPort: [5432],
    findHeldPorts: [['api']],
    removeContainers: [['api']],
    inspectService: ['api'],
    readUsage: [120],
    syncHistory: [],
    readTallies: [],
    readFacts: [3],
    readStartup: [],
    typeAnswer: ['api', 'yes'],
    reloadConfig: [{ dryRun: true, version: 3 }],
    shutdown: [{ force: true }],
    clients: [],
    requestPermission: [{ right: 'run', what: 'run npm test in api' }],
    answerRequest: [3, { isGranted: true, remember: false }],
    lockService: ['api', { durationMs: 1000, why: 'debugging' }],
    unlockService: ['api'],
    runAction: ['seed', { values: { rows: '100' }, isConfirmed: true }],
    beginAction: ['psql', { values: {} }],
    endAction: ['psql', 1, null],
    stopAction: ['seed'],
    detach: [],
    resize: [{ columns: 80, rows: 24 }],
  };

  it.each(Object.entries(calls))('passes %s on with its arguments, and its answer back', async (method, args) => {
    const served = await serveFake();
    const remote = await connectTo(served);
    const answer = { answerTo: method, lines: [] };
    served.session.answer(method as 'detach', () => Promise.resolve(answer as never));
    const result: unknown = await (remote[method as keyof Session] as (...given: readonly unknown[]) => unknown)(
      ...args,
    );
    expect(served.session.calls).toEqual([{ method, args }]);
    expect(result).toEqual(answer);
  });

  it('returns an expected failure whole: code, exit code, message and hint', async () => {
    const served = await serveFake();
    const failure = new DevError({
      code: 'no_such_service',
      exitCode: EXIT.noSuchService,
      message: 'There is no service "wbe".',
      hint: 'did you mean "web"?',
    });
    served.session.answer('start', () => Promise.reject(failure));
    const remote = await connectTo(served);
    await expect(remote.start(['wbe'])).rejects.toMatchObject({
      name: 'DevError',
      code: 'no_such_service',
      exitCode: 4,
      message: 'There is no service "wbe".',
      hint: 'did you mean "web"?',
    });
  });

  it('reports a bug of the supervisor as a bug, also to the supervisor', async () => {
    const served = await serveFake();
    served.session.answer('restart', () => Promise.reject(new TypeError('x is undefined')));
    const remote = await connectTo(served);
    await expect(remote.restart([])).rejects.toMatchObject({ code: 'internal', exitCode: EXIT.bug });
    expect(served.told).toContain('bug TypeError: x is undefined');
  });

  it('refuses invalid arguments with a message', async () => {
    const remote = await connectTo(await serveFake());
    await expect(remote.inspectPort(70_000)).rejects.toMatchObject({
      code: 'usage',
      message: 'The session did not understand: port must be a whole number from 1 to 65535, not 70000.',
    });
  });

  it('passes every event to every listener, in order', async () => {
    const served = await serveFake();
    const remote = await connectTo(served, 'screen');
    const first: SessionEvent[] = [];
    const second: SessionEvent[] = [];
    remote.subscribe((event) => first.push(event));
    remote.subscribe((event) => second.push(event));
    await remote.snapshot();
    served.session.change([{ name: 'api', state: 'starting' }]);
    served.session.write('api', 'hello');
    served.session.end({ leftovers: [] });
    await expect.poll(() => first.map((event) => event.type)).toEqual(['services', 'logs', 'ended']);
    expect(second).toEqual(first);
    expect(first[2]).toEqual({ type: 'ended', report: { leftovers: [] } });
  });

  it('returns a whole window of logs that the session sends in parts', async () => {
    const served = await serveFake();
    const lines = Array.from({ length: 1_000 }, (_, index) => `${index} ü\u001b`);
    served.session.answer('readLogs', async (...[query]) => ({
      service: 'api',
      lines: lines.slice(query.from, query.from + Math.min(query.count, 100)).map((text, index) => ({
        seq: query.from + index,
        time: new Date(0).toISOString(),
        text,
      })),
      first: 0,
      next: 1_000,
      ...(query.count > 100 ? { isCut: true as const } : {}),
    }));
    const remote = await connectTo(served);
    const window = await remote.readLogs({ service: 'api', from: 10, count: 900 });
    expect(window.lines.map((line) => line.seq)).toEqual(Array.from({ length: 900 }, (_, index) => index + 10));
    expect(window.lines.map((line) => line.text)).toEqual(lines.slice(10, 910));
    expect(window).not.toHaveProperty('isCut');
    expect(served.session.calls).toHaveLength(9);
  });

  it('refuses arguments that are too long before it sends them', async () => {
    const remote = await connectTo(await serveFake());
    await expect(remote.start(Array.from({ length: 50_000 }, (_, n) => `service-${n}`))).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(remote.detach()).resolves.toBeUndefined();
  });
});

describe('a connection that fails', () => {
  it('is no session when no process listens', async () => {
    const socketPath = join(socketFolder(), 'shop.sock');
    expect(await connectSession({ socketPath, role: 'command', version: '1.2.3' })).toBeUndefined();
  });

  it('ends the session for its listeners and rejects pending calls when the supervisor dies', async () => {
    const socketPath = join(socketFolder(), 'shop.sock');
    const supervisor = createServer((socket) => socket.once('data', () => socket.destroy())).listen(socketPath);
    await new Promise((resolve) => supervisor.once('listening', resolve));
    const remote = await connectTo({ socketPath }, 'screen');
    const events: SessionEvent[] = [];
    remote.subscribe((event) => events.push(event));
    await expect(remote.snapshot()).rejects.toMatchObject({ code: 'session_unreachable', exitCode: EXIT.noSession });
    expect(events).toEqual([{ type: 'ended', report: null }]);
    await expect(remote.snapshot()).rejects.toMatchObject({ code: 'session_unreachable' });
    const late = await new Promise<SessionEvent>((resolve) => remote.subscribe(resolve));
    expect(late).toEqual({ type: 'ended', report: null });
    supervisor.close();
  });

  it('rejects pending calls when the client itself closes it, without notifying its listeners', async () => {
    const served = await serveFake();
    served.session.answer('shutdown', () => new Promise(() => undefined));
    const remote = await connectTo(served, 'screen');
    const events: SessionEvent[] = [];
    remote.subscribe((event) => events.push(event));
    const pending = remote.shutdown();
    remote.close();
    await expect(pending).rejects.toMatchObject({ code: 'session_unreachable' });
    expect(events).toEqual([]);
  });

  it('names the pid of a supervisor that accepts and does not answer until the limit', async () => {
    const socketPath = join(socketFolder(), 'shop.sock');
    const supervisor = createServer(() => undefined).listen(socketPath);
    await new Promise((resolve) => supervisor.once('listening', resolve));
    const remote = await connectSession({
      socketPath,
      role: 'command',
      version: '1.2.3',
      findPid: () => Promise.resolve(812),
      answerLimitMs: 100,
    });
    await expect(remote?.snapshot()).rejects.toMatchObject({
      code: 'session_unreachable',
      exitCode: EXIT.timeout,
      message: 'The session of pid 812 does not answer: no reply for 0.1 s.',
      hint: 'try again; if that does not help, ./dev stop --force kills it and its processes',
    });
    supervisor.close();
  });

  it('waits longer than the limit for an answer while the supervisor shows signs of life', async () => {
    const served = await serveFake();
    let finish: () => void = () => undefined;
    served.session.answer('stop', () => new Promise((resolve) => (finish = resolve)));
    const remote = await connectSession({ ...served, role: 'command', version: '1.2.3', answerLimitMs: 100 });
    const stopped = remote?.stop([]).then(() => 'answered');
    const longer = new Promise((resolve) => setTimeout(resolve, 400, 'still waiting'));
    expect(await Promise.race([stopped, longer])).toBe('still waiting');
    finish();
    expect(await stopped).toBe('answered');
    remote?.close();
  });
});

describe('versions that differ', () => {
  it('are named in one line with the way out, and shutdown works', async () => {
    const served = await serveFake();
    const client = new RawClient(served.socketPath);
    client.hello('command', 99);
    client.send({ id: 1, method: 'snapshot', params: [] }, { id: 2, method: 'shutdown', params: [] });
    const { refused } = await client.frame((frame) => 'refused' in frame);
    expect(refused).toMatchObject({
      code: 'version_mismatch',
      exitCode: EXIT.conflict,
      hint: './dev stop, then ./dev',
    });
    expect(await client.frame((frame) => frame['id'] === 1)).toMatchObject({ error: { code: 'version_mismatch' } });
    expect(await client.frame((frame) => frame['id'] === 2)).toMatchObject({ result: { leftovers: [] } });
  });

  async function serveLaterProtocol(): Promise<{ readonly socketPath: string }> {
    const socketPath = join(socketFolder(), 'shop.sock');
    const supervisor = createServer((socket) => {
      const refused = { code: 'version_mismatch', message: 'I am newer.', hint: './dev stop', exitCode: 5 };
      socket.on('error', () => undefined);
      socket.write(`${JSON.stringify({ refused })}\n{"event":{"type":"sunrise"}}\n{"weather":"fine"}\n`);
      socket.on('data', (chunk) => {
        if (chunk.includes('shutdown')) socket.write('{"id":1,"result":{"leftovers":[]}}\n');
      });
    }).listen(socketPath);
    await new Promise((resolve) => supervisor.once('listening', resolve));
    return { socketPath };
  }

  it('fail every call, unless the client came to end the session', async () => {
    const served = await serveLaterProtocol();
    const remote = await connectTo(served);
    await expect(remote.snapshot()).rejects.toMatchObject({ code: 'version_mismatch', message: 'I am newer.' });
    await expect(remote.welcome).rejects.toMatchObject({ code: 'version_mismatch' });

    const ending = await connectSession({ ...served, role: 'command', version: '1.2.3', purpose: 'end' });
    await expect(ending?.shutdown()).resolves.toEqual({ leftovers: [] });
    ending?.close();
  });
});

describe('the terminal of a service over the socket', () => {
  const SIZE = { columns: 80, rows: 24 };

  it('passes every byte both ways, in order', async () => {
    const served = await serveFake();
    const remote = await connectTo(served);
    const said: TerminalEvent[] = [];
    const terminal = await remote.openTerminal('api', SIZE, (event) => said.push(event));
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    served.session.terminals[0]?.say({ type: 'output', bytes });
    served.session.terminals[0]?.say({ type: 'runEnded' });
    terminal.write(Buffer.from('y\r'));
    terminal.write(Buffer.alloc(300_000, 'x'));
    terminal.resize({ columns: 120, rows: 40 });
    await remote.snapshot();
    expect(said.map(({ type }) => type)).toEqual(['opened', 'output', 'runEnded']);
    expect(said[1]).toEqual({ type: 'output', bytes });
    expect(served.session.terminals[0]?.typed).toBe(`y\r${'x'.repeat(300_000)}`);
    expect(served.session.terminals[0]?.sizes).toEqual([SIZE, { columns: 120, rows: 40 }]);
  });

  it('is closed when its client disconnects', async () => {
    const served = await serveFake();
    const remote = await connectTo(served);
    await remote.openTerminal('api', SIZE, () => {});
    remote.close();
    await expect.poll(() => served.session.terminals[0]?.isClosed).toBe(true);
  });

  it('passes the refusal of the session on', async () => {
    const served = await serveFake();
    served.session.answer('openTerminal', () =>
      Promise.reject(new DevError({ code: 'refused', exitCode: 1, message: 'no' })),
    );
    const remote = await connectTo(served);
    await expect(remote.openTerminal('api', SIZE, () => {})).rejects.toMatchObject({ code: 'refused', message: 'no' });
  });

  it('skips output for a client that does not read, and says how much', async () => {
    const served = await serveFake();
    const client = new RawClient(served.socketPath, { reads: false });
    client.hello();
    client.send({ id: 1, method: 'openTerminal', params: [1, 'api', SIZE] });
    await expect.poll(() => served.session.terminals).toHaveLength(1);
    const chunk = Buffer.alloc(64 * 1024, 'x');
    for (let sent = 0; sent < 400; sent += 1) served.session.terminals[0]?.say({ type: 'output', bytes: chunk });
    client.read();
    const said = (frame: Record<string, unknown>) => frame['said'] as TerminalEvent | undefined;
    const skipped = said(await client.frame((frame) => said(frame)?.type === 'skipped'));
    const heard = client.frames.filter((frame) => said(frame)?.type === 'output').length;
    expect(heard).toBeLessThan(100);
    expect(skipped).toEqual({ type: 'skipped', bytes: (400 - heard) * chunk.length });
    served.session.terminals[0]?.say({ type: 'output', bytes: Buffer.from('again') });
    await client.frame((frame) => (frame['said'] as { base64?: string } | undefined)?.base64 === 'YWdhaW4=');
  });
});
