// Faults around what outlives a session: a full disk, a folder that cannot be written, two worktrees, a clock that jumps.
// Locked and broken databases stand in test/e2e/history.test.ts.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { HistoryItem } from '../../src/core/session/history.ts';
import { eventually } from '../helpers/eventually.ts';
import { runDev } from '../helpers/run-dev.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';
import { fillDisk, mountSmallDisk } from './small-disk.ts';

const MACHINE = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const FAKETIME = `/usr/lib/${MACHINE}-linux-gnu/faketime/libfaketime.so.1`;
const JOB = 'services:\n  job: {command: echo up; exec sleep 100000, health: {log: up}}\n';

async function itemsOf(project: TempProject): Promise<readonly HistoryItem[]> {
  const { stdout, stderr } = await runDev(project, ['timeline', '--json']);
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { data: { items: readonly HistoryItem[] } }).data.items;
}

const startsIn = (items: readonly HistoryItem[]): number => items.filter(({ type }) => type === 'start').length;

function logOf(project: TempProject): string {
  return readFileSync(join(project.root, '.devdeck/supervisor.log'), 'utf8');
}

fault(
  {
    id: 'D30',
    fault: 'the disk is full when the history is written',
    injected: '.devdeck on a tmpfs of 1 MB, filled; restarts; room again',
    needsRoot: true,
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const disk = mountSmallDisk(join(project.root, '.devdeck'));
    await runDev(project, ['up', '-d']);
    expect(startsIn(await itemsOf(project))).toBe(1);
    fillDisk(disk);
    for (let round = 0; round < 3; round += 1)
      expect(await runDev(project, ['restart', 'job', '--wait'])).toMatchObject({ exitCode: 0 });
    expect(await runDev(project, ['history'])).toMatchObject({ exitCode: 0 });
    rmSync(join(disk, 'ballast'));
    expect(startsIn(await itemsOf(project))).toBe(4);
    await runDev(project, ['stop']);
  },
);

fault(
  {
    id: 'D31',
    fault: 'the history lies where nothing can be written',
    injected: '.devdeck on a tmpfs, mounted read-only after a session; history, timeline, up; writable again',
    needsRoot: true,
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const disk = mountSmallDisk(join(project.root, '.devdeck'), 'size=8m,mode=700');
    await runDev(project, ['up', '-d']);
    await runDev(project, ['stop']);
    // A process that ends gives its files back a moment after it is seen no more.
    await eventually('nobody writes', () => spawnSync('mount', ['-o', 'remount,ro', disk]).status === 0);
    expect(startsIn(await itemsOf(project))).toBe(1);
    expect(await runDev(project, ['history'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    expect(await runDev(project, ['restart', 'job', '--wait'])).toMatchObject({ exitCode: 0 });
    expect(startsIn(await itemsOf(project))).toBe(1);
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    expect(startsIn(await itemsOf(project))).toBe(3);
    await runDev(project, ['stop']);
  },
);

fault(
  {
    id: 'D32',
    fault: 'one project runs in two worktrees, each with its own history',
    injected: 'git worktree; a session in each, a restart in the second; history in both',
  },
  async () => {
    const first = createTempProject({ config: JOB });
    const second = createTempProject({ config: JOB });
    const git = (cwd: string, ...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd });
    git(first.root, 'init', '-q', '-b', 'main');
    git(first.root, 'commit', '-q', '--allow-empty', '-m', 'one');
    git(first.root, 'branch', 'other');
    rmSync(join(second.root, '.project.config'));
    git(first.root, 'worktree', 'add', '-q', '-f', second.root, 'other');
    onTestFinished(() => void git(first.root, 'worktree', 'prune'));
    second.write('.project.config', JOB);
    for (const project of [first, second]) await runDev(project, ['up', '-d']);
    await runDev(second, ['restart', 'job', '--wait']);
    const [ones, others] = [await itemsOf(first), await itemsOf(second)];
    expect([startsIn(ones), startsIn(others)]).toEqual([1, 2]);
    const branches = (items: readonly HistoryItem[]) =>
      items.flatMap((item) => (item.type === 'commit' ? [item.branch] : []));
    expect([branches(ones), branches(others)]).toEqual([['main'], ['other']]);
    for (const project of [first, second]) await runDev(project, ['stop']);
  },
);

fault(
  {
    id: 'D33',
    fault: 'the wall clock jumps while the history is written',
    injected: 'libfaketime, ± 1 h between restarts',
  },
  async () => {
    if (!existsSync(FAKETIME)) throw new Error(`${FAKETIME} is missing: apt-get install libfaketime`);
    const project = createTempProject({ config: JOB });
    const clock = join(project.root, 'clock');
    writeFileSync(clock, '+0');
    const env = {
      LD_PRELOAD: FAKETIME,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
    await runDev(project, ['up', '-d'], { env });
    for (const jump of ['+3600', '-3600', '+0']) {
      writeFileSync(clock, jump);
      expect(await runDev(project, ['restart', 'job', '--wait'], { env })).toMatchObject({ exitCode: 0 });
    }
    const items = await itemsOf(project);
    expect(startsIn(items)).toBe(4);
    const times = items.map(({ at }) => Date.parse(at));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // The clock did jump.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(7_000_000);
    const { stdout } = await runDev(project, ['history', '--json']);
    const { summary, insights } = (
      JSON.parse(stdout) as { data: { summary: Record<string, { uptimeShare: number }>; insights: unknown } }
    ).data;
    expect(summary['job']?.uptimeShare).toBeGreaterThan(0);
    expect(summary['job']?.uptimeShare).toBeLessThanOrEqual(1);
    expect(insights).toEqual([]);
    await runDev(project, ['stop']);
    expect(logOf(project)).not.toContain('historyProblem');
    await eventually('nothing is left', () => project.processes().length === 0);
  },
);
