import { readdirSync } from 'node:fs';

import { describe, expect, it, vi } from 'vitest';

import { createPlatform } from '../../../src/main/platform/platform.ts';
import type { ProcessReader, ProcessRow } from '../../../src/system/platform.ts';
import { createProcessTree } from '../../../src/system/process/process-tree.ts';
import { createProcesses } from '../../../src/system/process/processes.ts';
import type { ProcessIdentity, TreeRoot } from '../../../src/system/system.ts';
import { fixture, fixturePath, shell, spawner } from './spawned.ts';

const processes = createProcesses(createPlatform());
const spawn = spawner(processes);
const node = `"${process.execPath}"`;

const pidsOf = (root: TreeRoot, sweep = true) => processes.members(root, { sweep }).map(({ pid }) => pid);

describe('stopping a tree of real processes', () => {
  it('reaches the server behind a shell', async () => {
    const child = spawn(shell(`${node} "${fixturePath('hold-port.mjs')}"; true`), { tty: true });
    await child.saw(/^\d+$/m);
    const members = processes.members(child.root, { sweep: false });
    expect(members[0]).toMatchObject(child.handle.identity);
    expect(members.map(({ name }) => name)).toEqual(['sh', 'node']);
    expect(processes.signal(child.root, 'SIGTERM')).toBe(2);
    await child.exit;
    await expect.poll(() => pidsOf(child.root)).toEqual([]);
  });

  it('also ends a grandchild that ignores SIGTERM after the leader has ended', async () => {
    const child = spawn(fixture('leader-leaves.mjs'));
    const grandchild = Number((await child.saw(/child (\d+)/))[1]);
    processes.signal(child.root, 'SIGTERM');
    await child.exit;
    expect(pidsOf(child.root, false)).toEqual([grandchild]);
    expect(processes.signal(child.root, 'SIGKILL')).toBe(1);
    await expect.poll(() => pidsOf(child.root)).toEqual([]);
  });

  it.each([
    { state: 'left', args: [] },
    { state: 'lives', args: ['stay'] },
  ])('finds a daemon that left group, session and parents, when its leader $state', async ({ args }) => {
    const child = spawn(fixture('daemonize.mjs', ...args));
    const daemon = Number((await child.saw(/daemon (\d+)/))[1]);
    if (args.length === 0) await child.exit;
    const found = processes.members(child.root, { sweep: true }).find(({ pid }) => pid === daemon)!;
    expect(processes.isAlive(found)).toBe(true);
    processes.signal(child.root, 'SIGTERM');
    await expect.poll(() => processes.isAlive(found)).toBe(false);
  });

  it('remembers a member that later lost its parent, its group and its token', async () => {
    const line = 'setsid env -i sleep 60 & echo "child $!"; read -r line; exit 0';
    const child = spawn(shell(line));
    const stray = Number((await child.saw(/child (\d+)/))[1]);
    await expect.poll(() => processes.members(child.root, { sweep: false })[1]?.name).toBe('sleep');
    child.handle.write(Buffer.from('\n'));
    await child.exit;
    const [found, ...others] = processes.members(child.root, { sweep: true });
    expect(found?.pid).toBe(stray);
    expect(others).toEqual([]);
    processes.signal(child.root, 'SIGTERM');
    await expect.poll(() => processes.isAlive(found!)).toBe(false);
  });

  it('continues a paused process so that SIGTERM can end it', async () => {
    const child = spawn(shell('echo ready; exec sleep 60'));
    await child.saw(/ready/);
    process.kill(child.handle.identity.pid, 'SIGSTOP');
    processes.signal(child.root, 'SIGTERM');
    expect(await child.exit).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('treats a zombie as ended', async () => {
    const child = spawn(shell('sh -c "exit 0" & echo "zombie $!"; exec sleep 60'));
    const zombie = Number((await child.saw(/zombie (\d+)/))[1]);
    await expect.poll(() => pidsOf(child.root)).toEqual([child.handle.identity.pid]);
    expect(() => process.kill(zombie, 0)).not.toThrow();
    const entry = processes.members({ ...child.root, leader: { pid: zombie, startTicks: 1 } }, { sweep: false });
    expect(entry).toEqual([]);
  });

  it('reaches a service that was started just now', async () => {
    for (const tty of [true, false]) {
      const bystander = spawn(shell('exec sleep 60'));
      expect(pidsOf(bystander.root)).toHaveLength(1); // a look that the next start must not trust
      const child = spawn(shell('exec sleep 60'), { tty });
      expect(pidsOf(child.root)).toHaveLength(1);
      processes.signal(child.root, 'SIGKILL');
      expect((await child.exit).signal).toBe('SIGKILL');
    }
  });

  it('stops ten services at once, each in its own tree', async () => {
    const children = Array.from({ length: 10 }, () => spawn(shell('echo ready; sleep 60; true'), { tty: true }));
    await Promise.all(children.map((child) => child.saw(/ready/)));
    for (const { root } of children) processes.signal(root, 'SIGTERM');
    await Promise.all(children.map((child) => child.exit));
    for (const { root } of children) await expect.poll(() => pidsOf(root)).toEqual([]);
  });
});

describe('a stranger', () => {
  it('is neither listed nor signalled when it has the reused pid of a leader', async () => {
    const bystander = spawn(shell('trap "echo got TERM" TERM CONT; echo ready; while :; do sleep 60 & wait; done'));
    await bystander.saw(/ready/);
    const { pid, startTicks } = bystander.handle.identity;
    const stale = { leader: { pid, startTicks: startTicks - 1 }, token: { DEV_SESSION: 'of an earlier session' } };
    expect(processes.isAlive(stale.leader)).toBe(false);
    expect(processes.members(stale, { sweep: true })).toEqual([]);
    expect(processes.signal(stale, 'SIGTERM')).toBe(0);
    processes.signal(bystander.root, 'SIGKILL');
    await bystander.exit;
    expect(bystander.output()).toBe('ready\n');
  });

  it('is not touched when it has only one entry of the token', async () => {
    const child = spawn(shell('exec sleep 60'));
    const other = { leader: { pid: 2 ** 30, startTicks: 1 }, token: { ...child.root.token, DEV_SERVICE: 'another' } };
    expect(processes.members(other, { sweep: true })).toEqual([]);
  });
});

describe('membership, by a recorded table', () => {
  const row = (pid: number, ppid: number, pgid = pid, changes: Partial<ProcessRow> = {}): ProcessRow => ({
    pid,
    ppid,
    pgid,
    sid: pgid,
    state: 'S',
    startTicks: 1000 + pid,
    name: 'app',
    cpuMs: 0,
    rssBytes: 0,
    threads: 1,
    ...changes,
  });
  const environs = new Map([[77, 'A=1\0DEV_SESSION=s\0']]);
  const membersOf = (rows: readonly ProcessRow[], leader: ProcessIdentity) => {
    const reader: ProcessReader = {
      ...createPlatform().processes,
      readAll: () => rows,
      environments: () => (pid) => environs.get(pid),
    };
    const root = { leader, token: { DEV_SESSION: 's' } };
    return createProcessTree(reader)
      .members(root, { sweep: true })
      .map(({ pid }) => pid);
  };
  const leader = { pid: 50, startTicks: 1050 };

  it('includes the leader first, then its group, its session and all descendants', () => {
    const rows = [row(10, 1), row(50, 1), row(51, 50), row(52, 51), row(60, 1, 50), row(61, 1, 61, { sid: 50 })];
    expect(membersOf(rows, leader)).toEqual([50, 60, 61, 51, 52]);
  });

  it('ignores the group when its leader is another process now', () => {
    expect(membersOf([row(50, 1, 50, { startTicks: 9999 }), row(51, 50, 50)], leader)).toEqual([]);
  });

  it('includes the group of an ended leader when a member has the token', () => {
    expect(membersOf([row(76, 1, 50), row(77, 1, 50)], leader)).toEqual([77, 76]);
    expect(membersOf([row(75, 1, 50), row(76, 1, 50)], leader)).toEqual([]);
  });

  it('keeps the children of a leader that is a zombie', () => {
    expect(membersOf([row(50, 1, 50, { state: 'Z' }), row(51, 1, 50)], leader)).toEqual([51]);
  });

  it('includes the control group, and ends only when the group can be removed', () => {
    const rows = [row(90, 1), row(91, 90), row(92, 1)];
    const treeOf = (inTable: readonly ProcessRow[], inGroup: readonly number[]) => {
      const remove = vi.fn((_group: string) => inGroup.length === 0);
      const groups = { read: (group: string) => (group === '/group/web.1' ? inGroup : []), remove };
      const readers = { readAll: () => inTable, environments: () => () => undefined, nameOf: () => 'app', groups };
      const tree = createProcessTree({ ...createPlatform().processes, ...readers });
      const root = { leader, token: {}, group: '/group/web.1' };
      const names = tree.members(root, { sweep: false }).map(({ pid, name }) => `${name} ${pid}`);
      return { names, isGone: tree.isGone(root), remove };
    };
    const shown = treeOf(rows, [90, 4_000_000]);
    expect(shown).toMatchObject({ names: ['app 90', 'app 91'], isGone: false });
    expect(shown.remove).not.toHaveBeenCalled();
    const hidden = treeOf(rows, [4_000_000]);
    expect(hidden).toMatchObject({ names: ['a process that is hidden from us 4000000'], isGone: false });
    expect(treeOf(rows, [])).toMatchObject({ names: [], isGone: true });
  });

  it('never holds init or ourselves', () => {
    const rows = [row(50, 1), row(process.pid, 50, 50), row(1, 50, 50)];
    expect(membersOf(rows, leader)).toEqual([50]);
  });

  it('follows a chain of a thousand processes', () => {
    // Pids that no process of this machine has, ourselves above all: they would be left out.
    const pidAt = (depth: number): number => (depth === 0 ? leader.pid : 5_000_000 + depth);
    const chain = Array.from({ length: 1000 }, (_, depth) => row(pidAt(depth), depth === 0 ? 1 : pidAt(depth - 1)));
    expect(membersOf(chain, leader)).toHaveLength(1000);
  });
});

describe('the usage of a tree', () => {
  it('includes the CPU time of a child behind a shell', async () => {
    const child = spawn(shell(`${node} "${fixturePath('burn-cpu.mjs')}"; true`));
    await child.saw(/ready/);
    expect(processes.sample([child.root])[0]?.cpuPercent).toBeNull();
    await expect.poll(() => processes.sample([child.root])[0]?.cpuPercent).toBeGreaterThan(20);
  });

  it('includes memory, threads, listeners and connections of the whole tree', async () => {
    const server = spawn(shell(`${node} "${fixturePath('hold-port.mjs')}"; true`));
    const port = Number((await server.saw(/^\d+$/m))[0]);
    const client = spawn(fixture('connect-port.mjs', String(port)));
    await client.saw(/\d/);
    const [ofServer, ofClient] = processes.sample([server.root, client.root]);
    expect(ofServer?.pids).toHaveLength(2);
    expect(ofServer?.rssBytes).toBeGreaterThan(20_000_000);
    expect(ofServer?.threads).toBeGreaterThan(2);
    expect(ofServer?.listening).toEqual([{ address: '127.0.0.1', port, pid: ofServer?.pids[1] }]);
    await expect.poll(() => processes.sample([server.root])[0]?.connections).toBe(1);
    expect(ofClient).toMatchObject({ connections: 1, listening: [] });
  });

  it('includes a daemon that left the tree', async () => {
    const child = spawn(fixture('daemonize.mjs', 'stay'));
    const daemon = Number((await child.saw(/daemon (\d+)/))[1]);
    expect(processes.sample([child.root])[0]?.pids).toContain(daemon);
  });

  it('is empty for a tree that has ended', async () => {
    const child = spawn(shell('exit 0'));
    await child.exit;
    expect(processes.sample([child.root])).toEqual([
      {
        pids: [],
        cpuPercent: null,
        cpuMs: 0,
        rssBytes: 0,
        threads: 0,
        connections: 0,
        listening: [],
        holders: [],
        strangers: [],
      },
    ]);
  });

  it.runIf(process.platform === 'linux')('keeps no descriptor open however often it looks', async () => {
    const child = spawn(shell('exec sleep 60'));
    const openFiles = () => readdirSync('/proc/self/fd').length;
    processes.sample([child.root]);
    const before = openFiles();
    for (let look = 0; look < 100; look += 1) processes.sample([child.root]);
    expect(openFiles()).toBeLessThanOrEqual(before);
  });
});

it('memory of one process agrees with pidusage', async () => {
  const { default: pidusage } = await import('pidusage');
  const child = spawn(shell(`exec ${node} -e "console.log('up'); setInterval(() => {}, 1000)"`));
  await child.saw(/up/);
  const [usage] = processes.sample([child.root]);
  const { memory } = await pidusage(child.root.leader.pid);
  expect(usage?.rssBytes).toBeGreaterThan(memory * 0.7);
  expect(usage?.rssBytes).toBeLessThan(memory * 1.3);
});

it('each process of a tree has its parent, arguments and usage', async () => {
  const child = spawn(shell(`${node} "${fixturePath('burn-cpu.mjs')}"; true`));
  await child.saw(/ready/);
  const [leader, burner, ...others] = processes.inspect(child.root);
  expect(others).toEqual([]);
  expect(leader).toMatchObject({ pid: child.root.leader.pid, name: 'sh', cpuPercent: null });
  expect(burner).toMatchObject({ ppid: leader?.pid, name: 'node', cpuPercent: null });
  expect(burner?.command).toContain('burn-cpu.mjs');
  expect(burner?.rssBytes).toBeGreaterThan(20_000_000);
  await vi.waitFor(
    () => {
      const [shell, burning] = processes.inspect(child.root);
      expect(burning?.cpuPercent).toBeGreaterThan(5);
      expect(shell?.cpuPercent).toBeLessThan(5);
    },
    { timeout: 10_000 },
  );
});
