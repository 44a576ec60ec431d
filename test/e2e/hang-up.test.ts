// What happens when a part of devdeck is killed without a chance to say goodbye.

import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort, isPortOpen } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, openScreen, readService, shows, supervisorPid } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { signalAll } from '../helpers/signal.ts';

const WEB_READY = shows({ web: 'ready' });

async function createWebProject(extra = '') {
  const port = await freePort();
  const project = createTempProject({
    config: `
services:
  web:
    command: ${fixtureCommand('web-server')}
    port: ${port}
    health: /health
${extra}`,
  });
  return { project, port };
}

/** SIGKILL to everything that runs in the terminal; the supervisor has a session of its own. */
function killScreen(project: TempProject, terminalPid: number): void {
  signalAll(
    project.processes().filter(({ sid }) => sid === terminalPid),
    'SIGKILL',
  );
}

it('a session stops when its only screen is killed', async () => {
  const { project, port } = await createWebProject();
  const screen = openScreen(project);
  await screen.waitFor(WEB_READY);

  killScreen(project, screen.pid);
  await eventually('supervisor and services are gone', () => project.processes().length === 0);
  expect(await isPortOpen(port)).toBe(false);
});

it('a session with on_hangup: keep outlives a killed screen', async () => {
  const { project } = await createWebProject('on_hangup: keep\n');
  const screen = openScreen(project);
  await screen.waitFor(WEB_READY);
  const { pid } = await readService(project, 'web');

  killScreen(project, screen.pid);
  await screen.waitForExit();
  expect(await readService(project, 'web')).toMatchObject({ state: 'ready', pid });
  expect((await runDev(project, ['stop'])).exitCode).toBe(0);
});

it('d leaves the services running, and the next screen shows them', async () => {
  const { project, port } = await createWebProject();
  const first = openScreen(project);
  await first.waitFor(WEB_READY);
  const { pid } = await readService(project, 'web');

  first.press('d');
  expect(await first.waitForExit()).toMatchObject({ exitCode: 0 });
  expect(await isPortOpen(port)).toBe(true);

  const second = openScreen(project);
  await second.waitFor((rows) => WEB_READY(rows) && rows.some((row) => row.includes(String(pid))));
  second.press('q', 'q');
  expect(await second.waitForExit()).toMatchObject({ exitCode: 0 });
  expect(await isPortOpen(port)).toBe(false);
});

it('up finds the leftovers of a killed supervisor and starts without a port conflict', async () => {
  const { project, port } = await createWebProject();
  expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
  const survivor = await readService(project, 'web');
  const supervisor = supervisorPid(project);
  expect(supervisor).toBeDefined();
  process.kill(supervisor as number, 'SIGKILL');
  await eventually('the supervisor is gone', () => project.processes().every(({ pid }) => pid !== supervisor));

  const again = await runDev(project, ['up', '-d']);
  expect(again).toMatchObject({ exitCode: 0 });
  const web = await readService(project, 'web');
  expect(web).toMatchObject({ state: 'ready', port });
  expect(supervisorPid(project)).not.toBe(supervisor);
  const alive = project.processes().filter(({ pid }) => pid === survivor.pid);
  // Either taken over as it was, or replaced; never two of them.
  expect(alive).toHaveLength(web.pid === survivor.pid ? 1 : 0);
  expect((await runDev(project, ['stop'])).exitCode).toBe(0);
});

it('status says that no session runs after its supervisor was killed', async () => {
  const { project } = await createWebProject();
  expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
  const supervisor = supervisorPid(project) as number;
  process.kill(supervisor, 'SIGKILL');
  await eventually('the supervisor is gone', () => project.processes().every(({ pid }) => pid !== supervisor));

  const status = await runDev(project, ['status']);
  expect(status.exitCode).toBe(6);
  expect(status.stderr).toMatch(/no session/i);
});
