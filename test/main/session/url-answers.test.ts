// bin/answer.sh prints the URL of a service only while the sockets on its port are those that the session has seen with it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ServiceView } from '../../../src/core/session/snapshot.ts';
import { UrlProofs } from '../../../src/main/session/url-proofs.ts';
import { uptimeHundredths } from '../../../src/system/linux/proc.ts';
import { serviceView } from '../../fakes/fake-session.ts';
import { ask, ASKS_NODE, createPlace, type Place, snapshotOf, tell } from './answer-place.ts';

const LISTEN = `require('net').createServer().listen({ ...JSON.parse(process.argv[1]) }, function () { console.log(this.address().port) })`;

interface Server {
  readonly port: number;
  readonly process: ChildProcess;
}

async function listen(options: object): Promise<Server> {
  const server = spawn(process.execPath, ['-e', LISTEN, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  return { port: Number(port), process: server };
}

function viewOf({ port, process: { pid = 0 } }: Server, changed: Partial<ServiceView> = {}): ServiceView {
  const listening = [{ address: '127.0.0.1', port, pid }];
  const url = `http://localhost:${port}/`;
  return serviceView({ name: 'web', port, url, address: `localhost:${port}`, pids: [pid], listening, ...changed });
}

async function createServed(options: object = { host: '127.0.0.1' }) {
  const place = createPlace();
  const server = await listen({ port: 0, ...options });
  const view = viewOf(server);
  const urls = new UrlProofs().of([view]);
  tell(place, snapshotOf([view]), { urls, uptime: uptimeHundredths() });
  return { place, server, view, urls, url: { stdout: `http://localhost:${server.port}\n`, stderr: '', code: 0 } };
}

function urlOf(place: Place, options: Parameters<typeof ask>[2] = {}) {
  return ask(place, ['url', 'web'], options);
}

describe('the URL of a service without Node', () => {
  it.each([[['dash']], [['bash', '--posix']], [['busybox', 'sh']]])('is printed by %s', async (shell) => {
    const { place, url } = await createServed();
    expect(urlOf(place, { shell })).toEqual(url);
    expect(ask(place, ['url', 'other'], { shell })).toEqual(ASKS_NODE);
    expect(ask(place, ['url', 'w*'], { shell })).toEqual(ASKS_NODE);
  });

  it('is printed for a server on two sockets, and no longer when one of them is gone', async () => {
    const place = createPlace();
    const four = await listen({ port: 0, host: '127.0.0.1' });
    const six = await listen({ port: four.port, host: '::1' });
    const view = viewOf(four, { pids: [four.process.pid ?? 0, six.process.pid ?? 0] });
    tell(place, snapshotOf([view]), { urls: new UrlProofs().of([view]), uptime: uptimeHundredths() });
    expect(urlOf(place).stdout).toBe(`http://localhost:${four.port}\n`);
    six.process.kill('SIGKILL');
    await once(six.process, 'exit');
    expect(urlOf(place)).toEqual(ASKS_NODE);
  });
});

describe('the URL among many listeners', () => {
  it.each([[['dash']], [['bash', '--posix']], [['busybox', 'sh']]])('is proven by %s', async (shell) => {
    const many = Array.from({ length: 40 }, () => createServer().listen(0, '127.0.0.1'));
    onTestFinished(() => many.forEach((server) => server.close()));
    const { place, server, url } = await createServed({ host: '127.0.0.1', reusePort: true });
    expect(urlOf(place, { shell })).toEqual(url);
    await listen({ port: server.port, host: '127.0.0.1', reusePort: true });
    expect(urlOf(place, { shell })).toEqual(ASKS_NODE);
  });
});

describe('Node is asked for the URL', () => {
  it('at once when the server has died, and when a stranger has taken its port', async () => {
    const { place, server, url } = await createServed();
    expect(urlOf(place)).toEqual(url);
    server.process.kill('SIGKILL');
    await once(server.process, 'exit');
    expect(urlOf(place)).toEqual(ASKS_NODE);
    await listen({ port: server.port, host: '127.0.0.1' });
    expect(urlOf(place)).toEqual(ASKS_NODE);
  });

  it.each([
    { host: '::1' },
    { host: '::', ipv6Only: true },
    { host: '127.0.0.2' },
    { host: '127.0.0.1', reusePort: true },
  ])('when a stranger listens on the port too: %j', async (stranger) => {
    const { place, server, url } = await createServed({ host: '127.0.0.1', reusePort: true });
    expect(urlOf(place)).toEqual(url);
    await listen({ port: server.port, ...stranger });
    expect(urlOf(place)).toEqual(ASKS_NODE);
  });

  it('when the socket is not that of the process, or the process began at another time', async () => {
    const { place, view, urls } = await createServed();
    const [text = ''] = urls;
    for (const [part, other] of [
      [/ (\d+):/, ' 1:'],
      [/:\d+:(\d+)$/, ':1:$1'],
      [/:\d+$/, ':0'],
      [/:(\d+):(\d+):/, `:${process.pid}:$2:`],
      [/(:\d+)$/, '$1;'],
    ] as const) {
      tell(place, snapshotOf([view]), { urls: [text.replace(part, other)], uptime: uptimeHundredths() });
      expect(urlOf(place)).toEqual(ASKS_NODE);
    }
  });

  it.each<readonly [string, (served: Awaited<ReturnType<typeof createServed>>) => void]>([
    [
      'the file is old',
      ({ place, view, urls }) => tell(place, snapshotOf([view]), { urls, uptime: place.facts.uptime - 300 }),
    ],
    [
      'the session runs by another config',
      ({ place, view, urls }) => tell(place, snapshotOf([view]), { urls, hasUsualConfig: false }),
    ],
    ['the supervisor has ended', ({ place }) => place.supervisor.kill('SIGKILL')],
  ])('when %s', async (_, spoil) => {
    const served = await createServed();
    spoil(served);
    if (served.place.supervisor.killed) await once(served.place.supervisor, 'exit');
    expect(urlOf(served.place)).toEqual(ASKS_NODE);
  });

  it('when the environment says something over the config', async () => {
    const { place } = await createServed();
    expect(urlOf(place, { env: { DEV_GRACE: 'soon' } })).toEqual(ASKS_NODE);
  });

  it('in a copy of the project', async () => {
    const { place } = await createServed();
    const copy = `${place.root}-copy`;
    cpSync(place.root, copy, { recursive: true });
    expect(urlOf(place, { cwd: copy })).toEqual(ASKS_NODE);
  });

  it.runIf(process.getuid?.() === 0)('when the file belongs to another user', async () => {
    const { place } = await createServed();
    chownSync(place.answers, 65_534, 65_534);
    expect(urlOf(place)).toEqual(ASKS_NODE);
  });
});

describe('a proof of the URL', () => {
  it('is not made for a port on which somebody else listens, or a service that is not plain', async () => {
    const server = await listen({ port: 0, host: '127.0.0.1' });
    const proofs = (changed: Partial<ServiceView>) => new UrlProofs().of([viewOf(server, changed)]);
    expect(proofs({})).toHaveLength(1);
    expect(proofs({ external: true })).toEqual([]);
    expect(proofs({ container: {} as never })).toEqual([]);
    expect(proofs({ conflict: {} as never })).toEqual([]);
    expect(proofs({ pids: [process.pid] })).toEqual([]);
    expect(new UrlProofs().of([viewOf(server), viewOf(server, { name: 'other' })])).toEqual([]);
    await listen({ port: server.port, host: '::1' });
    expect(proofs({})).toEqual([]);
  });

  it('is made again when the service listens as another process', async () => {
    const proofs = new UrlProofs();
    const [one, two] = [await listen({ port: 0, host: '127.0.0.1' }), await listen({ port: 0, host: '127.0.0.1' })];
    const first = proofs.of([viewOf(one)]);
    expect(first).toHaveLength(1);
    expect(proofs.of([viewOf(one, { pids: [] })])).toEqual(first); // not looked for again
    expect(proofs.of([viewOf(two)])).not.toEqual(first);
  });
});
