import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPlatform } from '../../../src/main/platform/platform.ts';
import { isFree, whyNotFree } from '../../../src/core/model/port-facts.ts';
import { createPorts } from '../../../src/system/ports/ports.ts';
import { freePort } from '../../helpers/free-port.ts';
import { context, fixturePath, identityOf, startFixture, startProgram, temporaryFolder } from './port-fixture.ts';

const ports = createPorts(createPlatform());

describe('the owner of a port', () => {
  it('has a name, command, folder, user, age, parents and address', async () => {
    const cwd = temporaryFolder();
    const { pid, printed } = await startFixture('hold-port.mjs', [], { cwd });
    const port = printed[0]!;

    const use = await ports.use(port, context());

    expect(use).toMatchObject({ port, addresses: ['127.0.0.1'] });
    expect(use.owners).toHaveLength(1);
    const [owner] = use.owners;
    expect(owner).toMatchObject({
      ...identityOf(pid),
      name: 'node',
      command: `${process.execPath} ${fixturePath('hold-port.mjs')}`,
      cwd,
      uid: process.getuid!(),
      listening: [{ address: '127.0.0.1', port }],
      verdict: 'foreign',
      refusal: null,
    });
    expect(owner!.parents[0]!.pid).toBe(process.pid);
    expect(Math.abs(Date.now() - Date.parse(owner!.startedAt!))).toBeLessThan(10_000);
  });

  it('finds the server behind a shell, and the shell among its parents', async () => {
    const shell = await startProgram('sh', ['-c', `"${process.execPath}" "${fixturePath('hold-port.mjs')}"; true`]);

    const { owners } = await ports.use(shell.printed[0]!, context());

    expect(owners.map((owner) => owner.name)).toEqual(['node']);
    expect(owners[0]!.parents[0]).toEqual({ pid: shell.pid, name: 'sh' });
  });

  it('lists every process of a pool that shares one listener', async () => {
    const pool = await startFixture('hold-port-workers.mjs');
    const [port, ...workers] = pool.printed;

    const { addresses, owners } = await ports.use(port!, context());

    expect(addresses).toEqual(['127.0.0.1']);
    expect(pidsOf(owners)).toEqual([pool.pid, ...workers].sort((a, b) => a - b));
  });

  it('lists two programs that share the port by SO_REUSEPORT', async () => {
    const first = await startFixture('hold-port.mjs', ['127.0.0.1', 0, 'reuse']);
    const second = await startFixture('hold-port.mjs', ['127.0.0.1', first.printed[0]!, 'reuse']);

    const { owners } = await ports.use(first.printed[0]!, context());

    expect(pidsOf(owners)).toEqual([first.pid, second.pid].sort((a, b) => a - b));
  });

  it('distinguishes a program on IPv4 from another one on IPv6 of the same port', async () => {
    const four = await startFixture('hold-port.mjs', ['127.0.0.1']);
    const port = four.printed[0]!;
    const six = await startFixture('hold-port.mjs', ['::1', port]);

    const { addresses, owners } = await ports.use(port, context());

    expect(addresses).toEqual(['127.0.0.1', '::1']);
    expect(owners.find((owner) => owner.pid === four.pid)?.listening).toEqual([{ address: '127.0.0.1', port }]);
    expect(owners.find((owner) => owner.pid === six.pid)?.listening).toEqual([{ address: '::1', port }]);
  });

  it.each(['0.0.0.0', '127.0.0.1', '127.0.0.2', '::', '::1', '::ffff:127.0.0.1'])(
    'sees a listener on %s',
    async (host) => {
      const { pid, printed } = await startFixture('hold-port.mjs', [host]);

      const { addresses, owners } = await ports.use(printed[0]!, context());

      expect(addresses).toEqual([host]);
      expect(pidsOf(owners)).toEqual([pid]);
      expect(ports.isListening(printed[0]!)).toBe(true);
    },
  );

  it('lists the other ports of the owner, the port in question first', async () => {
    const servers = await Promise.all([listen(), listen()]);
    const [low, high] = servers.map(portOf).sort((a, b) => a - b);

    const { owners } = await ports.use(high!, context());

    const listening = owners[0]!.listening.map((socket) => socket.port);
    expect(listening[0]).toBe(high);
    expect(listening).toContain(low);
  });

  it('never lists a client that is connected to the port', async () => {
    const server = await startFixture('hold-port.mjs');
    await startFixture('connect-port.mjs', [server.printed[0]!]);

    const { owners } = await ports.use(server.printed[0]!, context());

    expect(pidsOf(owners)).toEqual([server.pid]);
  });

  it('sees no listener on the local port of a connection', async () => {
    const server = await startFixture('hold-port.mjs');
    const client = await startFixture('connect-port.mjs', [server.printed[0]!]);

    expect(await ports.use(client.printed[0]!, context())).toMatchObject({ addresses: [], owners: [] });
    expect(ports.isListening(client.printed[0]!)).toBe(false);
  });

  it('ignores UDP on the same port', async () => {
    const server = await startFixture('hold-port.mjs');
    await startFixture('udp-port.mjs', [server.printed[0]!]);

    expect(pidsOf((await ports.use(server.printed[0]!, context())).owners)).toEqual([server.pid]);
  });

  it('is found and stopped for datagrams on request, and listeners by TCP are left alone', async () => {
    const server = await startFixture('hold-port.mjs');
    const port = server.printed[0]!;
    const datagrams = await startFixture('udp-port.mjs', [port]);

    const use = await ports.examine(port, context(), { protocol: 'udp' });
    expect(use).toMatchObject({
      protocol: 'udp',
      owners: [{ pid: datagrams.pid, listening: [{ port, protocol: 'udp' }] }],
    });
    expect((await ports.examine(port, context(), { protocol: 'either' })).owners).toMatchObject([{ pid: server.pid }]);

    const outcome = await ports.kill(port, use.owners, { graceMs: 5_000, context: context(), isUdp: true });
    expect(outcome).toMatchObject({ freed: true, signalled: [{ pid: datagrams.pid }] });
    expect((await ports.examine(port, context(), { protocol: 'udp' })).addresses).toEqual([]);
    expect(ports.isListening(port)).toBe(true);
  });

  it('is not confused by a process named "pid=1,x"', async () => {
    const program = `process.title = 'pid=1,x'; require(${JSON.stringify('net')}).createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })`;
    const { pid, printed } = await startProgram(process.execPath, ['-e', program]);

    const { owners } = await ports.use(printed[0]!, context());

    expect(owners).toMatchObject([{ pid, name: 'pid=1,x' }]);
  });

  it('lets no escape sequence of a process name through', async () => {
    const command = `exec -a $'\\e]0;X\\a' "${process.execPath}" "${fixturePath('hold-port.mjs')}"`;
    const { printed } = await startProgram('bash', ['-c', command]);

    const [owner] = (await ports.use(printed[0]!, context())).owners;

    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(JSON.stringify(owner)).not.toMatch(/\\u00|[\u0000-\u001f]/);
    expect(owner!.command).toContain(']0;X');
  });

  it('finds owners without any program on the PATH', async () => {
    const { pid, printed } = await startFixture('hold-port.mjs');
    const path = process.env['PATH'];
    onTestFinished(() => {
      process.env['PATH'] = path;
    });
    process.env['PATH'] = '/nonexistent';

    expect(pidsOf((await ports.use(printed[0]!, context())).owners)).toEqual([pid]);
  });
});

describe('the relation of the owner to us', () => {
  it('is ours when it is a process of this session', async () => {
    const { pid, printed } = await startFixture('hold-port.mjs', [], {
      env: { DEV_SESSION: 'a', DEV_SERVICE: 'web' },
    });

    const { owners } = await ports.use(printed[0]!, context({ ours: new Set([pid]) }));

    expect(owners).toMatchObject([{ verdict: 'ours', meaning: 'The service "web" of this session holds it.' }]);
  });

  it('is left over when an earlier session recorded its pid and start time', async () => {
    const { pid, printed } = await startFixture('hold-port.mjs');

    const { owners } = await ports.use(printed[0]!, context({ recorded: [identityOf(pid)] }));

    expect(owners).toMatchObject([{ verdict: 'left over', refusal: null }]);
  });

  it('is not left over when only the pid matches the record', async () => {
    const { pid, printed } = await startFixture('hold-port.mjs');
    const recorded = [{ pid, startTicks: identityOf(pid).startTicks - 1 }];

    expect((await ports.use(printed[0]!, context({ recorded }))).owners).toMatchObject([{ verdict: 'foreign' }]);
  });

  it('belongs to the other project whose folder it runs in', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, '.project.config'), 'name: "shop" # ours\nservices: {}\n');
    mkdirSync(join(root, 'web'));
    const { printed } = await startFixture('hold-port.mjs', [], { cwd: join(root, 'web') });

    const [owner] = (await ports.use(printed[0]!, context())).owners;

    expect(owner).toMatchObject({ verdict: 'other project', project: { name: 'shop', root, branch: null } });
    expect(owner!.meaning).toContain('project shop');
  });

  it('belongs to another session when its environment says so', async () => {
    const { printed } = await startFixture('hold-port.mjs', [], { env: { DEV_SESSION: 'b', DEV_SERVICE: 'api' } });

    expect((await ports.use(printed[0]!, context())).owners).toMatchObject([
      { verdict: 'other project', meaning: expect.stringContaining('The service "api" of another devdeck session') },
    ]);
  });

  it('is never offered as a target when it is this very process', async () => {
    const server = await listen();

    expect((await ports.use(portOf(server), context())).owners).toMatchObject([
      { pid: process.pid, refusal: 'it is devdeck itself' },
    ]);
  });

  it.runIf(process.getuid?.() === 0)('does not keep root from stopping it', async () => {
    const { printed } = await startProgram('setpriv', [...NOBODY, process.execPath, fixturePath('hold-port.mjs')], {
      cwd: '/',
    });

    expect((await ports.use(printed[0]!, context())).owners).toMatchObject([
      { user: 'nobody', uid: 65_534, verdict: 'foreign', refusal: null },
    ]);
  });

  it.runIf(process.getuid?.() === 0)('is hidden, not free, when it belongs to another user', async () => {
    const server = await startFixture('hold-port.mjs');

    const seen = await useAsNobody(server.printed[0]!);

    expect(seen).toMatchObject({ port: server.printed[0], addresses: ['127.0.0.1'], owners: [] });
  });

  it.runIf(process.getuid?.() === 0)('is reported as in a container when it has its own pids', async () => {
    const { printed } = await startProgram('unshare', [
      '--pid',
      '--fork',
      process.execPath,
      fixturePath('hold-port.mjs'),
    ]);

    const [owner] = (await ports.use(printed[0]!, context())).owners;

    expect(owner).toMatchObject({ verdict: 'container' });
    expect(owner!.refusal).toContain('stop the container');
  });
});

describe('the next free port', () => {
  it('is the wanted one when that is free', async () => {
    const port = await quietPort();
    expect(await ports.nextFree(port, { from: port, to: port + 5 }, new Set())).toBe(port);
    expect(await ports.nextFree(port, { from: port, to: port + 5 }, new Set())).toBe(port);
  });

  it.each(['127.0.0.1', '0.0.0.0', '::1', '::'])('skips a port with a listener on %s', async (host) => {
    const port = portOf(await listen(host));

    const next = await ports.nextFree(port, { from: port, to: port + 20 }, new Set());

    expect(next).toBeGreaterThan(port);
    expect(next).toBeLessThanOrEqual(port + 20);
  });

  it('skips ports that were promised to others, and wraps at the end of the range', async () => {
    const port = await quietPort();
    const taken = new Set([port + 1, port + 2]);

    expect(await ports.nextFree(port + 2, { from: port, to: port + 2 }, taken)).toBe(port);
  });

  it('leaves the range only when it is used up, and then gives the same answer twice', async () => {
    const port = portOf(await listen());
    const range = { from: port, to: port };

    const next = await ports.nextFree(port, range, new Set());

    expect(next).toBeGreaterThanOrEqual(10_000);
    expect(next).toBeLessThan(32_768);
    expect(await ports.nextFree(port, range, new Set())).toBe(next);
  });

  it('prefers ports outside of the range for outgoing connections', async () => {
    const lowestLent = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/)[0]);
    const range = { from: lowestLent - 50, to: lowestLent + 50 };

    expect(await ports.nextFree(lowestLent, range, new Set([lowestLent]))).toBeLessThan(lowestLent);
  });
});

describe('a port', () => {
  it('is free when the system would give it', async () => {
    expect(await ports.isFree(await quietPort())).toBe(true);
  });

  it('is not free with a listener, or while an outgoing connection has it', async () => {
    const server = await listen();
    const socket = await connectTo(portOf(server));

    expect(await ports.isFree(portOf(server))).toBe(false);
    expect(await ports.isFree(socket.localPort!)).toBe(false);
  });
});

const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];

/** What a process of another user is told about the port. */
async function useAsNobody(port: number): Promise<unknown> {
  const { execa } = await import('execa');
  const program = `const { createPorts } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/system/ports/ports.ts'))});
    const { createPlatform } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/main/platform/platform.ts'))});
    console.log(JSON.stringify(await createPorts(createPlatform()).use(${port}, { root: '/nowhere', ours: new Set(), recorded: [] })));`;
  const { stdout } = await execa('setpriv', [...NOBODY, process.execPath, '--input-type=module', '-e', program], {
    cwd: '/',
  });
  return JSON.parse(stdout);
}

function pidsOf(owners: readonly { readonly pid: number }[]): number[] {
  return owners.map((owner) => owner.pid).sort((a, b) => a - b);
}

async function listen(host = '127.0.0.1'): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen({ host, port: 0, ipv6Only: host === '::' }, resolve));
  return server;
}

async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return socket;
}

/** A free port that no outgoing connection is given meanwhile. */
async function quietPort(): Promise<number> {
  const port = portOf(await listen());
  return ports.nextFree(port, { from: port, to: port }, new Set());
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

describe('the look before a start', () => {
  const examine = (port: number, options = {}) => createPorts(createPlatform()).examine(port, context(), options);

  it('names the owner of a taken port, and stops there', async () => {
    const { pid, printed } = await startFixture('hold-port.mjs', [0]);
    const use = await examine(printed[0]!);
    expect(use).toMatchObject({ owners: [{ pid }] });
    expect(use.obstacles).toBeUndefined();
  });

  it('finds nothing for a free port', async () => {
    const port = await freePort();
    expect(await examine(port)).toEqual({ port, addresses: [], owners: [] });
  });

  it('names the connection that has the port as its local end', async () => {
    const { printed } = await startFixture('hold-port.mjs', [0]);
    const client = connect(printed[0]!, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    await once(client, 'connect');
    const use = await examine(client.localPort!);
    expect(use).toMatchObject({ addresses: [], obstacles: [{ kind: 'outgoing', blocks: true }] });
    expect(isFree(use)).toBe(false);
    expect(whyNotFree(use)).toMatch(/^port \d+ is the local end of a connection from /);
  });

  it('binds a port that the tables show free only when it is asked to be thorough', async () => {
    const script =
      "import socket, time; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); time.sleep(600)";
    const { printed } = await startProgram('python3', ['-c', script]);
    expect(isFree(await examine(printed[0]!))).toBe(true);
    expect(await examine(printed[0]!, { thorough: true })).toMatchObject({ obstacles: [{ kind: 'bound' }] });
  });
});
