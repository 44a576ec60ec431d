// A real server that finds its port taken after the look and takes another by itself: everything follows it.

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { openScreen, readService, serviceRow, shows } from '../helpers/session.ts';
import { createTempProject, isPortable, REPOSITORY } from '../helpers/temp-project.ts';

const VITE = join(REPOSITORY, 'node_modules/.bin/vite');

it.skipIf(isPortable)('devdeck follows Vite to another port, with its address and all references', async () => {
  const port = await freePort();
  const project = createTempProject({
    config: `
services:
  web: {command: "until [ -e go ]; do sleep 0.05; done; exec ${VITE} --host 127.0.0.1 --port $PORT", port: ${port}}
  client: {command: "echo calling $WEB; exec sleep 100000", env: {WEB: "\${web.url}"}}
  other: {command: exec sleep 100000}
`,
  });
  const screen = openScreen(project);
  await screen.waitFor(shows({ client: 'ready', other: 'ready' }));
  const client = await readService(project, 'client');
  const other = await readService(project, 'other');
  await holdPort(port);
  project.write('go', '');

  const web = await eventually('Vite listens elsewhere', async () => {
    const service = await readService(project, 'web');
    return service.ready && service;
  });
  const [listener] = web.listening;
  expect(listener?.port).toBeGreaterThan(port);
  expect(web).toMatchObject({
    port: listener?.port,
    wantedPort: port,
    url: `http://localhost:${listener?.port}`,
    restarts: 0,
  });
  await screen.waitFor((rows) => serviceRow(rows, 'web').includes(`${port}→${listener?.port}`));

  const told = await eventually('the client has the new address', async () => {
    const { stdout } = await runDev(project, ['logs', 'client']);
    return stdout.includes(`calling http://localhost:${listener?.port}`) && (await readService(project, 'client'));
  });
  expect(told.pid).not.toBe(client.pid);
  expect(await readService(project, 'other')).toMatchObject({ pid: other.pid });
});
