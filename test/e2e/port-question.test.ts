// Dev servers that ask "use another port?" and would wait for ever.

import { expect, it } from 'vitest';
import { freePort, freePorts } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, openScreen, readService, shows, DIALOG_TAKES_KEYS } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const ASKING = fixtureCommand('ask-for-port');

/** The port in question is not the one of the config, so no look before the start can find it taken. */
const configOf = (fixed: number, port: number) =>
  `services:\n  web: {command: ${ASKING}, port: ${port}, env: {FIXED_PORT: "${fixed}"}}\n`;

it('a question about another port opens the dialog, and p starts the service again and answers yes', async () => {
  const [fixed, port] = (await freePorts(2)).toSorted((a, b) => b - a) as [number, number];
  const holder = await holdPort(fixed);
  const project = createTempProject({ config: configOf(fixed, port) });
  const screen = openScreen(project);
  await screen.waitFor(shows({ web: 'conflict' }));
  const asking = await readService(project, 'web');
  expect(asking.why).toContain(`it asked: Port ${fixed} is in use. Use another port instead?`);
  expect(asking).toMatchObject({ pid: null, conflict: { port: fixed, owners: [{ pid: holder.pid }] } });
  expect(asking.conflict?.choices).toContainEqual({ name: 'reroute', unavailable: null });

  await screen.waitFor(DIALOG_TAKES_KEYS);
  screen.press('p');
  await screen.waitFor((rows) => rows.join('\n').includes(`→${fixed + 1}`), { timeoutMs: 20_000 });
  expect(await readService(project, 'web')).toMatchObject({ port: fixed + 1, wantedPort: port, run: 2 });
  expect((await runDev(project, ['logs', 'web'])).stdout).toContain('answered with yes');
});

it('a service that asked starts on its port once the owner was killed', async () => {
  const [fixed, port] = (await freePorts(2)).toSorted((a, b) => b - a) as [number, number];
  const holder = await holdPort(fixed);
  const project = createTempProject({ config: configOf(fixed, port) });
  const screen = openScreen(project);
  await screen.waitFor(DIALOG_TAKES_KEYS);
  screen.press('K', 'y');
  await screen.waitFor((rows) => !rows.join('\n').includes('try again'));
  await expect.poll(async () => (await readService(project, 'web')).listening).toMatchObject([{ port: fixed }]);
  expect(holder.isAlive()).toBe(false);
});

it('without a person, a question about another port ends up with 5, or is answered yes with reroute', async () => {
  const port = await freePort();
  const other = await freePort();
  await holdPort(port);
  const project = createTempProject({ config: configOf(port, other) });
  const up = await runDev(project, ['up', '-d', '--timeout', '20s']);
  expect(up.exitCode).toBe(5);
  expect((await runDev(project, ['status'])).stdout).toContain(`it asked: Port ${port} is in use.`);
  await runDev(project, ['stop']);

  const moved = await runDev(project, ['up', '-d', '--on-conflict', 'reroute', '--timeout', '20s']);
  expect(moved.exitCode).toBe(0);
  expect(await readService(project, 'web')).toMatchObject({ state: 'ready', port: port + 1, run: 1 });
});
