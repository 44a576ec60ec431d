// Services of a Compose file, with the real Compose.

import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort, freePorts, isPortOpen } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import {
  BOX,
  composeProject,
  createContainerProject,
  describeWithEngine,
  docker,
  isRunning,
  REDIS,
} from '../helpers/real-engine.ts';
import { runDev } from '../helpers/run-dev.ts';
import { readService, readStatus, supervisorPid } from '../helpers/session.ts';
import type { TempProject } from '../helpers/temp-project.ts';

async function up(project: TempProject, ...args: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await runDev(project, ['up', '-d', ...args], { timeoutMs: 60_000 });
  expect(exitCode, stdout + stderr).toBe(0);
}

async function stop(project: TempProject): Promise<void> {
  const { exitCode, stdout, stderr } = await runDev(project, ['stop']);
  expect(exitCode, stdout + stderr).toBe(0);
}

/** A project with a Compose file, whose services say what is after `services:`. */
function withCompose(services: string, file: string): { readonly project: TempProject; readonly name: string } {
  const project = createContainerProject(services);
  const name = composeProject();
  project.write('compose.yaml', `name: ${name}\n${file}`);
  return { project, name };
}

const box = (more = '') => `{image: '${BOX}', init: true, ${more}}`;

describeWithEngine('a service of a Compose file', [BOX, REDIS], () => {
  it('runs with the ports, dependencies and health check of the file, and stops without being removed', async () => {
    const [web, cache] = (await freePorts(2)) as [number, number];
    const { project, name } = withCompose(
      `
  web: {compose: web}
  cache: {compose: cache}
  client: {command: 'echo $CACHE; exec sleep 100', env: {CACHE: "\${cache.address}"}}
`,
      `services:
  web: ${box(`ports: ["${web}:80"], depends_on: [cache], healthcheck: {test: [CMD, wget, -qO-, "http://127.0.0.1/"], interval: 1s}`)}
  cache: {image: '${REDIS}', ports: ["127.0.0.1:${cache}:6379"]}
`,
    );
    await up(project);
    const view = await readService(project, 'web');
    expect(view).toMatchObject({ state: 'ready', port: web, dependsOn: ['cache'], health: { status: 'pass' } });
    expect(view.container?.name).toBe(`${name}-web-1`);
    expect(await readService(project, 'cache')).toMatchObject({ state: 'ready', port: cache });
    expect((await runDev(project, ['logs', 'client', '--raw'])).stdout).toContain(`127.0.0.1:${cache}`);
    await stop(project);
    expect(await isRunning(`${name}-web-1`)).toBe(false);
    expect(await docker('ps', '-aq', '--filter', `name=${name}-web-1`)).not.toBe('');
    expect([await isPortOpen(web), await isPortOpen(cache)]).toEqual([false, false]);
  });

  it('five start at once in one network', async () => {
    const ports = await freePorts(5);
    const names = ports.map((_, index) => `web${index}`);
    const { project, name } = withCompose(
      names.map((service) => `  ${service}: {compose: ${service}}\n`).join(''),
      `services:\n${names.map((service, index) => `  ${service}: ${box(`ports: ["${ports[index]}:80"]`)}\n`).join('')}`,
    );
    await up(project);
    const { services } = await readStatus(project);
    expect(services.map(({ state }) => state)).toEqual(Array(5).fill('ready'));
    expect(await docker('network', 'ls', '--filter', `name=${name}_default`, '--format', '{{.Name}}')).toBe(
      `${name}_default`,
    );
    await stop(project);
  });

  it('is published elsewhere when its port is taken, and who refers to it is told', async () => {
    const held = await holdPort(await freePort());
    const { project } = withCompose(
      `
  cache: {compose: cache, on_conflict: reroute}
  client: {command: 'echo $CACHE; exec sleep 100', env: {CACHE: "\${cache.address}"}, depends_on: [cache]}
`,
      `services:\n  cache: {image: '${REDIS}', ports: ["127.0.0.1:${held.port}:6379"]}\n`,
    );
    await up(project);
    const { port, wantedPort, listening } = await readService(project, 'cache');
    expect(wantedPort).toBe(held.port);
    expect(port).not.toBe(held.port);
    expect(listening).toMatchObject([{ port }]);
    expect((await runDev(project, ['logs', 'client', '--raw'])).stdout).toContain(`127.0.0.1:${port}`);
    await stop(project);
  });

  it('has the variables of its config beside those of the file, of .env and of the override file', async () => {
    const { project, name } = withCompose(
      `  web: {compose: web, env: {MODE: "dev $1", WEB_PORT: other}}\n`,
      `services:\n  web: ${box('environment: {MODE: file, KEPT: "${KEPT:?is in .env}"}, command: [sleep, "100"]')}\n`,
    );
    project.write('.env', 'KEPT=yes\n');
    project.write('compose.override.yaml', 'services: {web: {environment: {FROM: override}}}\n');
    await up(project);
    const env = await docker('exec', `${name}-web-1`, 'env');
    expect(env.split('\n')).toEqual(
      expect.arrayContaining(['MODE=dev $1', 'KEPT=yes', 'WEB_PORT=other', 'FROM=override']),
    );
    await stop(project);
  });

  it('may stand under a profile and in a file that another one overrides', async () => {
    const { project, name } = withCompose(
      `  web: {compose: {file: [base.yaml, dev.yaml], service: page}}\n`,
      'services: {}\n',
    );
    project.write(
      'base.yaml',
      `name: ${name}\nservices:\n  page: ${box('profiles: [dev], command: [sleep, "100"]')}\n`,
    );
    project.write('dev.yaml', `services:\n  page: {environment: {FROM: dev.yaml}}\n`);
    await up(project);
    expect(await docker('exec', `${name}-page-1`, 'env')).toContain('FROM=dev.yaml');
    await stop(project);
  });

  it('brings what it needs of the file and nobody else starts, and takes it down again', async () => {
    const { project, name } = withCompose(
      '  web: {compose: web}\n',
      `services:
  web: ${box('depends_on: [helper], command: [sleep, "100"]')}
  helper: ${box('command: [sleep, "100"]')}
`,
    );
    await up(project);
    expect(await isRunning(`${name}-helper-1`)).toBe(true);
    await stop(project);
    expect(await isRunning(`${name}-helper-1`)).toBe(false);
  });

  it('stays stopped although its file says that the engine starts it again', async () => {
    const { project, name } = withCompose(
      '  web: {compose: web}\n',
      `services:\n  web: ${box('restart: always, command: [sleep, "100"]')}\n`,
    );
    await up(project);
    await stop(project);
    expect(await isRunning(`${name}-web-1`)).toBe(false);
  });

  it('is taken over when it runs already, with its output once', async () => {
    const port = await freePort();
    const { project, name } = withCompose(
      '  web: {compose: web, stop: {grace: 1s}}\n',
      `services:\n  web: ${box(`ports: ["${port}:80"], command: [sh, -c, "echo begin; exec httpd -f -p 80 -h /www"]`)}\n`,
    );
    await up(project);
    const { container } = await readService(project, 'web');
    process.kill(supervisorPid(project) ?? 0, 'SIGKILL');
    await eventually('the supervisor is gone', () => project.processes().length === 0);
    await up(project);
    expect((await readService(project, 'web')).container?.id).toBe(container?.id);
    await runDev(project, ['restart', 'web', '--wait']);
    const { stdout } = await runDev(project, ['logs', 'web', '--raw']);
    expect(stdout.split('\n').filter((line) => line === 'begin')).toHaveLength(2);
    await stop(project);
    expect(await isRunning(`${name}-web-1`)).toBe(false);
  });

  it('says what Compose says of a file that it cannot read, and of a service that is not in it', async () => {
    const { project } = withCompose('  web: {compose: web}\n', 'services:\n  db: {image: 3, imagee: x}\n');
    const broken = await runDev(project, ['up', '-d']);
    expect(broken.exitCode).toBe(1);
    expect(broken.stdout + broken.stderr).toMatch(/docker compose: .*(?:imagee|services\.db)/);
    project.write('compose.yaml', `services:\n  db: ${box()}\n`);
    const missing = await runDev(project, ['up', '-d']);
    expect(missing.stdout + missing.stderr).toContain('the Compose file has no service web; it has db');
  });
});
