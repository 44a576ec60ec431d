// Services that leave daemons behind which carry no mark of devdeck: environment wiped, a session of their own, no parent.

import { readFileSync, rmdirSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ownGroup } from '../../src/system/linux/group-places.ts';
import { readCwd, readProcessTable } from '../../src/system/linux/proc.ts';
import { eventually } from './eventually.ts';
import { signalAll } from './signal.ts';
import { isPortable, type TempProject } from './temp-project.ts';

/** Whether devdeck can have control groups where the tests run; else its proof is not there to be tested. */
export const HAS_CONTROL_GROUPS = !isPortable && canMakeGroup(ownGroup());

/** A shell's command that makes as many daemons and then does `last`. They stay in their folder, by which they are found. */
export function makesDaemons(count: number, last = 'exec sleep 3600'): string {
  const daemon = '(setsid sh -c "(env -i setsid sleep 3600 &)" &)';
  return `i=0; while [ $i -lt ${count} ]; do ${daemon}; i=$((i+1)); done; ${last}`;
}

/** Daemons that live in the project's folder, or one below it. What is left of them is gone when the test ends. */
export function watchDaemons(
  project: TempProject,
  folder = '',
): { count(): number; reach(count: number): Promise<void> } {
  const place = join(project.root, folder);
  const daemons = () =>
    readProcessTable().filter(({ pid, state, ppid, name }) => {
      const isDaemon = name === 'sleep' && state !== 'Z' && readCwd(pid) === place;
      return isDaemon && isUnmarked(pid) && ppid > 0;
    });
  onTestFinished(() => signalAll(daemons(), 'SIGKILL'));
  return {
    count: () => daemons().length,
    reach: async (count) => {
      await eventually(`${count} daemons live`, () => daemons().length >= count, { timeoutMs: 30_000 });
    },
  };
}

function isUnmarked(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/environ`, 'utf8').includes('DEV_SESSION');
  } catch {
    return false;
  }
}

function canMakeGroup(home: string | undefined): boolean {
  if (home === undefined) return false;
  const path = join(home, `devdeck-test-${process.pid}`);
  try {
    mkdirSync(path);
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}
