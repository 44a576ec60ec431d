// What a fault of the screen needs to know from outside: which process it is, and what reached the terminal.

import { expect } from 'vitest';
import { readCommandLine, readStat } from '../../src/system/linux/proc.ts';
import type { ProcessRow } from '../../src/system/platform.ts';
import { eventually } from '../helpers/eventually.ts';
import type { PtyApp } from '../helpers/pty-app.ts';
import type { TempProject } from '../helpers/temp-project.ts';

/** The process that draws the screen; its parent is the launcher. */
export function screenProcess(project: TempProject): ProcessRow {
  const [found] = screenProcesses(project);
  if (found === undefined) throw new Error('no screen is open');
  return found;
}

export function screenProcesses(project: TempProject): readonly ProcessRow[] {
  return project
    .processes()
    .filter(({ pid }) => readCommandLine(pid)?.some((word) => word.endsWith('dist/cli.js')) === true);
}

export async function expectGone(what: string, pid: number, withinMs: number): Promise<void> {
  await eventually(`${what} is gone`, () => isGone(pid), { timeoutMs: withinMs });
}

function isGone(pid: number): boolean {
  const row = readStat(pid);
  return row === undefined || row.state === 'Z';
}

/** Processor time that a process has used so far, in milliseconds; undefined when it is gone. */
export function cpuMsOf(pid: number): number | undefined {
  const row = readStat(pid);
  return row?.cpuMs;
}

/** Every mode that the screen sets is off again. */
export function expectTerminalRestored(app: PtyApp): void {
  expect(app.modes()).toEqual({
    alternateBuffer: false,
    cursorVisible: true,
    bracketedPaste: false,
    mouseTracking: false,
    focusEvents: false,
  });
}

/** Wipes what the person had on the screen before, also above it. */
export const WIPES_SCROLLBACK = '\u001b[3J';
