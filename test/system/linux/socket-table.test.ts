import { createServer, connect, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  hasListener,
  parseSocketLine,
  readConnections,
  readListeners,
  readSockets,
  socketInodes,
} from '../../../src/system/linux/socket-table.ts';

// Recorded on little-endian machines.
const WILDCARD =
  '   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 25863 1 00000000663793aa 100 0 0 10 0';
const CONNECTED =
  ' 112: 0100007F:1F90 0100007F:A2C4 01 00000000:00000000 00:00000000 00000000     0        0 25864 1 0000000053a1b2c3 20 4 30 10 -1';
const LOOPBACK_6 =
  '   1: 00000000000000000000000001000000:1538 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 31337 1 000000000badcafe 100 0 0 10 0';
const MAPPED =
  '   2: 0000000000000000FFFF00000100007F:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 42 1 000000000badcafe 100 0 0 10 0';
const LINK_LOCAL =
  '   3: 000080FE00000000FF005450B6AD1DFE:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 43 1 000000000badcafe 100 0 0 10 0';
const HEADING = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

describe('a line of the socket table', () => {
  it.each([
    ['a wildcard', WILDCARD, 4, { address: '0.0.0.0', port: 8080, inode: 25_863, uid: 1000, family: 4 }],
    ['IPv6 loopback', LOOPBACK_6, 6, { address: '::1', port: 5432, inode: 31_337, uid: 999, family: 6 }],
    ['IPv4 through IPv6', MAPPED, 6, { address: '::ffff:127.0.0.1', port: 3000, inode: 42, uid: 0, family: 6 }],
    [
      'a link-local address',
      LINK_LOCAL,
      6,
      { address: 'fe80::5054:ff:fe1d:adb6', port: 3000, inode: 43, uid: 0, family: 6 },
    ],
  ] as const)('tells %s with its port, inode and user', (_name, line, family, row) => {
    expect(parseSocketLine(line, family, ['0A'])).toEqual({ state: '0A', row });
  });

  it('is left out when it has another state or is the heading', () => {
    expect(parseSocketLine(CONNECTED, 4, ['0A'])).toBeUndefined();
    expect(parseSocketLine(CONNECTED, 4, ['0A', '01'])?.row.address).toBe('127.0.0.1');
    expect(parseSocketLine(HEADING, 4, ['0A'])).toBeUndefined();
    expect(parseSocketLine('', 4, ['0A'])).toBeUndefined();
  });
});

describe('the socket table of this machine', () => {
  it('holds all listeners, also more than fit into one read', async () => {
    const ports = await Promise.all(Array.from({ length: 40 }, (_, index) => listen(index % 2 ? '127.0.0.1' : '::1')));

    const listening = readListeners().map((row) => row.port);

    expect(ports.filter((port) => !listening.includes(port))).toEqual([]);
    expect(ports.every(hasListener)).toBe(true);
  });

  it('distinguishes listeners from connections, in one pass or two', async () => {
    const port = await listen('127.0.0.1');
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await new Promise<void>((resolve) => socket.once('connect', resolve));

    const { listeners, connections } = readSockets();

    expect(listeners.filter((row) => row.port === port)).toHaveLength(1);
    expect(connections.some((row) => row.port === socket.localPort)).toBe(true);
    expect(connections.some((row) => row.port === port)).toBe(true);
    expect(readConnections().some((row) => row.port === socket.localPort)).toBe(true);
    expect(hasListener(socket.localPort!)).toBe(false);
  });

  it('lists the open sockets of a process, and says when the process has ended', async () => {
    const port = await listen('127.0.0.1');
    const row = readListeners().find((listener) => listener.port === port);

    expect(socketInodes(process.pid)?.has(row!.inode)).toBe(true);
    expect(socketInodes(2 ** 22 + 1)).toBeUndefined();
  });
});

async function listen(host: string): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}
