import * as fc from 'fast-check';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  readFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  renameSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/core/session/session.ts';
import { ANSWER_LIMIT_MS, MAX_CLIENT_FRAME_BYTES } from '../../src/ipc/protocol.ts';
import { FakeSession, serviceView } from '../fakes/fake-session.ts';
import { connectTo, RawClient, serveFake, socketFolder } from './ipc-bench.ts';

describe('the clients of a session', () => {
  it('get a welcome and the first answer in one go', async () => {
    const served = await serveFake();
    const client = new RawClient(served.socketPath);
    client.send(
      { hello: { protocol: 1, version: '1.2.3', role: 'command' } },
      { id: 7, method: 'snapshot', params: [] },
    );
    expect(await client.frame((frame) => frame['id'] === 7)).toHaveProperty('result.project.name', 'shop');
    expect(client.frames[0]).toEqual({ welcome: { protocol: 1, version: '1.2.3', pid: process.pid } });
  });

  it('are reported to the supervisor when they come and go: a close without goodbye is a hang-up', async () => {
    const served = await serveFake();
    const screen = await connectTo(served, 'screen');
    await screen.welcome;
    const command = await connectTo(served, 'command');
    await command.snapshot();
    command.close();
    await expect.poll(() => served.told).toContain('gone command hang-up');
    screen.close();
    await expect
      .poll(() => served.told)
      .toEqual([
        'clients screen',
        'clients screen,command',
        'clients screen',
        'gone command hang-up',
        'clients',
        'gone screen hang-up',
      ]);
  });

  it.each(['detach', 'shutdown'] as const)('say goodbye with %s', async (method) => {
    const served = await serveFake();
    const screen = await connectTo(served, 'screen');
    await screen[method]();
    screen.close();
    await expect.poll(() => served.told).toContain('gone screen goodbye');
  });

  it('may be twenty at once', async () => {
    const served = await serveFake(new FakeSession({ services: [serviceView({ name: 'api' })] }));
    const remotes = await Promise.all(Array.from({ length: 20 }, () => connectTo(served)));
    const snapshots = await Promise.all(remotes.map((remote) => remote.snapshot()));
    expect(snapshots.map((snapshot) => snapshot.services[0]?.name)).toEqual(Array.from({ length: 20 }, () => 'api'));
  });

  it('share one subscription, which ends with the last of them', async () => {
    const served = await serveFake();
    const [first, second] = [await connectTo(served, 'screen'), await connectTo(served, 'screen')];
    for (const remote of [first, second]) {
      remote.subscribe(() => undefined);
      await remote.welcome;
      await remote.snapshot();
    }
    expect(served.session.subscribers).toBe(1);
    first.close();
    await expect.poll(() => served.told.filter((line) => line.startsWith('gone'))).toHaveLength(1);
    expect(served.session.subscribers).toBe(1);
    second.close();
    await expect.poll(() => served.session.subscribers).toBe(0);
  });

  it('are not affected when another one dies in the middle of an answer', async () => {
    const served = await serveFake();
    const other = await connectTo(served);
    let answer: () => void = () => undefined;
    served.session.answer('restart', () => new Promise((resolve) => (answer = resolve)));
    const dying = new RawClient(served.socketPath);
    dying.hello();
    dying.send({ id: 1, method: 'restart', params: [[]] });
    await expect.poll(() => served.session.calls).toHaveLength(1);
    dying.socket.destroy();
    await expect.poll(() => served.told).toContain('gone command hang-up');
    answer();
    await expect(other.snapshot()).resolves.toBeDefined();
    expect(served.told.filter((line) => line.startsWith('bug'))).toEqual([]);
  });

  it('get the answer to a shutdown although the server closes at once', async () => {
    const served = await serveFake();
    const remote = await connectTo(served, 'screen');
    const events: SessionEvent[] = [];
    remote.subscribe((event) => events.push(event));
    served.session.answer('shutdown', () => {
      void Promise.resolve().then(() => served.server.close());
      return Promise.resolve({ leftovers: [{ service: 'api', pid: 812, name: 'node' }] });
    });
    await expect(remote.shutdown()).resolves.toEqual({ leftovers: [{ service: 'api', pid: 812, name: 'node' }] });
  });
});

describe('a client that does not keep to the rules', () => {
  const bad: Readonly<Record<string, readonly (string | Buffer)[]>> = {
    'text that is not JSON': ['GET / HTTP/1.1\r\n\r\n'],
    'a request before the hello': ['{"id":1,"method":"snapshot","params":[]}\n'],
    'an unknown role': ['{"hello":{"protocol":1,"version":"1","role":"root"}}\n'],
    'a hello that is a list': ['[1]\n'],
    'a second hello': ['{"hello":{"protocol":1,"version":"1","role":"command"}}\n'.repeat(2)],
    'a request without an id': ['{"hello":{"protocol":1,"version":"1","role":"command"}}\n{"method":"snapshot"}\n'],
    'a frame without end': [Buffer.alloc(MAX_CLIENT_FRAME_BYTES + 1, 'x')],
    'a hundred million bytes': Array.from({ length: 100 }, () => Buffer.alloc(1_000_000, '[')),
    'deep nesting': [`${'['.repeat(120_000)}${']'.repeat(120_000)}\n`],
  };

  it.each(Object.entries(bad))('is disconnected alone: %s', async (_, chunks) => {
    const served = await serveFake();
    const other = await connectTo(served);
    const client = new RawClient(served.socketPath);
    for (const chunk of chunks) client.socket.write(chunk);
    await client.closed;
    await expect(other.snapshot()).resolves.toBeDefined();
    expect(served.session.calls).toEqual([]);
  });

  it('is served when the supervisor was too busy to read its hello in time', async () => {
    const served = await serveFake();
    const client = new RawClient(served.socketPath);
    await once(client.socket, 'connect');
    const other = await connectTo(served);
    await other.snapshot(); // who came first has been accepted by now
    client.hello();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ANSWER_LIMIT_MS + 200);
    expect(await client.frame((frame) => 'welcome' in frame)).toBeDefined();
  });

  it.each(['close', 'constructor', '__proto__', 'toString', 'spawn', ''])('finds no method %j', async (method) => {
    const served = await serveFake();
    const client = new RawClient(served.socketPath);
    client.hello();
    client.send({ id: 1, method, params: [] });
    expect(await client.frame((frame) => frame['id'] === 1)).toMatchObject({ error: { code: 'usage', exitCode: 2 } });
    expect(served.session).toMatchObject({ closed: false, calls: [] });
  });

  it('cannot reach a prototype through its arguments', async () => {
    const served = await serveFake();
    const client = new RawClient(served.socketPath);
    client.hello();
    client.socket.write(
      '{"id":1,"method":"start","params":[["api"],{"ports":{"__proto__":8000},"__proto__":{"x":1}}]}\n',
    );
    await client.frame((frame) => frame['id'] === 1);
    const [, options] = served.session.callsOf('start')[0] as [unknown, { ports: object }];
    expect(Object.getPrototypeOf(options)).toBe(Object.prototype);
    expect(Object.keys(options)).toEqual(['ports']);
    expect(Object.entries(options.ports)).toEqual([['__proto__', 8000]]);
  });

  it('never ends the session with any input', async () => {
    const served = await serveFake();
    const other = await connectTo(served);
    const methods = [
      'start',
      'stop',
      'restart',
      'resolveConflict',
      'readLogs',
      'probe',
      'inspectPort',
      'resize',
      'nope',
    ];
    const request = fc
      .record({ id: fc.nat(), method: fc.constantFrom(...methods), params: fc.array(fc.jsonValue(), { maxLength: 3 }) })
      .map((frame) => Buffer.from(`${JSON.stringify(frame)}\n`));
    const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const junk = fc.jsonValue().map((value) => Buffer.from(`${JSON.stringify(value)}\n`));
    const conversation = fc.array(fc.oneof({ weight: 8, arbitrary: request }, noise, junk), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(conversation, async (chunks) => {
        const client = new RawClient(served.socketPath);
        client.hello();
        for (const chunk of chunks) client.socket.write(chunk);
        client.socket.end();
        await client.closed;
      }),
      { numRuns: 300 },
    );
    const startedAt = performance.now();
    await expect(other.snapshot()).resolves.toBeDefined();
    expect(performance.now() - startedAt).toBeLessThan(200);
    expect(served.told.filter((line) => line.startsWith('bug'))).toEqual([]);
  });
});

describe('a client that reads slowly', () => {
  const wide = (state: 'starting' | 'ready', why: string) =>
    Array.from({ length: 100 }, (_, index) => ({ name: `s${index}`, state, why: why.padEnd(1_000, '.') }));

  it('misses events, gets its answers, and ends with the newest state', async () => {
    const served = await serveFake(new FakeSession({ services: [serviceView({ name: 's0' })] }));
    const client = new RawClient(served.socketPath, { reads: false });
    client.hello('screen');
    client.send({ id: 1, method: 'subscribe', params: [] });
    await expect.poll(() => served.session.subscribers).toBe(1);
    const rounds = 400;
    for (let round = 0; round < rounds; round += 1) {
      served.session.change(wide('starting', `round ${round}`));
      served.session.write('s0', `line ${round}`);
    }
    client.send({ id: 2, method: 'inspectPort', params: [80] });
    served.session.change(wide('ready', 'the end'));

    client.read();
    await client.frame((frame) => frame['id'] === 2);
    await client.frame(
      (frame) => (frame['event'] as SessionEvent | undefined)?.type === 'logs' && nextOf(frame) === rounds,
    );
    const events = client.frames.flatMap((frame) => ('event' in frame ? [frame['event'] as SessionEvent] : []));
    const views = events.filter((event) => event.type === 'services');
    expect(views.length).toBeLessThan(rounds / 4);
    expect(views.at(-1)?.services.map((view) => view.why.startsWith('the end'))).toEqual(
      Array.from({ length: 100 }, () => true),
    );
  });

  function nextOf(frame: Record<string, unknown>): number | undefined {
    return (frame['event'] as { readonly next: Record<string, number> }).next['s0'];
  }

  it('costs the supervisor only a bounded queue', async () => {
    const served = await serveFake();
    served.session.write('api', ...Array.from({ length: 30 }, () => 'x'.repeat(100_000)));
    const client = new RawClient(served.socketPath, { reads: false });
    client.hello();
    for (let id = 1; id <= 500; id += 1) {
      client.send({ id, method: 'readLogs', params: [{ service: 'api', from: 0, count: 30 }] });
    }
    const other = await connectTo(served);
    for (let turn = 0; turn < 50; turn += 1) await other.snapshot();
    expect(served.session.calls.length * 3_000_000).toBeLessThan(160_000_000);

    client.read();
    await client.frame((frame) => frame['id'] === 100);
    expect(client.frames.filter((frame) => 'error' in frame)).toEqual([]);
  });

  it('is still notified of the end of the session', async () => {
    const served = await serveFake();
    const client = new RawClient(served.socketPath, { reads: false });
    client.hello('screen');
    client.send({ id: 1, method: 'subscribe', params: [] });
    await expect.poll(() => served.session.subscribers).toBe(1);
    for (let round = 0; round < 200; round += 1) served.session.change(wide('starting', `round ${round}`));
    served.session.end({ leftovers: [] });
    client.read();
    await client.frame((frame) => (frame['event'] as SessionEvent | undefined)?.type === 'ended');
    expect(client.frames.at(-1)).toEqual({ event: { type: 'ended', report: { leftovers: [] } } });
  });
});

describe('the socket', () => {
  it('is accessible only to its owner, and leaves nothing else in its folder', async () => {
    const served = await serveFake();
    expect((statSync(served.socketPath).mode & 0o777).toString(8)).toBe('600');
    expect(readdirSync(join(served.socketPath, '..'))).toEqual(['shop.sock']);
  });

  it('replaces a socket of a dead supervisor', async () => {
    const socketPath = join(socketFolder(), 'shop.sock');
    const dead = createServer().listen(`${socketPath}.before`);
    await new Promise((resolve) => dead.once('listening', resolve));
    renameSync(`${socketPath}.before`, socketPath);
    await new Promise((resolve) => dead.close(resolve));
    expect(lstatSync(socketPath).isSocket()).toBe(true);
    const served = await serveFake(new FakeSession(), { socketPath });
    await expect((await connectTo(served)).snapshot()).resolves.toBeDefined();
  });

  it('is removed on close only if it is ours', async () => {
    const first = await serveFake();
    const second = await serveFake(new FakeSession(), { socketPath: first.socketPath });
    await first.server.close();
    await expect((await connectTo(second)).snapshot()).resolves.toBeDefined();
    await second.server.close();
    expect(existsSync(second.socketPath)).toBe(false);
  });

  it.each(['file', 'folder', 'symlink'])('never replaces a %s in its place', async (kind) => {
    const folder = socketFolder();
    const socketPath = join(folder, 'shop.sock');
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    if (kind === 'file') writeFileSync(socketPath, 'precious');
    if (kind === 'folder') mkdirSync(socketPath);
    if (kind === 'symlink') symlinkSync(victim, socketPath);
    const before = lstatSync(socketPath).ino;
    await expect(serveFake(new FakeSession(), { socketPath })).rejects.toMatchObject({
      code: 'permission',
      message: `Cannot listen on ${socketPath}: the file there is not a socket of yours.`,
    });
    expect(lstatSync(socketPath).ino).toBe(before);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  it('comes back when somebody removes it, even with its folder, and nobody is disconnected', async () => {
    const folder = join(socketFolder(), 'run');
    mkdirSync(folder, { mode: 0o700 });
    const served = await serveFake(new FakeSession(), { socketPath: join(folder, 'shop.sock') });
    const early = await connectTo(served);
    await early.snapshot();
    rmSync(folder, { recursive: true });
    await served.server.check();
    expect(existsSync(served.socketPath)).toBe(true);
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
    await expect((await connectTo(served)).snapshot()).resolves.toBeDefined();
    await expect(early.snapshot()).resolves.toBeDefined();
    await served.server.close();
    expect(existsSync(served.socketPath)).toBe(false);
  });

  const spoil: Readonly<Record<string, (folder: string) => void>> = {
    'was replaced by a file': (folder) => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, '');
    },
    'was opened to others': (folder) => chmodSync(folder, 0o777),
    'was replaced by a link': (folder) => {
      renameSync(folder, `${folder}.away`);
      symlinkSync(`${folder}.away`, folder);
    },
    'is gone for good': (folder) => rmSync(join(folder, '..'), { recursive: true }),
  };

  it.each(Object.keys(spoil))('moves when its folder %s, says so, and disconnects no client', async (what) => {
    const folder = join(socketFolder(), 'top', 'run');
    const other = join(socketFolder(), 'other');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const socketPath = join(folder, 'shop.sock');
    const restored = Promise.withResolvers<{ readonly path: string; readonly why: string }>();
    const served = await serveFake(new FakeSession(), {
      socketPath,
      otherPaths: () => ['/proc/nowhere/shop.sock', join(other, 'shop.sock')],
      onRestored: restored.resolve,
    });
    const early = await connectTo(served);
    await early.snapshot();
    await served.server.check();
    spoil[what]?.(folder);
    await served.server.check();
    const { path, why } = await restored.promise;
    expect(path).toBe(join(other, 'shop.sock'));
    expect(why).toContain(folder);
    expect((statSync(other).mode & 0o777).toString(8)).toBe('700');
    await expect((await connectTo({ socketPath: path })).snapshot()).resolves.toBeDefined();
    await expect(early.snapshot()).resolves.toBeDefined();
    await served.server.close();
    expect(existsSync(path)).toBe(false);
    expect(served.told.filter((told) => told.startsWith('bug'))).toEqual([]);
  });

  it('keeps the session running when it can listen nowhere, says so once, and listens again later', async () => {
    const folder = join(socketFolder(), 'run');
    mkdirSync(folder, { mode: 0o700 });
    const lost: string[] = [];
    let tries = 0;
    const served = await serveFake(new FakeSession(), {
      socketPath: join(folder, 'shop.sock'),
      otherPaths: () => {
        tries += 1;
        return [];
      },
      onLost: (why) => lost.push(why),
    });
    const early = await connectTo(served);
    await early.snapshot();
    chmodSync(folder, 0o777);
    for (let look = 0; look < 3; look += 1) await served.server.check();
    expect(tries).toBe(3);
    expect(lost).toHaveLength(1);
    expect(lost[0]).toContain('can be written by others');
    await expect(early.snapshot()).resolves.toBeDefined();
    rmSync(folder, { recursive: true });
    await served.server.check();
    expect(existsSync(served.socketPath)).toBe(true);
    await expect((await connectTo(served)).snapshot()).resolves.toBeDefined();
    expect(served.told.filter((told) => told.startsWith('bug'))).toEqual([]);
  });
});

describe('a client', () => {
  it('does not connect to a socket in a folder that others can write to, or replace', async () => {
    const top = socketFolder();
    const folder = join(top, 'run');
    mkdirSync(folder, { mode: 0o700 });
    const served = await serveFake(new FakeSession(), { socketPath: join(folder, 'shop.sock') });
    chmodSync(folder, 0o777);
    await expect(connectTo(served)).rejects.toMatchObject({ code: 'permission' });
    chmodSync(folder, 0o700);
    chmodSync(top, 0o777);
    await expect(connectTo(served)).rejects.toMatchObject({
      code: 'permission',
      message: expect.stringContaining(`${top}, but it lets others rename its entries`) as string,
    });
    expect(served.told).toEqual([]);
    chmodSync(top, 0o700);
    await expect((await connectTo(served)).snapshot()).resolves.toBeDefined();
  });

  it('does not follow a link to a socket', async () => {
    const served = await serveFake();
    const link = join(socketFolder(), 'shop.sock');
    symlinkSync(served.socketPath, link);
    await expect(connectTo({ socketPath: link })).rejects.toThrow('nobody listens');
  });

  it.skipIf(process.getuid?.() !== 0)(
    'does not connect to a socket of another user (needs root to make one)',
    async () => {
      const served = await serveFake();
      chownSync(served.socketPath, 65_534, 65_534);
      await expect(connectTo(served)).rejects.toMatchObject({
        code: 'permission',
        message: `The socket ${served.socketPath} belongs to user 65534, so the session is not yours.`,
      });
      expect(served.told).toEqual([]);
    },
  );
});
