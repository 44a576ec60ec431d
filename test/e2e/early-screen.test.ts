// The first frame of a plain `./dev`, drawn before the commands are loaded.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { spawnInPty, type PtyApp } from '../helpers/pty-app.ts';
import { runDev } from '../helpers/run-dev.ts';
import { openScreen, openScreenFromShell } from '../helpers/session.ts';
import { createTempProject, REPOSITORY, type TempProject } from '../helpers/temp-project.ts';

const CONFIG = 'services:\n  api: {command: sleep 100000}\n  web: {command: sleep 100000}\n';

/** Only the first frame, until Enter; then whether there was one. */
function openEarlyAlone(project: TempProject, env: Readonly<Record<string, string>> = {}): PtyApp {
  const bundle = pathToFileURL(join(REPOSITORY, 'dist/early-screen.js'));
  const script = `
    const { openEarlyScreen } = await import(${JSON.stringify(bundle.href)});
    const place = openEarlyScreen();
    const end = () => { place?.terminal.leave(); console.log('drawn:', place !== undefined); process.exit(); };
    if (place === undefined) end();
    place.terminal.listen({ onInput: end, onResize() {}, onReturn() {}, onFarewell: end, onStray() {} });`;
  const command = [process.execPath, '--input-type=module', '-e', script] as const;
  return spawnInPty({ command: [...command], cwd: project.root, env: { ...project.env, ...env } });
}

it('the early screen names the services of a cached config, and gives the terminal back', async () => {
  const project = createTempProject({ config: CONFIG });
  await openEarlyAlone(project).waitFor('drawn: false');
  await runDev(project, ['config']);
  const early = openEarlyAlone(project);
  const rows = await early.waitFor('starting the session…');
  expect(rows.join('\n')).toMatch(/api[^]*web/);
  early.press('x');
  await early.waitFor('drawn: true');
  expect(early.modes()).toMatchObject({ alternateBuffer: false, cursorVisible: true, mouseTracking: false });
});

it('the early screen does not appear without a screen', async () => {
  const project = createTempProject({ config: CONFIG });
  await runDev(project, ['config']);
  await openEarlyAlone(project, { CI: 'true' }).waitFor('drawn: false');
  await openEarlyAlone(project, { TERM: 'dumb' }).waitFor('drawn: false');
});

it('the early screen keeps keys that are pressed while the rest loads', async () => {
  const project = createTempProject({ config: CONFIG });
  await runDev(project, ['config']);
  const screen = openScreen(project);
  await screen.waitFor('starting the session…');
  screen.press('?');
  await screen.waitFor(/everything it can do|Keys|keys/);
  screen.press('?');
  // While a service starts, q would ask.
  await screen.waitFor(/● 2 ready/);
  screen.press('q');
  expect(await screen.waitForExit()).toMatchObject({ exitCode: 0 });
});

it('the early screen restores the terminal before it says why the session cannot start', async () => {
  const project = createTempProject({ config: CONFIG });
  await runDev(project, ['config']);
  project.write('.devdeck', 'not a folder\n');
  const screen = openScreenFromShell(project);
  const rows = await screen.waitFor('terminal as before');
  expect(rows.join('\n')).toMatch(/\.devdeck/);
  expect(rows.join('\n')).not.toContain('exit code 0');
  expect(screen.modes()).toMatchObject({ alternateBuffer: false, cursorVisible: true, mouseTracking: false });
});

it.runIf(process.platform === 'linux')('has the supervisor start beside it, also where it never ran', async () => {
  const project = createTempProject({ config: CONFIG });
  const screen = openScreen(project);
  await screen.waitFor(/● 2 ready/);
  const { pid } = JSON.parse(readFileSync(join(project.root, '.devdeck/session.json'), 'utf8')) as { pid: number };
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')).toContain('early');
  expect(statSync(join(project.root, '.devdeck')).mode & 0o777).toBe(0o700);
  expect(statSync(join(project.root, '.devdeck/supervisor.log')).mode & 0o777).toBe(0o600);
  screen.press('q');
  expect(await screen.waitForExit()).toMatchObject({ exitCode: 0 });
});
