// A port that a container of somebody else's has, on a real engine.

import { expect, it } from 'vitest';
import { freePort, freePorts, isPortOpen } from '../helpers/free-port.ts';
import {
  BOX,
  composeProject,
  createContainerProject,
  describeWithEngine,
  docker,
  ENGINE,
  isRunning,
  strangersContainer,
} from '../helpers/real-engine.ts';
import { runDev } from '../helpers/run-dev.ts';
import { DIALOG_TAKES_KEYS, fixtureCommand, openScreen, readService, shows } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const configOf = (port: number) => `
services:
  web:
    command: ${fixtureCommand('web-server')}
    port: ${port}
`;

describeWithEngine('a port that a container publishes', [BOX], () => {
  it('is freed by stopping the container, and the service starts there', async () => {
    const port = await freePort();
    const name = await strangersContainer('-p', `127.0.0.1:${port}:80`, BOX);
    const project = createTempProject({ config: configOf(port) });
    const app = openScreen(project);
    await app.waitFor(`${name} (${ENGINE} container)`);
    await app.waitFor(DIALOG_TAKES_KEYS);
    app.press('c');
    await app.waitFor(shows({ web: 'ready' }), { timeoutMs: 30_000 });
    expect(await isRunning(name)).toBe(false);
    expect(await readService(project, 'web')).toMatchObject({ port, external: false });
    app.press('q');
    await app.waitForExit();
  });

  it('is moved alone when a service has several, and who refers to it is told', async () => {
    const [smtp, web] = (await freePorts(2)) as [number, number];
    await strangersContainer('-p', `127.0.0.1:${web}:80`, BOX);
    const project = createContainerProject(`
  mail:
    container: {image: '${BOX}', args: [sh, -c, "httpd -p 1025 -h /www; exec httpd -f -p 80 -h /www"]}
    ports: {smtp: {default: ${smtp}, container_port: 1025}, web: {default: ${web}, container_port: 80}}
    on_conflict: reroute
  api: {command: 'echo at $MAIL_WEB, $MAIL_PORT_WEB; exec sleep 100', env: {MAIL_WEB: "\${mail.ports.web}"}, depends_on: [mail]}
`);
    const up = await runDev(project, ['up', '-d']);
    expect(up.exitCode, up.stderr).toBe(0);
    const { port, ports } = await readService(project, 'mail');
    const moved = ports.find(({ name }) => name === 'web')?.port ?? 0;
    expect(port).toBe(smtp);
    expect(moved).not.toBe(web);
    expect(await fetch(`http://127.0.0.1:${moved}/`).then((answer) => answer.text())).toBe('ok\n');
    expect((await runDev(project, ['logs', 'api', '--raw'])).stdout).toContain(`at ${moved}, ${moved}`);
    const shown = await runDev(project, ['ports']);
    expect(shown.stdout).toMatch(new RegExp(`mail\\.ports\\.web +${web} +${moved} `));
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
    expect([await isPortOpen(smtp), await isPortOpen(moved)]).toEqual([false, false]);
  });

  it('is told with the Compose project and folder of its container', async () => {
    const port = await freePort();
    const name = composeProject();
    const other = createTempProject();
    other.write(
      'compose.yaml',
      `name: ${name}\nservices:\n  db: {image: '${BOX}', init: true, ports: ["127.0.0.1:${port}:80"]}\n`,
    );
    await docker('compose', '--project-directory', other.root, '-f', `${other.root}/compose.yaml`, 'up', '-d');
    const project = createContainerProject(`  web: {container: '${BOX}', port: ${port}}\n`);
    const up = await runDev(project, ['up', '-d']);
    expect(up.exitCode).toBe(5);
    expect(up.stderr).toContain(`${name}-db-1`);
    expect(up.stderr).toContain(other.root);
    expect(await isRunning(`${name}-db-1`)).toBe(true);
    await runDev(project, ['stop']);
  });

  it('is left alone without a person, and the error names the container', async () => {
    const port = await freePort();
    const name = await strangersContainer('-p', `127.0.0.1:${port}:80`, BOX);
    const project = createTempProject({ config: configOf(port) });
    const up = await runDev(project, ['up', '-d', '--on-conflict', 'kill']);
    expect(up.exitCode).toBe(5);
    expect(up.stderr).toContain(`${ENGINE} stop ${name}`);
    expect(await isRunning(name)).toBe(true);
  });
});
