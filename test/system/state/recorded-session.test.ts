import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLinuxPlatform } from '../../../src/system/linux/linux.ts';
import { readStat } from '../../../src/system/linux/proc.ts';
import { createChoices } from '../../../src/system/state/choice-file.ts';
import { putForeignRecordsAside } from '../../../src/system/state/put-aside.ts';
import { leftRuns, markOf, recordedSession, recordedSupervisor } from '../../../src/system/state/recorded-session.ts';
import { prepareRuntimeDir, runtimePaths, type RuntimePaths } from '../../../src/system/state/runtime-dir.ts';
import {
  writePidFile,
  writeRunRecords,
  writeSessionRecord,
  writeStatus,
} from '../../../src/system/state/state-files.ts';
import type { ProcessIdentity } from '../../../src/system/system.ts';
import { tempDir } from '../temp-dir.ts';

const PLATFORM = createLinuxPlatform();
const BOOT = PLATFORM.currentBoot();

interface Original {
  readonly home: string;
  readonly paths: RuntimePaths;
  readonly supervisor: ProcessIdentity;
  readonly kill: () => Promise<void>;
}

function pathsOf(home: string, name: string): RuntimePaths {
  return runtimePaths(join(home, name), { XDG_RUNTIME_DIR: home });
}

/** A project with every record of a session whose supervisor lives. */
function original(): Original {
  const home = tempDir();
  mkdirSync(join(home, 'shop'));
  const paths = pathsOf(home, 'shop');
  prepareRuntimeDir(paths);
  const child = spawn('sleep', ['1000'], { cwd: paths.root, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const { pid = 0 } = child;
  const supervisor = { pid, startTicks: readStat(pid)?.startTicks ?? 0 };
  const record = { ...supervisor, ...markOf(paths, BOOT), sessionId: 's' };
  writeSessionRecord(paths.sessionFile, {
    ...record,
    socket: paths.socket,
    startedAt: '2026-01-02T03:04:05.000Z',
    version: '1.2.3',
    root: paths.root,
    openedBy: 'command',
  });
  writeRunRecords(paths.runsFile, { ...record, runs: [{ service: 'web', ...supervisor }], containers: [] });
  writeStatus(paths.statusFile, '{}');
  writePidFile(paths.pidsDir, 'web', pid);
  createChoices(paths.choicesFile, paths).remember({ service: 'web', choice: 'kill', owner: 'node (foreign)' });
  const kill = () =>
    new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
  return { home, paths, supervisor, kill };
}

describe('the records of a session', () => {
  it('prove its supervisor while it runs, also when one of them was removed or the project was moved', async () => {
    const { home, paths, supervisor, kill } = original();
    expect(recordedSession(paths, PLATFORM)).toMatchObject(supervisor);
    renameSync(paths.root, `${paths.root}-moved`);
    const moved = pathsOf(home, 'shop-moved');
    expect(recordedSession(moved, PLATFORM)).toMatchObject(supervisor);
    renameSync(moved.sessionFile, `${moved.sessionFile}.away`);
    expect(recordedSession(moved, PLATFORM)).toBeUndefined();
    expect(recordedSupervisor(moved, PLATFORM)).toMatchObject({ ...supervisor, sessionId: 's' });
    await kill();
    expect(recordedSupervisor(moved, PLATFORM)).toBeUndefined();
  });

  it('leave no leftovers while the supervisor runs', async () => {
    const { paths, supervisor, kill } = original();
    expect(leftRuns(paths, PLATFORM)).toBeUndefined();
    await kill();
    expect(leftRuns(paths, PLATFORM)?.runs).toEqual([{ service: 'web', ...supervisor }]);
  });

  it('do not count in a copy of the project, before and after the supervisor of the original has ended', async () => {
    const { home, paths, kill } = original();
    cpSync(paths.root, join(home, 'copy'), { recursive: true });
    const copy = pathsOf(home, 'copy');
    const means = () => [recordedSession(copy, PLATFORM), recordedSupervisor(copy, PLATFORM), leftRuns(copy, PLATFORM)];
    expect(means()).toEqual([undefined, undefined, undefined]);
    await kill();
    expect(means()).toEqual([undefined, undefined, undefined]);
  });

  it('do not count when the process of that pid works in another folder', () => {
    const { paths, supervisor } = original();
    const elsewhere = spawn('sleep', ['1000'], { cwd: '/', stdio: 'ignore' });
    onTestFinished(() => void elsewhere.kill('SIGKILL'));
    const { pid = 0 } = elsewhere;
    const text = readFileSync(paths.sessionFile, 'utf8');
    const stolen = { ...(JSON.parse(text) as object), pid, startTicks: readStat(pid)?.startTicks };
    writeFileSync(paths.sessionFile, JSON.stringify(stolen));
    expect(recordedSession(paths, PLATFORM)).toBeUndefined();
    expect(recordedSupervisor(paths, PLATFORM)).toMatchObject(supervisor);
  });
});

describe('putting foreign records aside', () => {
  it('moves the records of a copy, and names their project, once', () => {
    const { home, paths, supervisor } = original();
    cpSync(paths.root, join(home, 'copy'), { recursive: true });
    const copy = pathsOf(home, 'copy');
    expect(putForeignRecordsAside(copy, BOOT)).toBe(
      `${copy.stateDir} came with records of a session (${paths.root}, pid ${supervisor.pid}) of another folder. ` +
        `They are not used, and lie in ${copy.stateDir}/put-aside now.`,
    );
    for (const name of ['session.json', 'runs.json', 'status.json', 'pids/web.pid', 'choices.json']) {
      expect([name, existsSync(join(copy.stateDir, name))]).toEqual([name, false]);
      expect([name, existsSync(join(copy.stateDir, 'put-aside', name))]).toEqual([name, true]);
    }
    expect(existsSync(copy.pidsDir)).toBe(true);
    expect(putForeignRecordsAside(copy, BOOT)).toBeUndefined();
  });

  it('keeps the records of the project’s own sessions', async () => {
    const { paths, kill } = original();
    expect(putForeignRecordsAside(paths, BOOT)).toBeUndefined();
    await kill();
    expect(putForeignRecordsAside(paths, BOOT)).toBeUndefined();
    expect(existsSync(paths.runsFile)).toBe(true);
  });

  it('replaces records that were put aside before', () => {
    const { home, paths } = original();
    for (const name of ['copy', 'copy-of-copy']) cpSync(paths.root, join(home, name), { recursive: true });
    const copy = pathsOf(home, 'copy');
    putForeignRecordsAside(copy, BOOT);
    cpSync(join(home, 'copy-of-copy/.devdeck'), copy.stateDir, { recursive: true });
    writeFileSync(join(copy.stateDir, 'put-aside/old'), '');
    expect(putForeignRecordsAside(copy, BOOT)).toContain('records of a session');
    expect(existsSync(join(copy.stateDir, 'put-aside/old'))).toBe(false);
  });
});
