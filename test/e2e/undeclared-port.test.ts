// Services whose real port the config does not know: it has none for them, or they take another one.

import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort, freePorts } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, openScreen, readService, shows, DIALOG_TAKES_KEYS } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const FIXED = fixtureCommand('fixed-port');

it('the dialog asks about a port that only the failing service names, and starts it once the port is free', async () => {
  const port = await freePort();
  const holder = await holdPort(port);
  const project = createTempProject({
    config: `
defaults: {restart: {policy: on-failure, backoff: 10ms}}
services:
  legacy: {command: ${FIXED}, env: {FIXED_PORT: "${port}"}}
`,
  });
  const screen = openScreen(project);
  await screen.waitFor(shows({ legacy: 'conflict' }));
  const legacy = await readService(project, 'legacy');
  expect(legacy).toMatchObject({ run: 1, restarts: 0, conflict: { port, owners: [{ pid: holder.pid }] } });
  expect(legacy.conflict?.choices).toContainEqual({
    name: 'reroute',
    unavailable: `the config does not say which port it takes: add port: ${port}`,
  });
  const { stdout } = await runDev(project, ['logs', 'legacy']);
  expect(stdout).toContain(`Node.js reports that port ${port} was taken`);

  await holder.stop();
  await screen.waitFor((rows) => rows.join('\n').includes('try again'));
  await screen.waitFor(DIALOG_TAKES_KEYS);
  screen.press('r');
  await screen.waitFor(shows({ legacy: 'ready' }));
  // What listens is measured, and known a moment after the start.
  await eventually('its port is seen', async () => (await readService(project, 'legacy')).listening.length > 0);
  expect(await readService(project, 'legacy')).toMatchObject({ run: 2, restarts: 0, listening: [{ port }] });
});

it('the screen says where a service listens that ignores its port, and what to write', async () => {
  // A higher one that is near would count as moved.
  const [fixed, port] = (await freePorts(2)).sort((a, b) => a - b);
  const project = createTempProject({
    config: `services:\n  web: {command: ${FIXED}, port: ${port}, env: {FIXED_PORT: "${fixed}"}}\n`,
  });
  await openScreen(project).waitFor(shows({ web: 'starting' }));
  const web = await eventually(
    'it is said where it listens',
    async () => {
      const service = await readService(project, 'web');
      return service.why.startsWith('listens on') && service;
    },
    { timeoutMs: 20_000 },
  );
  expect(web).toMatchObject({
    state: 'starting',
    port,
    why: `listens on ${fixed} instead of ${port}; make it read $PORT, or write port: ${fixed}`,
  });
});
