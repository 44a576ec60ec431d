import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createPorts } from '../../../src/system/ports/ports.ts';
import { parseLsof, parseNetstat } from '../../../src/system/portable/lsof.ts';
import { createPortableMachine, type Programs } from '../../../src/system/portable/port-owners.ts';
import { parsePs } from '../../../src/system/portable/ps.ts';
import { context, startFixture } from '../ports/port-fixture.ts';

// As macOS 15 prints them.
const LSOF = [
  'p812',
  'f23',
  'tIPv4',
  'n127.0.0.1:8000',
  'f24',
  'tIPv6',
  'n[::1]:8000',
  'p813',
  'f23',
  'tIPv4',
  'n127.0.0.1:8000',
  'f9',
  'tIPv6',
  'n*:8000',
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
const PS = `    1     0     0 Ss   Sat Nov 22 08:00:01 2025 /sbin/launchd
  600     1   501 S    Sat Nov 22 08:59:00 2025 /bin/zsh
  812   600   501 S+   Sat Nov 22 09:00:00 2025 /opt/homebrew/bin/node
  900   812   501 Z    Sat Nov  1 09:00:05 2025 (node)
`;

describe('what lsof, netstat and ps print', () => {
  it('is read as one listener per address, with all its owners', () => {
    expect(parseLsof(LSOF)).toEqual([
      { address: '127.0.0.1', port: 8000, pids: [812, 813] },
      { address: '::1', port: 8000, pids: [812] },
      { address: '::', port: 8000, pids: [813] },
    ]);
  });

  it('is read for listeners alone, not for connections or UDP', () => {
    expect(parseNetstat(NETSTAT).map(({ address, port }) => `${address} ${port}`)).toEqual([
      '127.0.0.1 8000',
      '::1 8000',
      ':: 8000',
      '0.0.0.0 5000',
      'fe80::1%lo0 49152',
    ]);
  });

  it('is read for parents, users, start times and zombies', () => {
    expect(parsePs(PS)).toEqual([
      { pid: 1, ppid: 0, uid: 0, alive: true, startTicks: Date.UTC(2025, 10, 22, 8, 0, 1) / 1000, name: 'launchd' },
      { pid: 600, ppid: 1, uid: 501, alive: true, startTicks: Date.UTC(2025, 10, 22, 8, 59) / 1000, name: 'zsh' },
      { pid: 812, ppid: 600, uid: 501, alive: true, startTicks: Date.UTC(2025, 10, 22, 9) / 1000, name: 'node' },
      {
        pid: 900,
        ppid: 812,
        uid: 501,
        alive: false,
        startTicks: Date.UTC(2025, 10, 1, 9, 0, 5) / 1000,
        name: '(node)',
      },
    ]);
  });
});

describe('the portable port desk', () => {
  it('shows the owner that lsof names, with its folder, session and parents', async () => {
    const ports = createPorts({
      machine: createPortableMachine(recorded({ lsof: 'p812\nf23\ntIPv4\nn127.0.0.1:8000\n' })),
    });

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

  it('shows addresses whose owner lsof does not name', async () => {
    const ports = createPorts({ machine: createPortableMachine(recorded({ lsof: '' })), engineSockets: [] });

    const use = await ports.use(5000, context());
    expect(use).toMatchObject({ port: 5000, addresses: ['0.0.0.0'], owners: [], behind: { container: undefined } });
    expect(ports.isListening(5000)).toBe(true);
    expect(ports.isListening(52_114)).toBe(false);
  });

  it('asks find-process where lsof is missing, and only about a port with a listener', async () => {
    const asked: number[] = [];
    const machine = createPortableMachine({
      ...recorded({ lsof: undefined }),
      findProcess: async (port) => {
        asked.push(port);
        return [812];
      },
    });

    expect(await machine.holders(8000, [812, 813])).toEqual([812]);
    expect(await machine.holders(52_114, [812])).toEqual([]);
    expect(asked).toEqual([8000]);
  });

  it.skipIf(spawnSync('lsof', ['-v']).error)('finds and frees a real port through the real lsof and ps', async () => {
    const ports = createPorts({ machine: createPortableMachine() });
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
    if (args.includes('args=')) return args[0] === '-ww' ? 'node server.js\n' : 'node server.js HOME=/Users/ann\n';
    const pid = args[args.indexOf('-p') + 1];
    return args.includes('-p') ? PS.split('\n').find((line) => line.trimStart().startsWith(`${pid} `)) : PS;
  };
  return {
    run: async (program, args) => answer(program, args),
    runSync: answer,
    findProcess: async () => [],
  };
}
