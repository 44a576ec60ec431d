import { spawnSync } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import { createPlatform } from '../../../src/main/platform/platform.ts';
import { parseLsof } from '../../../src/system/portable/lsof.ts';
import { createPortablePlatform } from '../../../src/system/portable/portable.ts';
import { parsePs, parseTexts, toEnviron } from '../../../src/system/portable/ps.ts';
import { createProcessTree } from '../../../src/system/process/process-tree.ts';
import { createTreeUsage } from '../../../src/system/process/tree-usage.ts';
import { createProcesses } from '../../../src/system/process/processes.ts';
import { fixture, fixturePath, shell, spawner } from '../process/spawned.ts';

// Recorded with `LC_ALL=C TZ=UTC ps -axo pid=,ppid=,pgid=,state=,lstart=,time=,rss=,comm=`.
const MACOS = `    1     0     1 Ss   Mon Sep  1 07:03:12 2025      12:34.56  18832 /sbin/launchd
  501     1   501 S    Mon Sep  1 07:05:44 2025       0:07.10  41216 /Applications/Visual Studio Code.app/Contents/MacOS/Electron
 4242   501  4242 S+   Thu Sep 11 18:20:05 2025     101:00.25 163840 node
 4250  4242  4242 Z    Thu Sep 11 18:20:09 2025       0:00.00      0 (sh)
`;
const PROCPS = `    812       1     812 S Sun Nov 22 17:54:17 2026 1-02:03:04  3104 postgres
    900     812     812 R Sun Nov  1 07:54:17 2026 00:00:09  2320 my (odd) name
`;

describe('the process table of ps', () => {
  it('is read as macOS prints it', () => {
    expect(parsePs(MACOS)).toEqual([
      {
        pid: 1,
        ppid: 0,
        pgid: 1,
        sid: 0,
        state: 'Ss',
        startTicks: 1_756_710_192,
        cpuMs: 754_560,
        rssBytes: 19_283_968,
        threads: undefined,
        name: 'launchd',
      },
      {
        pid: 501,
        ppid: 1,
        pgid: 501,
        sid: 0,
        state: 'S',
        startTicks: 1_756_710_344,
        cpuMs: 7100,
        rssBytes: 42_205_184,
        threads: undefined,
        name: 'Electron',
      },
      {
        pid: 4242,
        ppid: 501,
        pgid: 4242,
        sid: 0,
        state: 'S+',
        startTicks: 1_757_614_805,
        cpuMs: 6_060_250,
        rssBytes: 167_772_160,
        threads: undefined,
        name: 'node',
      },
      {
        pid: 4250,
        ppid: 4242,
        pgid: 4242,
        sid: 0,
        state: 'Z',
        startTicks: 1_757_614_809,
        cpuMs: 0,
        rssBytes: 0,
        threads: undefined,
        name: '(sh)',
      },
    ]);
  });

  it('is read as procps prints it', () => {
    expect(parsePs(PROCPS)).toMatchObject([
      { pid: 812, cpuMs: ((26 * 60 + 3) * 60 + 4) * 1000, startTicks: Date.UTC(2026, 10, 22, 17, 54, 17) / 1000 },
      { pid: 900, name: 'my (odd) name', startTicks: Date.UTC(2026, 10, 1, 7, 54, 17) / 1000 },
    ]);
  });

  it.each(['', 'ps: illegal option\n', 'garbage\n1 2 3\n'])('is empty for %j', (text) =>
    expect(parsePs(text)).toEqual([]),
  );

  it('gives environments by pid', () => {
    const text = '  77 node app.js DEV_SESSION=s DEV_SERVICE=web HOME=/home/me\n  78 (kernel)\n';
    expect(toEnviron(parseTexts(text).get(77) ?? '')).toBe(
      'node\0app.js\0DEV_SESSION=s\0DEV_SERVICE=web\0HOME=/home/me',
    );
    expect([...parseTexts(text).keys()]).toEqual([77, 78]);
  });
});

// Recorded with `lsof -nP -iTCP -a -p 4242,4250 -F pnTt`.
const LSOF = `p4242
f22
tIPv4
n127.0.0.1:8000
TST=LISTEN
TQR=0
TQS=0
f23
tIPv6
n*:5173
TST=LISTEN
f24
tIPv4
n127.0.0.1:8000->127.0.0.1:51000
TST=ESTABLISHED
f25
tIPv6
n[::1]:5173->[::1]:51001
TST=CLOSE_WAIT
p4250
f3
tIPv6
n[::1]:9000
TST=LISTEN
f4
tIPv4
n*:9001
TST=LISTEN
`;

describe('the sockets of lsof', () => {
  it('are read with addresses, ports and owners', () => {
    expect(parseLsof(LSOF)).toEqual([
      { pid: 4242, address: '127.0.0.1', port: 8000, state: 'listening' },
      { pid: 4242, address: '::', port: 5173, state: 'listening' },
      { pid: 4242, address: '127.0.0.1', port: 8000, state: 'connected' },
      { pid: 4242, address: '::1', port: 5173, state: 'other' },
      { pid: 4250, address: '::1', port: 9000, state: 'listening' },
      { pid: 4250, address: '0.0.0.0', port: 9001, state: 'listening' },
    ]);
  });

  it.each(['', 'lsof: no pwd entry\n', 'TST=ESTABLISHED\nTST=LISTEN\n'])('are none for %j', (text) =>
    expect(parseLsof(text)).toEqual([]),
  );
});

describe.runIf(hasTool('ps'))('processes by ps, for real', () => {
  const spawn = spawner(createProcesses(createPlatform()));
  const platform = createPortablePlatform();
  const tree = createProcessTree(platform.processes);
  const portable = { ...tree, ...createTreeUsage(platform, tree) };

  it('finds the tree, a daemon by its token, and signals both', async () => {
    const child = spawn(fixture('daemonize.mjs', 'stay'));
    const daemon = Number((await child.saw(/daemon (\d+)/))[1]);
    const root = { ...child.root, leader: portable.identify(child.handle.identity.pid) };
    expect(portable.isAlive(root.leader)).toBe(true);
    expect(portable.members(root, { sweep: false }).map(({ pid }) => pid)).toEqual([root.leader.pid]);
    expect(portable.members(root, { sweep: true }).map(({ pid }) => pid)).toContain(daemon);
    expect(portable.signal(root, 'SIGTERM')).toBe(2);
    expect((await child.exit).signal).toBe('SIGTERM');
    await expect.poll(() => portable.members(root, { sweep: true })).toEqual([]);
    expect(portable.isAlive(root.leader)).toBe(false);
  });

  it('does not signal a process that started at another time', async () => {
    const child = spawn(shell('exec sleep 60'));
    const { pid, startTicks } = portable.identify(child.handle.identity.pid);
    const stale = { leader: { pid, startTicks: startTicks - 60 }, token: { DEV_SESSION: 'of an earlier session' } };
    expect(portable.signal(stale, 'SIGKILL')).toBe(0);
    expect(processes(child.handle.identity.pid)).toBe(1);
  });

  it.runIf(hasTool('lsof'))('tells memory, CPU and, a look later, listeners', async () => {
    const child = spawn(fixture('hold-port.mjs'));
    const port = Number((await child.saw(/^\d+$/m))[0]);
    const root = { ...child.root, leader: portable.identify(child.handle.identity.pid) };
    expect(portable.sample([root])).toMatchObject([{ pids: [root.leader.pid], cpuPercent: null, threads: 1 }]);
    await expect
      .poll(() => portable.sample([root]), { interval: 100 })
      .toMatchObject([
        { cpuPercent: expect.any(Number), listening: [{ address: '127.0.0.1', port, pid: root.leader.pid }] },
      ]);
    expect(portable.sample([root])[0]?.rssBytes).toBeGreaterThan(20_000_000);
  });

  it('lists each process of a tree with its parent and arguments', async () => {
    const child = spawn(shell(`"${process.execPath}" "${fixturePath('burn-cpu.mjs')}"; true`));
    await child.saw(/ready/);
    const root = { ...child.root, leader: portable.identify(child.handle.identity.pid) };
    const [leader, burner] = portable.inspect(root);
    expect(leader).toMatchObject({ pid: root.leader.pid, name: 'sh', threads: undefined });
    expect(burner).toMatchObject({ ppid: leader?.pid });
    expect(burner?.command).toContain('burn-cpu.mjs');
    expect(burner?.rssBytes).toBeGreaterThan(20_000_000);
  });

  function processes(pid: number): number {
    return portable.members({ leader: portable.identify(pid), token: {} }, { sweep: false }).length;
  }
});

function hasTool(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}
