import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createPorts } from '../../../src/system/ports/ports.ts';
import { parseLsof, parseNetstat, toListeners } from '../../../src/system/portable/lsof.ts';
import { createPortablePlatform } from '../../../src/system/portable/portable.ts';
import type { Programs } from '../../../src/system/portable/programs.ts';
import { context, startFixture } from '../ports/port-fixture.ts';

// As macOS 15 prints them.
const LSOF = [
  'p812',
  'f23',
  'tIPv4',
  'n127.0.0.1:8000',
  'TST=LISTEN',
  'f24',
  'tIPv6',
  'n[::1]:8000',
  'TST=LISTEN',
  'p813',
  'f23',
  'tIPv4',
  'n127.0.0.1:8000',
  'TST=LISTEN',
  'f9',
  'tIPv6',
  'n*:8000',
  'TST=LISTEN',
  '',
].join('\n');
const NETSTAT = `Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
tcp4       0      0  127.0.0.1.8000         127.0.0.1.52114        ESTABLISHED
tcp4       0      0  127.0.0.1.8000         *.*                    LISTEN
tcp6       0      0  ::1.8000               *.*                    LISTEN
tcp46      0      0  *.8000                 *.*                    LISTEN
tcp4       0      0  *.5000                 *.*                    LISTEN
tcp6       0      0  fe80::1%lo0.49152      *.*                    LISTEN
udp4       0      0  *.8000                 *.*
`;
const PS = `    1     0     1 Ss   Sat Nov 22 08:00:01 2025      12:34.56  18832 /sbin/launchd
  600     1   600 S    Sat Nov 22 08:59:00 2025       0:00.20   3120 /bin/zsh
  812   600   812 S+   Sat Nov 22 09:00:00 2025       0:07.10  41216 /opt/homebrew/bin/node
`;

describe('the output of lsof, netstat and ps', () => {
  it('is read as one listener per address, with all its owners', () => {
    expect(toListeners(parseLsof(LSOF))).toEqual([
      { address: '127.0.0.1', port: 8000, pids: [812, 813] },
      { address: '::1', port: 8000, pids: [812] },
      { address: '::', port: 8000, pids: [813] },
    ]);
  });

  it('is read for listeners, not for connections or UDP', () => {
    expect(parseNetstat(NETSTAT).map(({ address, port }) => `${address} ${port}`)).toEqual([
      '127.0.0.1 8000',
      '::1 8000',
      ':: 8000',
      '0.0.0.0 5000',
      'fe80::1%lo0 49152',
    ]);
  });
});

describe('the portable port desk', () => {
  it('shows the owner that lsof names, with its folder, session and parents', async () => {
    const ports = createPorts(
      createPortablePlatform(recorded({ lsof: 'p812\nf23\ntIPv4\nn127.0.0.1:8000\nTST=LISTEN\n' })),
    );

    const { owners } = await ports.use(8000, context());

    expect(owners).toMatchObject([
      {
        pid: 812,
        name: 'node',
        command: 'node server.js',
        cwd: '/Users/ann/nowhere',
        uid: 501,
        startedAt: '2025-11-22T09:00:00.000Z',
        parents: [
          { pid: 600, name: 'zsh' },
          { pid: 1, name: 'launchd' },
        ],
        listening: [{ address: '127.0.0.1', port: 8000 }],
      },
    ]);
  });

  it('shows addresses without an owner from lsof', async () => {
    const ports = createPorts(createPortablePlatform(recorded({ lsof: '' })), { engineSockets: [] });

    const use = await ports.use(5000, context());
    expect(use).toMatchObject({ port: 5000, addresses: ['0.0.0.0'], owners: [], behind: { container: undefined } });
    expect(ports.isListening(5000)).toBe(true);
    expect(ports.isListening(52_114)).toBe(false);
  });

  it('asks find-process when lsof is missing, and only about a port with a listener', async () => {
    const asked: number[] = [];
    const { sockets } = createPortablePlatform({
      ...recorded({ lsof: undefined }),
      findProcess: async (port) => {
        asked.push(port);
        return [812];
      },
    });

    expect(await sockets.holders(8000, [812, 813])).toEqual([812]);
    expect(await sockets.holders(52_114, [812])).toEqual([]);
    expect(asked).toEqual([8000]);
  });

  it.skipIf(spawnSync('lsof', ['-v']).error)('finds and frees a real port through the real lsof and ps', async () => {
    const ports = createPorts(createPortablePlatform());
    const { pid, printed } = await startFixture('hold-port.mjs');
    const port = printed[0]!;

    const { addresses, owners } = await ports.use(port, context());
    expect(addresses).toEqual(['127.0.0.1']);
    expect(owners).toMatchObject([{ pid, uid: process.getuid!() }]);
    expect(owners[0]!.parents[0]!.pid).toBe(process.pid);

    expect(await ports.kill(port, owners, { graceMs: 5000, context: context() })).toMatchObject({
      freed: true,
      signalled: [{ pid, signal: 'SIGTERM' }],
    });
  });
});

/** Programs that print what was recorded. */
function recorded(output: { readonly lsof: string | undefined }): Programs {
  const answer = (program: string, args: readonly string[]): string | undefined => {
    if (program === 'netstat') return NETSTAT;
    if (program === 'lsof') return args.includes('cwd') ? 'p812\nfcwd\nn/Users/ann/nowhere\n' : output.lsof;
    if (args.includes('pid=,uid=')) return '  812   501\n';
    if (args.includes('pid=,args=')) return '  812 node server.js\n';
    if (args.includes('pid=,command=')) return '  812 node server.js HOME=/Users/ann\n';
    const pid = args[args.indexOf('-p') + 1];
    return args.includes('-p') ? PS.split('\n').find((line) => line.trimStart().startsWith(`${pid} `)) : PS;
  };
  return {
    run: async (program, args) => answer(program, args),
    runSync: answer,
    findProcess: async () => [],
  };
}
