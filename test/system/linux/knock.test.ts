import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { knock } from '../../../src/system/linux/knock.ts';
import { eventually } from '../../helpers/eventually.ts';
import { freePort } from '../../helpers/free-port.ts';

/** A process that listens and takes no connection until it reads a line. */
const LISTENER = `
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
sys.stdin.readline()
connection, _ = server.accept()
print("taken", flush=True)
sys.stdin.readline()
`;

function knockOn(port: number, address = '127.0.0.1') {
  const opened = knock(port, address);
  onTestFinished(() => opened.end());
  return opened;
}

describe.runIf(process.platform === 'linux')('a knock', () => {
  it('waits until the process with the socket accepts it', async () => {
    const port = await freePort();
    const listener = spawn('python3', ['-c', LISTENER, String(port)]);
    onTestFinished(() => void listener.kill('SIGKILL'));
    await once(listener.stdout, 'data');
    const opened = knockOn(port);
    // One of two is taken, so the other shows that being taken is told apart from being connected.
    const second = knockOn(port);
    await eventually(
      'both are with the kernel',
      async () => opened.state() === 'waiting' && second.state() === 'waiting',
    );
    listener.stdin.write('\n');
    await once(listener.stdout, 'data');
    await eventually('one is taken', async () => [opened.state(), second.state()].includes('taken'));
    expect([opened.state(), second.state()].sort()).toEqual(['taken', 'waiting']);
  });

  it.each(['0.0.0.0', '127.0.0.1', '::', '::1', '::ffff:127.0.0.1'])(
    'is accepted by a server on %s',
    async (address) => {
      const server = createServer();
      onTestFinished(() => void server.close());
      server.listen(0, address);
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const opened = knockOn(port, address);
      await eventually('it is taken', async () => opened.state() === 'taken');
      opened.end();
    },
  );

  it('is accepted by a server that closes it at once', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const opened = knockOn((server.address() as AddressInfo).port);
    await eventually('it is taken', async () => opened.state() === 'taken');
  });

  it('is refused when no process listens', async () => {
    const opened = knockOn(await freePort());
    await eventually('it is refused', async () => opened.state() === 'refused');
  });
});
