// Faults of the terminal: taken away, hung, closed, too small, or left behind by a screen that was killed.

import { expect } from 'vitest';
import { startBystander } from '../helpers/bystander.ts';
import { eventually } from '../helpers/eventually.ts';
import { KEY, spawnInPty } from '../helpers/pty-app.ts';
import { DEVDECK, runDev } from '../helpers/run-dev.ts';
import { openScreen, openScreenFromShell, readService, readStatus, shows } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';
import { cpuMsOf, expectGone, expectTerminalRestored, screenProcess, WIPES_SCROLLBACK } from './screen-facts.ts';

const JOB = 'services:\n  job: {command: sleep 100000}\n';
const READY = shows({ job: 'ready' });

async function detachedProject(): Promise<TempProject> {
  const project = createTempProject({ config: JOB });
  expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  return project;
}

fault(
  {
    id: 'F1',
    priority: 'P0',
    fault: 'the screen is killed and cannot reset the terminal',
    injected: 'kill -9 and SIGABRT of the screen, then the modes of the terminal and stty are compared',
  },
  async () => {
    const project = await detachedProject();
    const { pid } = await readService(project, 'job');
    const bystander = await startBystander({ cwd: project.root });
    for (const signal of ['SIGKILL', 'SIGABRT'] as const) {
      const app = openScreenFromShell(project);
      await app.waitFor(READY);
      process.kill(screenProcess(project).pid, signal);
      await app.waitFor('terminal as before');
      expectTerminalRestored(app);
      await app.waitForExit();
    }
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready', pid });
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'F2',
    fault: 'Ctrl-Z, then fg',
    injected: 'typed into the screen of an interactive shell with job control',
  },
  async () => {
    const project = await detachedProject();
    const { pid } = await readService(project, 'job');
    const app = spawnInPty({
      command: ['bash', '--norc', '--noprofile', '--noediting', '-i'],
      cwd: project.root,
      env: { ...project.env, PS1: 'prompt> ' },
    });
    await app.waitFor('prompt>');
    app.press(`${DEVDECK}\r`);
    await app.waitFor(READY);
    app.press(KEY.ctrlZ);
    await app.waitFor('Stopped');
    expectTerminalRestored(app);
    app.press('stty -a | grep -o " icanon" && echo usable\r');
    await app.waitFor(/^usable/m);
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready', pid });
    app.press('fg\r');
    await app.waitFor(READY);
    app.press('d');
    // The newest prompt: earlier ones are seen while devdeck still reads the keys.
    await app.waitFor((screen) => screen.findLast((line) => line !== '')?.trim() === 'prompt>');
    expectTerminalRestored(app);
    app.press('exit\r');
    await app.waitForExit();
  },
);

fault(
  {
    id: 'F2',
    fault: 'SIGTSTP from outside stops the launcher alone, and leaves the terminal to the screen',
    injected: 'kill -TSTP to bin/devdeck under an interactive shell, then fg; twice',
  },
  async () => {
    const project = await detachedProject();
    const { pid } = await readService(project, 'job');
    const app = spawnInPty({
      command: ['bash', '--norc', '--noprofile', '--noediting', '-i'],
      cwd: project.root,
      env: { ...project.env, PS1: 'prompt> ' },
    });
    await app.waitFor('prompt>');
    app.press(`${DEVDECK}\r`);
    await app.waitFor(READY);
    const { ppid: launcher } = screenProcess(project);
    for (let round = 1; round <= 2; round += 1) {
      process.kill(launcher, 'SIGTSTP');
      await app.waitFor((screen) => screen.join('\n').includes('Stopped') && !app.modes().alternateBuffer);
      expectTerminalRestored(app);
      app.press('clear; stty -a | grep -o " icanon"\r');
      await app.waitFor(/^ icanon/m);
      app.press('fg\r');
      await app.waitFor(READY);
    }
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready', pid });
    app.press('d');
    await app.waitFor((screen) => screen.findLast((line) => line !== '')?.trim() === 'prompt>');
    expectTerminalRestored(app);
    app.press('exit\r');
    await app.waitForExit();
  },
);

fault(
  {
    id: 'F2',
    fault: 'Ctrl-Z and SIGTSTP where no shell waits for the job, as in a tab that runs devdeck alone',
    injected: 'the terminal’s program is devdeck itself; Ctrl-Z, then kill -TSTP to the launcher',
  },
  async () => {
    const project = await detachedProject();
    const app = openScreen(project);
    await app.waitFor(READY);
    const { ppid: launcher } = screenProcess(project);
    for (const stop of [() => app.press(KEY.ctrlZ), () => process.kill(launcher, 'SIGTSTP')]) {
      stop();
      app.press('?');
      await app.waitFor('all actions by name');
      app.press(KEY.escape);
      await app.waitFor(READY);
    }
    app.press('d');
    expect(await app.waitForExit()).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'F3',
    priority: 'P0',
    fault: 'the window of the terminal is closed',
    injected: 'the other end of the PTY is closed',
  },
  async () => {
    const project = await detachedProject();
    const { pid } = await readService(project, 'job');
    const app = openScreen(project);
    await app.waitFor(READY);
    const screen = screenProcess(project);
    app.close();
    await expectGone('the screen', screen.pid, 2_000);
    await expectGone('its launcher', screen.ppid, 2_000);
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready', pid });
  },
);

fault(
  {
    id: 'F4',
    fault: 'the terminal closes and hang-ups are ignored (nohup): the screen must not spin',
    injected: 'trap "" HUP; exec devdeck; the other end of the PTY is closed',
  },
  async () => {
    const project = await detachedProject();
    const app = spawnInPty({
      command: ['sh', '-c', 'trap "" HUP; exec "$0"', DEVDECK],
      cwd: project.root,
      env: project.env,
    });
    await app.waitFor(READY);
    const screen = screenProcess(project);
    const before = cpuMsOf(screen.pid) ?? 0;
    let after = before;
    app.close();
    await eventually(
      'the screen is gone',
      () => {
        const now = cpuMsOf(screen.pid);
        after = now ?? after;
        return now === undefined;
      },
      { timeoutMs: 2_000 },
    );
    expect(after - before).toBeLessThan(500);
    await expectGone('its launcher', screen.ppid, 2_000);
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready' });
  },
);

fault(
  {
    id: 'F5',
    fault: 'a screen of few rows erases earlier text of the terminal',
    injected: '80×5 and 80×24, with 60 lines of the shell above',
  },
  async () => {
    const project = await detachedProject();
    for (const rows of [5, 24]) {
      const app = spawnInPty({
        command: ['sh', '-c', 'seq -f "before %g" 60; "$0"; echo left', DEVDECK],
        cwd: project.root,
        env: project.env,
        columns: 80,
        rows,
      });
      await app.waitFor(() => app.modes().alternateBuffer);
      await app.waitFor(rows === 5 ? 'too small' : READY);
      for (let columns = 60; columns < 80; columns += 1) app.resize(columns, rows);
      app.resize(80, rows);
      await app.waitFor(rows === 5 ? 'too small' : READY);
      process.kill(screenProcess(project).pid, 'SIGTERM');
      await app.waitFor('left');
      await app.waitForExit();
      expect(app.output()).not.toContain(WIPES_SCROLLBACK);
      expect(app.scrollback()).toEqual(expect.arrayContaining(['before 1', 'before 60']));
    }
  },
);

fault(
  {
    id: 'F6',
    fault: 'a terminal has no size, one cell or a huge size, or resizes all the time',
    injected: 'stty rows 0 cols 0; 2×1 … 500×200; 200 resizes',
  },
  async () => {
    const project = await detachedProject();
    const sizeless = spawnInPty({
      command: ['sh', '-c', 'stty rows 0 cols 0; exec "$0"', DEVDECK],
      cwd: project.root,
      env: project.env,
    });
    await sizeless.waitFor(READY);
    sizeless.press('d');
    expect(await sizeless.waitForExit()).toMatchObject({ exitCode: 0 });

    const app = openScreen(project);
    await app.waitFor(READY);
    const sizes = [
      [2, 1],
      [2, 2],
      [39, 8],
      [40, 8],
      [500, 200],
      [1000, 3],
      [120, 40],
    ] as const;
    for (const [columns, rows] of sizes) {
      app.resize(columns, rows);
      await app.waitFor((screen) => screen.length === rows && screen.some((line) => line.trim() !== ''));
    }
    for (let turn = 0; turn < 200; turn += 1) app.resize(2 + ((turn * 37) % 200), 1 + ((turn * 13) % 60));
    app.resize(90, 20);
    const last = await app.waitFor((screen) => READY(screen) && screen.at(-1)?.includes('quit') === true);
    expect(last).toHaveLength(20);
    expect(app.output()).not.toContain(WIPES_SCROLLBACK);
    app.press('d');
    expect(await app.waitForExit()).toMatchObject({ exitCode: 0 });
    expect((await readStatus(project)).session.running).toBe(true);
  },
);
