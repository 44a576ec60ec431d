import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ContainerCard } from '../../../src/core/model/port-owner.ts';
import { engineSockets } from '../../../src/system/containers/engine-client.ts';
import { findContainer, parseProxyArguments, stopContainer } from '../../../src/system/ports/container-owner.ts';
import { tempDir } from '../temp-dir.ts';
import { containerCard } from '../../helpers/container-card.ts';

const answers = (name: string) =>
  readFileSync(new URL(`../../fixtures/container-engine/${name}.json`, import.meta.url), 'utf8');

/** An engine on a socket of its own: what it is asked, and where it listens. */
async function engine(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly socket: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${decodeURIComponent(request.url ?? '')}`);
    answer(request, response);
  });
  const socket = join(tempDir(), 'engine.sock');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { socket, asked };
}

/** As Docker 28 answers. It applies the filter; here the whole list comes, which must do no harm. */
const docker = () =>
  engine(({ url }, response) => {
    const started = { State: { Running: true, StartedAt: '2026-01-31T12:00:00.123456789Z' } };
    const [, id] = /^\/containers\/([0-9a-f]{64})\/json/.exec(url ?? '') ?? [];
    const answer = id === undefined ? answers('docker') : JSON.stringify({ Id: id, ...started });
    response.writeHead(200, { 'Api-Version': '1.50', Server: 'Docker/28.2.2 (linux)' }).end(answer);
  });

/** As Podman 5 answers, which does not know the filter. */
const podman = () =>
  engine((request, response) => {
    const headers = { 'Libpod-Api-Version': '5.4.2', Server: 'Libpod/5.4.2 (linux)' };
    if (request.url?.includes('filters')) {
      response.writeHead(500, headers).end(JSON.stringify({ message: 'publish is an invalid filter', response: 500 }));
    } else {
      response.writeHead(200, headers).end(answers('podman'));
    }
  });

describe('the container behind a port', () => {
  it('is found with its name, image and Compose project', async () => {
    const { socket, asked } = await docker();

    expect(await findContainer(5432, { sockets: [socket] })).toEqual({
      container: {
        id: '8dfafdbc3a40d2b4f1a1f5d4ac1c1ef2c9b8c7b0c2f6b1c7e5a3f0d9e8c7b6a5',
        name: 'shop-db-1',
        image: 'postgres:17-alpine',
        composeProject: 'shop',
        composeService: 'db',
        composeFolder: '/home/ada/shop',
        devdeck: null,
        startedAt: '2026-01-31T12:00:00.123456789Z',
        publishes: [{ port: 5432, inside: 5432 }],
        runtime: 'docker',
        socket,
      },
    });
    expect(asked).toEqual([
      'GET /containers/json?filters={"publish":["5432"]}',
      'GET /containers/8dfafdbc3a40d2b4f1a1f5d4ac1c1ef2c9b8c7b0c2f6b1c7e5a3f0d9e8c7b6a5/json',
    ]);
  });

  it('is found with Podman, which refuses the filter by port', async () => {
    const { socket, asked } = await podman();

    expect(await findContainer(8080, { sockets: [socket] })).toMatchObject({
      container: { name: 'blog_web_1', composeProject: 'blog', runtime: 'podman' },
    });
    expect(asked.filter((line) => line.startsWith('GET /containers/json'))).toHaveLength(2);
  });

  it('is found when another engine does not run it, or does not run at all', async () => {
    const sockets = [join(tempDir(), 'absent.sock'), (await docker()).socket, (await podman()).socket];
    expect(await findContainer(8080, { sockets })).toMatchObject({ container: { runtime: 'podman' } });
  });

  it.each([
    ['publishes it for UDP only', 8053],
    ['only exposes it inside', 53],
  ])('is not one that %s', async (_name, port) => {
    const { socket } = await docker();
    expect(await findContainer(port, { sockets: [socket] })).toEqual({
      container: undefined,
      reason: `no running container publishes port ${port}`,
    });
  });

  it('has no terminal sequences in its name', async () => {
    const hostile = JSON.parse(answers('docker')) as { Names: string[]; Image: string }[];
    hostile[0]!.Names = ['/\u001B[2Jdb\r\n'];
    hostile[0]!.Image = '\u0007image';
    const { socket } = await engine((_request, response) => void response.end(JSON.stringify(hostile)));
    expect(await findContainer(5432, { sockets: [socket] })).toMatchObject({
      container: { name: '[2Jdb', image: 'image' },
    });
  });

  it('is not looked for elsewhere when no engine is installed', async () => {
    const sockets = [join(tempDir(), 'absent.sock'), '/dev/null/absent.sock'];
    expect(await findContainer(5432, { sockets })).toEqual({
      container: undefined,
      reason: 'neither Docker nor Podman has a socket on this machine',
    });
  });
});

describe('an engine that does not answer properly', () => {
  it('costs only its timeout when it does not answer', async () => {
    const silent = await engine(() => {});
    const slow = await engine((_request, response) => {
      response.writeHead(200).write('[');
    });
    const startedMs = performance.now();

    const lookups = await Promise.all(
      [silent, slow].map(({ socket }) => findContainer(5432, { sockets: [socket], timeoutMs: 100 })),
    );

    expect(lookups).toMatchObject([silent, slow].map(({ socket }) => ({ reason: `${socket} did not answer in time` })));
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });

  it('is reported as not running when only its socket is left', async () => {
    const socket = join(tempDir(), 'left.sock');
    writeFileSync(socket, '');
    expect(await findContainer(5432, { sockets: [socket] })).toMatchObject({
      reason: `nobody answers at ${socket}: the engine is not running`,
    });
  });

  it.each([
    ['no JSON', 'hello', 'did not answer with a list of containers'],
    ['another kind of JSON', '{"message":"no"}', 'did not answer with a list of containers'],
    ['containers of another shape', '[null, 7, {"Id": "../../etc"}, {"Ports": "5432"}]', 'no running container'],
    ['more than anybody has', `[${' '.repeat(5 * 1024 * 1024)}]`, 'answered with more than 4 MiB'],
  ])('is told when it answers with %s', async (_name, body, reason) => {
    const { socket } = await engine((_request, response) => void response.end(body));
    expect(await findContainer(5432, { sockets: [socket], timeoutMs: 5000 })).toMatchObject({
      container: undefined,
      reason: expect.stringContaining(reason),
    });
  });

  it('is reported when it does not speak HTTP or refuses the list', async () => {
    const socket = join(tempDir(), 'other.sock');
    const server = createSocketServer((peer) => peer.end('SSH-2.0-OpenSSH\r\n'));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    onTestFinished(() => void server.close());
    const refusing = await engine((_request, response) => void response.writeHead(403).end());

    expect(await findContainer(5432, { sockets: [socket] })).toMatchObject({
      reason: expect.stringContaining('gave no usable answer'),
    });
    expect(await findContainer(5432, { sockets: [refusing.socket] })).toMatchObject({
      reason: expect.stringContaining('refused to list its containers (HTTP 403)'),
    });
  });
});

describe('stopping a container', () => {
  const container = (socket: string): ContainerCard => containerCard({ socket });

  it.each([
    [204, '', { stopped: true, message: 'Container shop-db-1 has stopped.' }],
    [304, '', { stopped: true, message: 'Container shop-db-1 had stopped already.' }],
    [404, '{"message":"No such container"}', { stopped: true, message: 'Container shop-db-1 is no longer there.' }],
    [
      500,
      '{"message":"cannot stop container: permission denied"}',
      { stopped: false, message: 'Container shop-db-1 was not stopped: cannot stop container: permission denied.' },
    ],
    [503, 'busy', { stopped: false, message: 'Container shop-db-1 was not stopped: HTTP 503.' }],
  ])('says how it went when the engine answers %i', async (status, body, outcome) => {
    const { socket, asked } = await engine(
      (_request, response) => void response.writeHead(status).end(body || undefined),
    );

    expect(await stopContainer(container(socket))).toEqual(outcome);
    expect(asked).toEqual([`POST /containers/${container(socket).id}/stop?t=10`]);
  });

  it('says how to do it by hand when the engine does not answer', async () => {
    const { socket } = await engine(() => {});
    expect(await stopContainer(container(socket), { timeoutMs: 100 })).toEqual({
      stopped: false,
      message: `Container shop-db-1 was not stopped: ${socket} did not answer in time. Try: docker stop shop-db-1`,
    });
  });
});

describe('the arguments of docker-proxy', () => {
  const recorded =
    '/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 5432 -container-ip 172.18.0.2 -container-port 5432 -use-listen-fd';

  it('name the published port and its target', () => {
    expect(parseProxyArguments(recorded.split(' '))).toEqual({
      hostAddress: '0.0.0.0',
      hostPort: 5432,
      containerAddress: '172.18.0.2',
      containerPort: 5432,
    });
    const rootless =
      'rootlesskit-docker-proxy --proto=tcp --host-ip=:: --host-port=80 --container-ip=fd00::2 --container-port=8080';
    expect(parseProxyArguments(rootless.split(' '))).toMatchObject({
      hostAddress: '::',
      hostPort: 80,
      containerPort: 8080,
    });
  });

  it.each([
    ['another program', 'node -host-port 5432 -container-port 5432'],
    ['a proxy for UDP', recorded.replace('tcp', 'udp')],
    ['a proxy without ports', 'docker-proxy -proto tcp'],
    ['a proxy with a port that is none', recorded.replace('-host-port 5432', '-host-port 70000')],
    ['nothing', ''],
  ])('tell nothing of %s', (_name, command) => {
    expect(parseProxyArguments(command.split(' '))).toBeUndefined();
  });
});

describe('the sockets to ask', () => {
  it('begin with the one of the environment, and are never on the network', () => {
    const home = { HOME: '/home/ada', XDG_RUNTIME_DIR: '/run/user/7' };
    const sockets = engineSockets({ ...home, DOCKER_HOST: 'unix:///srv/docker.sock' });
    expect(sockets.slice(0, 4)).toEqual([
      '/srv/docker.sock',
      '/var/run/docker.sock',
      '/run/user/7/docker.sock',
      '/home/ada/.docker/run/docker.sock',
    ]);
    expect(sockets).toContain('/run/user/7/podman/podman.sock');
    expect(engineSockets({ ...home, DOCKER_HOST: 'tcp://10.0.0.5:2375' })[0]).toBe('/var/run/docker.sock');
    expect(engineSockets({ ...home, DOCKER_HOST: 'unix:///var/run/docker.sock' })[1]).toBe('/run/user/7/docker.sock');
  });
});
