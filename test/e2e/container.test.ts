// A container that has a port is stopped through its engine, from the screen.

import { expect, it } from 'vitest';
import { containerOnPort } from '../helpers/container-engine.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, openScreen, readService, shows, DIALOG_TAKES_KEYS } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const configOf = (port: number) => `
services:
  db:
    command: ${fixtureCommand('web-server')}
    port: ${port}
`;

it('c stops the container that has the port, and the service starts on it', async () => {
  const { port, socket, asked } = await containerOnPort();
  const project = createTempProject({ config: configOf(port), env: { DOCKER_HOST: `unix://${socket}` } });
  const app = openScreen(project);
  await app.waitFor('shop-db-1 (docker container)');
  await app.waitFor(/K +kill the owner +it serves containers/);
  await app.waitFor(DIALOG_TAKES_KEYS);
  app.press('c');
  await app.waitFor(shows({ db: 'ready' }));
  expect(asked.at(-1)).toMatch(/^POST .*\/stop$/);
  expect(await readService(project, 'db')).toMatchObject({ port, external: false });
  app.press('q');
  await app.waitForExit();
});

it('up names the container and how to stop it when there is no terminal', async () => {
  const engine = await containerOnPort();
  const { port, socket } = engine;
  const project = createTempProject({ config: configOf(port), env: { DOCKER_HOST: `unix://${socket}` } });
  const up = await runDev(project, ['up', '-d', '--on-conflict', 'kill']);
  expect(up.exitCode).toBe(5);
  expect(up.stderr).toContain('the docker container shop-db-1');
  expect(up.stderr).toContain('docker stop shop-db-1');
  expect(engine.isProxyAlive()).toBe(true);
});

it('ports and kill name the container, and kill stops it with --yes', async () => {
  const engine = await containerOnPort();
  const { port, socket } = engine;
  const project = createTempProject({ env: { DOCKER_HOST: `unix://${socket}` } });
  const shown = await runDev(project, ['ports', String(port)]);
  expect(shown.stdout).toContain('the docker container shop-db-1');

  const asked = await runDev(project, ['kill', String(port)]);
  expect(asked).toMatchObject({ exitCode: 5 });
  expect(asked.stderr).toContain('shop-db-1');
  expect(engine.isProxyAlive()).toBe(true);
  const dry = await runDev(project, ['kill', String(port), '--dry-run', '--json']);
  expect(JSON.parse(dry.stdout)).toMatchObject({ data: { freed: false, signalled: [] } });

  const stopped = await runDev(project, ['kill', String(port), '--yes']);
  expect(stopped).toMatchObject({ exitCode: 0 });
  expect(engine.asked.at(-1)).toMatch(/^POST .*\/stop$/);
  expect((await runDev(project, ['ports', String(port)])).stdout).toContain(`Port ${port} is free.`);
});
