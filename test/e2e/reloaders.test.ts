// Reloaders that outlive their server: the process runs, and the service does not.

import { expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { eventually } from '../helpers/eventually.ts';
import { runDev } from '../helpers/run-dev.ts';
import { becomes, openScreen, readService, shows } from '../helpers/session.ts';
import { createTempProject, isPortable, type TempProject } from '../helpers/temp-project.ts';

const PYTHON_APP = `
async def app(scope, receive, send):
    if scope['type'] == 'http':
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})
        await send({'type': 'http.response.body', 'body': b'ok'})
`;
const NODE_APP = `require('node:http').createServer((_, answer) => answer.end('ok')).listen(process.env.PORT);\n`;

it('sees that uvicorn --reload has no server any more, and when it has one again', async () => {
  const port = await freePort();
  const project = createTempProject({
    config: `
services:
  api:
    command: uvicorn main:app --reload --port $PORT
    port: ${port}
    health: {http: /, interval: 200ms, timeout: 500ms, retries: 2}
`,
    env: { PATH: `/usr/bin:${process.env['PATH']}` },
  });
  project.write('main.py', PYTHON_APP);
  expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  const { pid } = await readService(project, 'api');

  await change(project, 'def broken(:\n');
  const broken = await becomes(project, 'api', 'unhealthy');
  expect(broken.why).not.toBe('');
  expect(broken.probes.at(-1)).toMatchObject({ ok: false });

  project.write('main.py', PYTHON_APP);
  expect(await becomes(project, 'api', 'ready')).toMatchObject({ pid, restarts: 0 });
});

it('is not ready while the first version of an app under uvicorn --reload is broken', async () => {
  const port = await freePort();
  const project = createTempProject({
    config: `
services:
  api: {command: uvicorn main:app --reload --port $PORT, port: ${port}, health: {http: /, timeout: 500ms, start_period: 1s}}
`,
    env: { PATH: `/usr/bin:${process.env['PATH']}` },
  });
  project.write('main.py', 'def broken(:\n');
  await runDev(project, ['start']);
  expect(await becomes(project, 'api', 'unhealthy')).toMatchObject({ ready: false, readyAt: null });
});

it.skipIf(isPortable)(
  'sees without a health check that uvicorn --reload keeps the port of a dead server, and when it has one again',
  async () => {
    const project = await uvicornProject();
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    const { pid } = await readService(project, 'api');

    await change(project, 'def broken(:\n');
    const broken = await becomes(project, 'api', 'unhealthy');
    expect(broken.why).toMatch(/^nothing answers on \d+ any more: its server has ended/);

    project.write('main.py', PYTHON_APP);
    expect(await becomes(project, 'api', 'ready')).toMatchObject({ pid, restarts: 0 });
  },
);

it('raises no alarm while uvicorn --reload loads an app that takes its time', async () => {
  const project = await uvicornProject();
  expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  await change(project, `import time\ntime.sleep(3)\nprint('loaded', flush=True)\n${PYTHON_APP}`);
  await eventually('the app is loaded', async () => (await runDev(project, ['logs', 'api'])).stdout.includes('loaded'));
  const { stdout } = await runDev(project, ['events']);
  expect(stdout).not.toContain('unhealthy');
});

/** uvicorn takes a file for unchanged as it finds it in its first look, a quarter of a second after its start. */
async function change(project: TempProject, app: string): Promise<void> {
  await eventually('uvicorn sees the change', async () => {
    project.write('main.py', app);
    return /detected (?:file change|changes) in '.*main\.py'/.test((await runDev(project, ['logs', 'api'])).stdout);
  });
}

async function uvicornProject(): Promise<TempProject> {
  const project = createTempProject({
    config: `services: {api: {command: uvicorn main:app --reload --port $PORT, port: ${await freePort()}}}\n`,
    env: { PATH: `/usr/bin:${process.env['PATH']}` },
  });
  project.write('main.py', PYTHON_APP);
  return project;
}

it('sees that node --watch has no server any more, also without a health check', async () => {
  const port = await freePort();
  const project = createTempProject({
    config: `services: {web: {command: [${JSON.stringify(process.execPath)}, --watch, app.cjs], port: ${port}}}\n`,
  });
  project.write('app.cjs', NODE_APP);
  // A screen that looks on has the processes looked at every two seconds.
  await openScreen(project).waitFor(shows({ web: 'ready' }));
  project.write('app.cjs', 'throw new Error("broken");\n');
  expect((await becomes(project, 'web', 'unhealthy')).why).toBe(`it no longer listens on ${port}`);
  project.write('app.cjs', NODE_APP);
  await becomes(project, 'web', 'ready');
});

it('sees it soon also while no screen is open, and of a service that was ready by a line of output', async () => {
  const port = await freePort();
  const command = `[${JSON.stringify(process.execPath)}, --watch, app.cjs]`;
  const project = createTempProject({
    config: `services: {web: {command: ${command}, port: ${port}, ready: {log: listening}}}\n`,
  });
  const app = NODE_APP.replace(';', ".on('listening', () => console.log('listening'));");
  project.write('app.cjs', app);
  expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
  project.write('app.cjs', 'throw new Error("broken");\n');
  // The port is looked at without a screen, too.
  expect((await becomes(project, 'web', 'unhealthy', { timeoutMs: 8_000 })).why).toMatch(/^it no longer listens on/);
  project.write('app.cjs', app);
  await becomes(project, 'web', 'ready', { timeoutMs: 8_000 });
});
