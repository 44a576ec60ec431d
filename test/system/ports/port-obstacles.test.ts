import { createPlatform } from '../../../src/main/platform/platform.ts';
import type { Obstacle } from '../../../src/core/model/port-owner.ts';
import { execFile, execFileSync } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tryBind } from '../../../src/system/ports/bind-test.ts';
import { readPortSockets } from '../../../src/system/linux/socket-table.ts';
import type { ObstacleFacts } from '../../../src/system/platform.ts';
import { judgeObstacles, portObstacles } from '../../../src/system/ports/port-obstacles.ts';
import { createPorts } from '../../../src/system/ports/ports.ts';
import { freePort } from '../../helpers/free-port.ts';
import { context, startFixture, startProgram } from './port-fixture.ts';

const isRoot = process.getuid?.() === 0;
const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

const platform = createPlatform();

async function obstaclesOf(port: number, options?: { readonly host: string }): Promise<Obstacle[]> {
  return portObstacles(await createPorts(platform).use(port, context()), {
    sockets: platform.sockets,
    host: options?.host,
  });
}

/** The same, as another program sees it: an unprivileged user, or one in another namespace. */
async function obstaclesFrom(command: readonly string[], port: number): Promise<Obstacle[]> {
  const [program = '', ...args] = command;
  const script = new URL('../../fixtures/state/port-obstacles.mjs', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(program, [...args, process.execPath, script, String(port)]);
  return JSON.parse(stdout) as Obstacle[];
}

/** Runs Python until it has printed a port, and then on until the test ends. */
async function python(lines: readonly string[]): Promise<number> {
  const script = ['import socket, time', ...lines, 'time.sleep(600)'].join('\n');
  const { printed } = await startProgram('python3', ['-c', script]);
  return printed[0]!;
}

/** A server with one connection, c the client's end of it and a the server's. */
const connected = (options: { readonly reusable: boolean }) => [
  `s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, ${Number(options.reusable)})`,
  "s.bind(('127.0.0.1', 0)); s.listen(); c = socket.create_connection(s.getsockname()); a, _ = s.accept()",
];

describe('a port without a listener', () => {
  it('has no obstacle when it is free', async () => {
    expect(await obstaclesOf(await freePort())).toEqual([]);
  });

  it('is reported as bound when a program has bound it without listening', async () => {
    const port = await python(["s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)"]);

    const obstacles = await obstaclesOf(port);

    expect(obstacles).toMatchObject([{ kind: 'bound', blocks: true }]);
    expect(obstacles[0]?.message).toContain(`bound port ${port} without listening`);
  });

  it('is judged by the address that the service binds', async () => {
    const port = await python(["s = socket.socket(); s.bind(('127.0.0.2', 0)); print(s.getsockname()[1], flush=True)"]);

    expect(await obstaclesOf(port, { host: '127.0.0.2' })).toMatchObject([{ kind: 'bound' }]);
    expect(await obstaclesOf(port, { host: 'localhost' })).toEqual([]);
    expect(await obstaclesOf(port)).toMatchObject([{ kind: 'bound' }]);
  });

  it('is reported with the program and the remote end when it belongs to a connection', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const far = (server.address() as AddressInfo).port;
    const socket = connect(far, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => socket.once('connect', resolve));

    const obstacles = await obstaclesOf(socket.localPort!);

    expect(obstacles).toMatchObject([{ kind: 'outgoing', blocks: true }]);
    expect(obstacles[0]?.message).toContain(`(pid ${process.pid}) to 127.0.0.1:${far}`);
    expect(obstacles[0]?.wayOut).toContain('free when that connection ends');
  });

  it('is no obstacle when its server closed connections just now, but some servers have to wait', async () => {
    const closing = ['print(s.getsockname()[1], flush=True)', 'a.close(); c.close(); s.close()'];
    const port = await python([...connected({ reusable: true }), ...closing]);
    await expect.poll(() => readPortSockets(port).map(({ state }) => state)).toEqual(['waiting']);

    const obstacles = await obstaclesOf(port);

    expect(obstacles).toMatchObject([{ kind: 'time wait', blocks: false }]);
    expect(obstacles[0]?.message).toMatch(/SO_REUSEADDR cannot use it for (60|5\d) s more/);
  });

  it.each([
    ['its server closed connections that it may not reuse', 's', 'a.close(); c.close(); s.close()'],
    ['a connection that went out from it was closed', 'c', 'c.close(); a.close(); s.close()'],
  ])('is kept back by the system for a minute when %s', async (_name, end, close) => {
    const closing = [`print(${end}.getsockname()[1], flush=True)`, close];
    const port = await python([...connected({ reusable: false }), ...closing]);
    await expect.poll(() => readPortSockets(port).map(({ state }) => state)).toEqual(['waiting']);

    const obstacles = await obstaclesOf(port);

    expect(obstacles).toMatchObject([{ kind: 'time wait', blocks: true }]);
    expect(obstacles[0]?.wayOut).toMatch(/Try again in (60|5\d) s, or take another port/);
  });

  it.runIf(isRoot)('is reported as privileged to a user who may not use it, and not to root', async () => {
    const port = await unusedPrivilegedPort();

    expect(await obstaclesFrom(asNobody, port)).toMatchObject([
      { kind: 'privileged', blocks: true, wayOut: expect.stringContaining(`ip_unprivileged_port_start=${port}`) },
    ]);
    expect(await obstaclesFrom(['env'], port)).toEqual([]);
  });

  it.runIf(isRoot && mayMakeNetworks())('is reported as reserved, which does not prevent its use', async () => {
    const reserve = 'echo 3000,4000-4010 > /proc/sys/net/ipv4/ip_local_reserved_ports; exec "$@"';
    const inNetwork = ['unshare', '--net', 'sh', '-c', reserve, 'sh'];
    expect(await obstaclesFrom(inNetwork, 4010)).toMatchObject([{ kind: 'reserved', blocks: false }]);
    expect(await obstaclesFrom(inNetwork, 3000)).toMatchObject([{ kind: 'reserved', blocks: false }]);
    expect(await obstaclesFrom(inNetwork, 4011)).toEqual([]);
  });
});

describe('a port with a listener', () => {
  it('has no obstacle but its owner', async () => {
    const { printed } = await startFixture('hold-port.mjs', [0]);
    expect(await obstaclesOf(printed[0]!)).toEqual([]);
  });

  it.runIf(isRoot)('is reported with the user when its owner belongs to another user', async () => {
    const { printed } = await startFixture('hold-port.mjs', [0]);

    const obstacles = await obstaclesFrom(asNobody, printed[0]!);

    expect(obstacles).toMatchObject([{ kind: 'hidden', blocks: true }]);
    expect(obstacles[0]?.message).toContain('A process of root listens on ');
    expect(obstacles[0]?.wayOut).toContain(`sudo ss -ltnp "sport = :${printed[0]}"`);
  });

  it.runIf(isRoot && mayMakeNetworks())(
    'is reported as outside of the container when its owner has no pid here',
    async () => {
      const { printed } = await startFixture('hold-port.mjs', [0]);
      const inContainer = ['unshare', '--pid', '--fork', '--mount-proc'];
      const obstacles = await obstaclesFrom(inContainer, printed[0]!);
      expect(obstacles).toMatchObject([{ kind: 'hidden', blocks: true }]);
      expect(obstacles[0]?.message).toContain('A process outside of this container');
    },
  );
});

describe('the verdict on an obstacle', () => {
  const facts: ObstacleFacts = {
    hiddenUids: [],
    ourUid: 1000,
    connections: [],
    timeWaitMs: undefined,
    unprivilegedFrom: 1024,
    isPrivileged: false,
    isReserved: false,
    ephemeral: { from: 32_768, to: 60_999 },
  };
  const free = (port: number) => ({ port, addresses: [], owners: [] });

  it('names a policy when the system refuses a port that is not privileged', () => {
    expect(judgeObstacles(free(3000), 'not permitted', facts)).toMatchObject([{ kind: 'forbidden', blocks: true }]);
    expect(judgeObstacles(free(80), 'not permitted', undefined)).toMatchObject([{ kind: 'forbidden' }]);
  });

  it('names the connection rather than closed ones, and a hidden program as such', () => {
    const connections = [{ remote: '[2001:db8::1]:443', program: undefined }];
    const [obstacle] = judgeObstacles(free(40_000), 'taken', { ...facts, connections, timeWaitMs: 1000 });
    expect(obstacle?.message).toBe(
      'Port 40000 is the local end of a connection from a process hidden from this user to [2001:db8::1]:443; the system lends the ports 32768–60999 to such connections.',
    );
    const [lent] = judgeObstacles(free(5000), 'taken', { ...facts, connections });
    expect(lent?.message).not.toContain('lends');
  });

  it('puts blocking obstacles before harmless ones', () => {
    const obstacles = judgeObstacles(free(80), 'not permitted', { ...facts, isReserved: true, timeWaitMs: 100 });
    expect(obstacles.map(({ kind, blocks }) => [kind, blocks])).toEqual([
      ['privileged', true],
      ['time wait', false],
      ['reserved', false],
    ]);
  });

  it('says that an unknown program has the port when the system does not name one', () => {
    expect(judgeObstacles(free(5000), 'taken', undefined)).toMatchObject([{ kind: 'bound' }]);
    const use = { port: 5000, addresses: ['0.0.0.0', '::'], owners: [] };
    const [obstacle] = judgeObstacles(use, 'taken', undefined);
    expect(obstacle?.message).toContain('another user listens on 0.0.0.0 and ::');
    expect(obstacle?.wayOut).toContain('sudo lsof -nP -iTCP:5000 -sTCP:LISTEN');
  });
});

async function unusedPrivilegedPort(): Promise<number> {
  for (let port = 1023; port > 0; port -= 1) if ((await tryBind(port)) === 'free') return port;
  throw new Error('every privileged port is in use');
}

function mayMakeNetworks(): boolean {
  try {
    const [unshare, ...args] = ['unshare', '--net', '--pid', '--fork', '--mount-proc', 'true'] as const;
    execFileSync(unshare, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
