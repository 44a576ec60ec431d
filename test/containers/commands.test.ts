// Services whose command is a client of the engine, as people write them: docker run, docker compose up.

import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort, freePorts, isPortOpen } from '../helpers/free-port.ts';
import {
  BOX,
  createContainerProject,
  describeWithEngine,
  docker,
  ENGINE,
  isRunning,
  REDIS,
  composeProject,
  strangersContainer,
} from '../helpers/real-engine.ts';
import { runDev } from '../helpers/run-dev.ts';
import { becomes, readService } from '../helpers/session.ts';
import type { TempProject } from '../helpers/temp-project.ts';

async function up(project: TempProject): Promise<void> {
  const { exitCode, stdout, stderr } = await runDev(project, ['up', '-d'], { timeoutMs: 60_000 });
  expect(exitCode, stdout + stderr).toBe(0);
}

describeWithEngine('a command that runs a container', [BOX, REDIS], () => {
  it.each([
    ['docker run', (line: string) => line],
    ['docker run in a script', (line: string) => `sh -c '${line}; true'`],
  ])('%s: is ready when the container answers, shows it, and stops with it', async (_what, wrap) => {
    const port = await freePort();
    const project = createContainerProject(
      `  web: {command: "${wrap(`docker run --rm --init -p $PORT:80 ${BOX}`)}", port: ${port}}\n`,
    );
    await up(project);
    const view = await readService(project, 'web');
    expect(view).toMatchObject({ state: 'ready', port, container: { image: BOX } });
    expect(view.pid).not.toBe(null);
    await eventually('memory is the container’s', async () => {
      const { rssBytes, listening } = await readService(project, 'web');
      return (rssBytes ?? 0) > 0 && listening.some((one) => one.port === port);
    });
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
    expect(await isRunning(view.container?.id ?? '')).toBe(false);
    expect(await isPortOpen(port)).toBe(false);
  });

  it('leaves nothing running when the client is killed before it could stop its container', async () => {
    const port = await freePort();
    const script = 'trap "" TERM; while :; do sleep 1; done & httpd -f -p 80 -h /www';
    const project = createContainerProject(
      `  web: {command: [docker, run, --rm, -p, "${port}:80", ${BOX}, sh, -c, ${JSON.stringify(script)}], port: ${port}, stop: {grace: 300ms}}\n`,
    );
    await up(project);
    const { container } = await readService(project, 'web');
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
    expect(await isRunning(container?.id ?? '')).toBe(false);
  });

  it('never takes the container of somebody else for its own', async () => {
    const port = await freePort();
    const name = await strangersContainer(BOX);
    // The client follows the output of one container while another one, older than the service, has the port.
    const other = await strangersContainer('-p', `127.0.0.1:${port}:80`, BOX);
    const project = createContainerProject(
      `  web: {command: "docker logs -f ${name}", port: ${port}, on_conflict: ask}\n`,
    );
    const { exitCode, stderr } = await runDev(project, ['up', '-d']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain(`${ENGINE} stop ${other}`);
    await runDev(project, ['stop']);
    expect(await isRunning(other)).toBe(true);
  });

  it('two docker compose up of one project start one after the other and share its network', async () => {
    const [cache, web] = (await freePorts(2)) as [number, number];
    const project = createContainerProject(`
  cache: {command: docker compose up cache, port: ${cache}}
  web: {command: docker compose up web, port: ${web}}
`);
    const name = composeProject();
    project.write(
      'compose.yaml',
      `name: ${name}
services:
  cache: {image: '${REDIS}', ports: ["${cache}:6379"]}
  web: {image: '${BOX}', init: true, ports: ["${web}:80"]}
`,
    );
    await up(project);
    expect(await readService(project, 'cache')).toMatchObject({ state: 'ready', container: { image: REDIS } });
    const networks = await docker('network', 'ls', '--filter', `name=${name}_default`, '--format', '{{.Name}}');
    expect(networks.split('\n')).toEqual([`${name}_default`]);
    const { container } = await becomes(project, 'web', 'ready');
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
    expect(await isRunning(container?.id ?? '')).toBe(false);
  });
});
