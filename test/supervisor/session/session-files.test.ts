import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { SessionFiles } from '../../../src/supervisor/session/session-files.ts';
import { createClock } from '../../../src/system/clock.ts';
import { prepareRuntimeDir, runtimePaths } from '../../../src/system/state/runtime-dir.ts';
import { tempDir } from '../../system/temp-dir.ts';

function filesOfSession() {
  const home = tempDir();
  mkdirSync(join(home, 'shop'));
  const paths = runtimePaths(join(home, 'shop'), { XDG_RUNTIME_DIR: home });
  prepareRuntimeDir(paths);
  const { rootDevice, rootInode } = paths;
  const record = {
    pid: process.pid,
    startTicks: 1,
    bootId: 'b',
    rootDevice,
    rootInode,
    sessionId: 's',
    socket: paths.socket,
    startedAt: 't',
    version: '1',
    root: paths.root,
    openedBy: 'command' as const,
  };
  const problems: unknown[] = [];
  const files = new SessionFiles({
    paths,
    clock: createClock(),
    record,
    group: undefined,
    livingSession: () => undefined,
    onProblem: (error) => problems.push(error),
  });
  return { files, paths, problems };
}

it('a session leaves no record of its last run when it ends in order', async () => {
  const { files, paths, problems } = filesOfSession();
  files.scheduleRuns(() => ({ runs: [], containers: [] }));
  await nextTurn();
  expect(JSON.parse(readFileSync(paths.runsFile, 'utf8'))).toMatchObject({ sessionId: 's', runs: [] });
  files.scheduleRuns(() => ({ runs: [], containers: [] }));
  files.close({ runs: [], containers: [] });
  await nextTurn();
  expect([paths.runsFile, paths.sessionFile].filter((path) => existsSync(path))).toEqual([]);
  expect(readdirSync(paths.pidsDir)).toEqual([]);
  expect(problems).toEqual([]);
});
