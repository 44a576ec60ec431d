// What `./dev` runs in a fresh clone: the shop, with nothing but Node and npm.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePorts } from '../helpers/free-port.ts';
import { openScreen, readStatus, shows } from '../helpers/session.ts';
import { createTempProject, REPOSITORY } from '../helpers/temp-project.ts';

it('the example shop runs, shows its health components, and sells', async () => {
  const [backendPort, frontendPort] = (await freePorts(2)) as [number, number];
  const project = createTempProject({
    copies: { 'examples/shop': 'examples/shop' },
    config: readFileSync(join(REPOSITORY, '.project.config'), 'utf8')
      .replace('port: 8000', `port: ${backendPort}`)
      .replace('port: 5173', `port: ${frontendPort}`),
  });
  const screen = openScreen(project);
  await screen.waitFor(shows({ backend: 'ready', frontend: 'ready' }), { timeoutMs: 30_000 });
  screen.press('g');
  await screen.waitFor((rows) => ['database', 'inventory', 'memory'].every((part) => rows.join('\n').includes(part)));

  const [backend, frontend] = (await readStatus(project)).services;
  const page = await fetch(`http://localhost:${frontendPort}/src/api.ts`);
  expect(await page.text()).toContain(`"VITE_API_URL": "${backend?.url}"`);
  expect(frontend?.port).toBe(frontendPort);

  const order = await fetch(`${backend?.url}/api/orders`, { method: 'POST', body: '{"productId": 1, "quantity": 2}' });
  expect(order.status).toBe(201);
  await screen.waitFor('POST /api/orders 201');
  screen.press('q');
  expect(await screen.waitForExit()).toMatchObject({ exitCode: 0 });
});
