// Ports that cannot be had for another reason than a listener of ours, and commands about ports outside of any project.

import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { becomes, fixtureCommand, openScreen, readService, shows } from '../helpers/session.ts';
import { createTempProject, isPortable } from '../helpers/temp-project.ts';

const WEB = fixtureCommand('web-server');

it.skipIf(isPortable)('up names the connection that has the port as its local end, and exits with 5', async () => {
  const far = await freePort();
  await holdPort(far);
  const client = connect(far, '127.0.0.1');
  onTestFinished(() => void client.destroy());
  await once(client, 'connect');
  const port = client.localPort!;
  const project = createTempProject({ config: `services:\n  web: {command: ${WEB}, port: ${port}}\n` });

  const up = await runDev(project, ['up', '-d']);
  expect(up.exitCode).toBe(5);
  expect(up.stderr).toContain(`web cannot start: port ${port} is not available`);
  expect(up.stderr).toContain(`Port ${port} is the local end of a connection from node (pid ${process.pid})`);
  expect(up.stderr).toContain('--on-conflict reroute');
  expect((await runDev(project, ['status'])).stdout).toContain(`port ${port} is the local end of a connection`);
  const ports = await runDev(project, ['ports', String(port)]);
  expect(ports.stdout).toContain(`Nothing listens on port ${port}, but it is not available.`);

  // Closed the usual way, its end would be kept back for a minute.
  client.resetAndDestroy();
  await once(client, 'close');
  expect((await runDev(project, ['restart', 'web', '--wait'])).exitCode).toBe(0);
});

it('ports and kill work in a folder without a project', async () => {
  const port = await freePort();
  const holder = await holdPort(port);
  const project = createTempProject();
  const nowhere = { ...project, root: join(project.root, '..') };

  expect((await runDev(nowhere, ['ports', String(port)])).stdout).toContain(`(pid ${holder.pid})`);
  const shown = JSON.parse((await runDev(nowhere, ['ports', String(port), '--json'])).stdout) as unknown;
  expect(shown).toMatchObject({ data: { port, inUse: true, owners: [{ pid: holder.pid, verdict: 'foreign' }] } });

  const planned = await runDev(nowhere, ['kill', String(port), '--dry-run', '--json']);
  expect(planned.exitCode).toBe(0);
  expect(JSON.parse(planned.stdout)).toMatchObject({ data: { port, freed: false, signalled: [] } });

  const refused = await runDev(nowhere, ['kill', String(port), '--json']);
  expect(refused.exitCode).toBe(5);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'refused' } });

  const killed = await runDev(nowhere, ['kill', String(port), '--yes', '--json']);
  expect(killed.exitCode).toBe(0);
  expect(JSON.parse(killed.stdout)).toMatchObject({ data: { port, freed: true, signalled: [{ pid: holder.pid }] } });
  expect((await runDev(nowhere, ['ports', String(port)])).stdout).toBe(`Port ${port} is free.\n`);

  const all = await runDev(nowhere, ['ports']);
  expect(all.exitCode).toBe(3);
});

it.skipIf(isPortable)('a foreign process that listens beside a service raises an alarm until it ends', async () => {
  const port = await freePort();
  const project = createTempProject({ config: `services:\n  web: {command: ${WEB}, port: ${port}}\n` });
  const screen = openScreen(project);
  await screen.waitFor(shows({ web: 'ready' }));
  const stranger = await holdPort(port, { host: '::1' });

  await screen.waitFor((rows) => rows.some((row) => row.includes(`${port} ▲`)), { timeoutMs: 15_000 });
  const web = await readService(project, 'web');
  expect(web).toMatchObject({ state: 'ready', secondListener: { address: '::1', port, pid: stranger.pid } });
  expect(web.why).toContain(`pid ${stranger.pid} (node foreign-server.mjs ${port} ::1) listens on [::1]:${port} too`);
  expect((await runDev(project, ['status'])).stdout).toContain(`listens on [::1]:${port} too`);
  expect((await runDev(project, ['ports'])).stdout).toMatch(/ours, foreign/);

  await stranger.stop();
  await screen.waitFor((rows) => rows.every((row) => !row.includes('▲')), { timeoutMs: 15_000 });
  expect((await readService(project, 'web')).why).toBe('');
});

it('finds the port of an error that names none by the script, the environment and the processes of the service', async () => {
  const port = await freePort();
  const holder = await holdPort(port);
  const late = `import subprocess, sys
subprocess.run([sys.executable, '-c', 'import http.server, sys, time; time.sleep(1); http.server.HTTPServer(("", int(sys.argv[2])), None)', '--port', '${port}'], check=True)
`;
  const project = createTempProject({
    config: `
services:
  script: {command: sh run.sh}
  target: {command: make serve}
  variable: {command: "exec python3 -m http.server $WEB", env: {WEB: "${port}"}}
  child: {command: exec python3 late.py}
`,
  });
  project.write('run.sh', `exec python3 -m http.server \${HTTP:-${port}}\n`);
  project.write('Makefile', `P ?= ${port}\nserve:\n\tpython3 -m http.server ${port}\n`);
  project.write('late.py', late);
  await runDev(project, ['start']);
  for (const name of ['script', 'target', 'variable', 'child']) {
    const { conflict } = await becomes(project, name, 'conflict');
    expect(conflict).toMatchObject({ port, owners: [{ pid: holder.pid }] });
  }
});
