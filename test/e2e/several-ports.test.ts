// A process with several ports: each is looked for, moved and told by its own name.

import { expect, it } from 'vitest';
import { freePorts } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

it('a second port moves, and the process and other services get the new one', async () => {
  const [port, metrics] = (await freePorts(2)) as [number, number];
  await holdPort(metrics);
  const project = createTempProject({
    config: `
services:
  web:
    command: ${fixtureCommand('web-server')}
    port: ${port}
    ports: {metrics: ${metrics}}
    env: {GREETING: "own \${PORT_METRICS}"}
    on_conflict: reroute
  reader: {command: 'echo neighbour $WEB_PORT_METRICS $METRICS; exec sleep 100', depends_on: [web], env: {METRICS: "\${web.ports.metrics}"}}
`,
  });
  const up = await runDev(project, ['up', '-d']);
  expect(up.exitCode, up.stderr).toBe(0);
  const view = await readService(project, 'web');
  expect(view.port).toBe(port);
  const [{ port: moved } = { port: 0 }] = view.ports;
  expect(view.ports).toEqual([{ name: 'metrics', port: moved, wantedPort: metrics }]);
  expect(moved).not.toBe(metrics);
  expect(await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text())).toBe(`own ${moved}`);
  expect((await runDev(project, ['logs', 'reader', '--raw'])).stdout).toContain(`neighbour ${moved} ${moved}`);
  expect((await runDev(project, ['stop'])).exitCode).toBe(0);
});
