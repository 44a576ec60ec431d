// Services that die: restarted with growing pauses, given up with a reason, and never a burden to the others.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { fixtureCommand, openScreen, readService, shows } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const WEB = fixtureCommand('web-server');

/** How often the service was really started: each run leaves a line. */
function runsOf(project: TempProject): number {
  const file = join(project.root, 'runs.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

it('a killed service restarts, while the others keep their process', async () => {
  const [apiPort, webPort] = [await freePort(), await freePort()];
  const project = createTempProject({
    config: `
defaults: {restart: {policy: on-failure, backoff: 50ms}}
services:
  api: {command: ${WEB}, port: ${apiPort}, health: /health}
  web: {command: ${WEB}, port: ${webPort}, health: /health}
`,
  });
  const screen = openScreen(project);
  await screen.waitFor(shows({ api: 'ready', web: 'ready' }));
  const api = await readService(project, 'api');
  const web = await readService(project, 'web');

  process.kill(api.pid as number, 'SIGKILL');
  await screen.waitFor((rows) => shows({ api: 'ready' })(rows) && !rows.join('\n').includes(` ${api.pid} `));
  const restarted = await readService(project, 'api');
  expect(restarted).toMatchObject({ state: 'ready', port: apiPort, restarts: 1, exit: { signal: 'SIGKILL' } });
  expect(await readService(project, 'web')).toMatchObject({ pid: web.pid, restarts: 0 });
  screen.press('q');
  expect(await screen.waitForExit()).toMatchObject({ exitCode: 0 });
});

it('the screen says how a service died and when it tries again', async () => {
  const project = createTempProject({
    config: `services:\n  job: {command: "exit 3", restart: {policy: on-failure, backoff: 60s}}\n`,
  });
  const screen = openScreen(project);
  const rows = await screen.waitFor(shows({ job: 'backoff' }));
  expect(rows.join('\n')).toContain('exited with code 3');
  const job = await readService(project, 'job');
  expect(job).toMatchObject({ pid: null, exit: { code: 3, signal: null } });
  expect(job.dueAt).not.toBeNull();
});

it('a service that ended with success is not restarted', async () => {
  const project = createTempProject({
    config: `services:\n  job: {command: "echo done >> runs.txt", restart: on-failure}\n`,
  });
  const screen = openScreen(project);
  await screen.waitFor(shows({ job: 'exited' }));
  expect(runsOf(project)).toBe(1);
  expect(await readService(project, 'job')).toMatchObject({ restarts: 0, exit: { code: 0 } });
});

it('a service rests after the allowed restarts with the reason, until a person restarts it', async () => {
  const project = createTempProject({
    config: `
services:
  job:
    command: "echo run >> runs.txt; exit 3"
    restart: {policy: on-failure, max: 3, backoff: 10ms, max_backoff: 20ms}
`,
  });
  const screen = openScreen(project);
  await screen.waitFor(shows({ job: 'backoff' }));
  const job = await eventually('the three restarts are used up', async () => {
    const service = await readService(project, 'job');
    return service.state === 'backoff' && service.why.includes('cooling down') && service;
  });
  expect(job).toMatchObject({ restarts: 3, why: 'exited with code 3; cooling down after 3 restarts in a row' });
  const restMs = Date.parse(job.dueAt ?? '') - Date.now();
  expect(restMs).toBeGreaterThan(20_000);
  // The first start and three restarts.
  expect(runsOf(project)).toBe(4);

  screen.press('g', 'r');
  await eventually('the service was started again', () => runsOf(project) > 4);
});
