// `--plain` in a real terminal: the session told line by line, with keys, for somebody who hears it.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { KEY } from '../helpers/pty-app.ts';
import { runDev } from '../helpers/run-dev.ts';
import { becomes, fixtureCommand, openScreen, openScreenFromShell, readService } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const ESC = '\u001b';
const CONFIG =
  'services:\n  api: {command: "echo hello; echo ERROR broken; sleep 100000"}\n  web: {command: sleep 100000}\n';

it('the plain screen tells changes in words, reads logs on a key, and gives the terminal back', async () => {
  const project = createTempProject({ config: CONFIG });
  const app = openScreenFromShell(project, ['--plain']);
  await app.waitFor(/\? tells the keys/);
  await app.waitFor('2 services: 2 ready');
  app.press('j');
  await app.waitFor('web, ready, 2 of 2');
  app.press('k');
  await app.waitFor('api, ready, 1 of 2');
  app.press('l');
  await app.waitFor(/last 2 lines of api\n+hello/);
  app.press('e');
  await app.waitFor(/last errors of api\n+ERROR broken/);
  app.press('w');
  await app.waitFor(/api is ready|api: ready|api ready/);
  app.press('?');
  await app.waitFor('f: read the log of the service as it grows, or stop');
  app.press('s');
  await app.waitFor(/api:? stopped/);
  app.press('q');
  const rows = await app.waitFor('terminal as before');
  expect(rows.join('\n')).toContain('exit code 0');
  expect(app.output()).not.toContain(ESC);
});

it('the plain screen follows the log of the chosen service, and of no other', async () => {
  const config =
    'services:\n  tick: {command: "n=0; while :; do n=$((n+1)); echo tick $n; sleep 0.1; done"}\n  web: {command: sleep 100000}\n';
  const project = createTempProject({ config });
  const app = openScreen(project, ['--plain']);
  await app.waitFor('2 services: 2 ready');
  expect(app.output()).not.toContain('log: ');
  app.press('f');
  await app.waitFor(/log: tick \d+/);
  app.press('f');
  await app.waitFor('follows no log any more');
  app.press('q');
  expect(await app.waitForExit()).toMatchObject({ exitCode: 0 });
  expect(app.output()).not.toContain(ESC);
});

it('the plain screen kills the foreign owner of a port only after p, K and y; keys that are held kill nothing', async () => {
  const port = await freePort();
  const stranger = await holdPort(port);
  const project = createTempProject({
    config: `services:\n  web: {command: ${fixtureCommand('web-server')}, port: ${port}}\n`,
  });
  const app = openScreen(project, ['--plain'], { columns: 400 });
  await app.waitFor(/\? tells the keys/);
  for (let times = 0; times < 20; times += 1) app.press('K');
  await app.waitFor(`web: the owner is node (pid ${stranger.pid})`);
  for (let times = 0; times < 20; times += 1) app.press('k');
  await app.waitFor('web, conflict');
  app.press('y');
  await app.waitFor('y does nothing here');
  app.press('p');
  await app.waitFor(/port \d+ of web: \d ways out/);
  for (let times = 0; times < 20; times += 1) app.press('K');
  await app.waitFor(new RegExp(`kill pid ${stranger.pid}, .*this session did not start it`));
  expect(stranger.isAlive()).toBe(true);
  app.press(KEY.escape);
  await app.waitFor('back to the ways out');
  app.press('K');
  await app.waitFor('y kills it and its children');
  app.press('y');
  await app.waitFor('1 service: 1 ready');
  expect(stranger.isAlive()).toBe(false);
  expect(app.output()).not.toContain(ESC);
  app.press('q');
  expect(await app.waitForExit()).toMatchObject({ exitCode: 0 });
});

it('the plain screen asks before it stops a session that was there, and d leaves it running', async () => {
  const project = createTempProject({ config: CONFIG });
  await runDev(project, ['up', '-d']);
  const app = openScreen(project, ['attach', '--plain']);
  await app.waitFor('api, ready, 1 of 2');
  app.press('q');
  await app.waitFor('others may use this session: q stops all, d leaves it running, Esc stays');
  app.press('d');
  expect(await app.waitForExit()).toMatchObject({ exitCode: 0 });
  expect(await readService(project, 'api')).toMatchObject({ state: 'ready' });

  const again = openScreen(project, ['--plain']);
  await again.waitFor('api, ready, 1 of 2');
  again.signal('SIGTERM');
  expect(await again.waitForExit()).toMatchObject({ exitCode: 143 });
  await becomes(project, 'api', 'ready');
  expect(app.output() + again.output()).not.toContain(ESC);
});

it("a person's own config makes every screen a plain one", async () => {
  const project = createTempProject({ config: CONFIG });
  const folder = join(project.root, 'settings');
  mkdirSync(join(folder, 'devdeck'), { recursive: true });
  writeFileSync(join(folder, 'devdeck/config'), 'screen: plain\n');
  const mine = { ...project, env: { ...project.env, XDG_CONFIG_HOME: folder } };
  // The second time it comes from the cache.
  for (let times = 0; times < 2; times += 1) {
    const app = openScreen(mine);
    await app.waitFor('2 services: 2 ready');
    app.press('d');
    expect(await app.waitForExit()).toMatchObject({ exitCode: 0 });
    expect(app.output()).not.toContain(ESC);
  }
});

it('the plain screen is the stream where nobody can press a key', async () => {
  const project = createTempProject({ config: 'services:\n  job: {command: "echo done", restart: "no"}\n' });
  const { stdout, stderr } = await runDev(project, ['--plain', '-v']);
  expect(stdout).toContain('done');
  expect(stderr).toContain('Streaming: stdin is not a terminal.');
});
