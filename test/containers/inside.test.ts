// What happens inside of a container: commands, its terminal, a shell, and both checks of its health.

import { expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { BOX, createContainerProject, composeProject, describeWithEngine, docker } from '../helpers/real-engine.ts';
import { runDev } from '../helpers/run-dev.ts';
import { becomes, openScreen, readService, shows } from '../helpers/session.ts';

const sleeper = (more = '') =>
  `{container: {image: '${BOX}', args: [sh, -c, "exec sleep 1000"]}, stop: {grace: 0s}${more}}`;

describeWithEngine('inside of a container', [BOX], () => {
  it('run runs there, with its environment and exit code, and only while it runs', async () => {
    const project = createContainerProject(`  box: ${sleeper(', env: {COLOUR: blue}')}\n`);
    const early = await runDev(project, ['run', 'box', '--', 'true']);
    expect(early).toMatchObject({ exitCode: 1 });
    expect(early.stderr).toContain('./dev start box --wait');
    await runDev(project, ['up', '-d']);
    const ran = await runDev(project, ['run', 'box', '--', 'sh', '-c', 'echo $COLOUR on $(hostname); cat; exit 7'], {
      through: ['sh', '-c', 'printf typed | "$@"', 'sh'],
    });
    const { container } = await readService(project, 'box');
    expect(ran).toMatchObject({ exitCode: 7, stdout: `blue on ${container?.id.slice(0, 12)}\ntyped` });
    await runDev(project, ['stop']);
  });

  it('everything of the long form of container is there', async () => {
    const name = composeProject();
    const project = createContainerProject(`  box:
    container:
      image: '${BOX}'
      name: ${name}
      args: [sh, -c, 'exec sleep 1000']
      user: "1234:99"
      volumes: ["data:/kept", "./seed:/seed:ro"]
      pull: never
    stop: {grace: 0s}
`);
    project.write('seed/apples', '42');
    await runDev(project, ['up', '-d']);
    const line = 'id -u; id -g; cat /seed/apples; touch /seed/x 2>&1 | grep -o "Read-only"; ls -d /kept';
    expect(await runDev(project, ['run', 'box', '--', 'sh', '-c', line])).toMatchObject({
      stdout: '1234\n99\n42Read-only\n/kept\n',
    });
    expect((await readService(project, 'box')).container?.name).toBe(name);
    const mounts = await docker('inspect', '-f', '{{range .Mounts}}{{.Name}} {{end}}', name);
    expect(mounts.trim()).toMatch(/^devdeck-test-[0-9a-f]{8}-data-[0-9a-f]{6}$/);
    await runDev(project, ['stop']);
    project.write(
      '.project.config',
      `services:\n  box: {container: {image: '${BOX}-missing', pull: never}, restart: "no"}\n`,
    );
    await runDev(project, ['up', '-d']);
    expect((await readService(project, 'box')).why).toContain('pull: never forbids');
    await runDev(project, ['stop']);
  });

  it('i opens a shell there when it has no terminal of its own', async () => {
    const project = createContainerProject(`  box: ${sleeper()}\n`);
    const app = openScreen(project);
    await app.waitFor(shows({ box: 'ready' }), { timeoutMs: 30_000 });
    app.press('i');
    await app.waitFor('a shell inside');
    app.press('echo sum $((40+2))\r');
    await app.waitFor('sum 42');
    app.press('exit\r');
    await app.waitFor('the shell has ended');
    app.press('\u001d');
    await app.waitFor(shows({ box: 'ready' }));
    app.press('q');
    await app.waitForExit();
  });

  it('i reaches its own terminal when it has one', async () => {
    const script = 'while read -p "name? " name; do echo "hello $name"; done';
    const project = createContainerProject(
      `  asker: {container: {image: '${BOX}', args: [sh, -c, ${JSON.stringify(script)}]}, tty: true, stop: {grace: 0s}}\n`,
    );
    const app = openScreen(project);
    await app.waitFor(shows({ asker: 'ready' }), { timeoutMs: 30_000 });
    app.press('i');
    await app.waitFor('Ctrl-] to return');
    app.press('Ada\r');
    await app.waitFor('hello Ada');
    app.press('\u001d');
    await app.waitFor(shows({ asker: 'ready' }));
    app.press('q');
    await app.waitForExit();
  });

  it('its own check stands beside that of the config', async () => {
    const port = await freePort();
    const name = composeProject();
    const project = createContainerProject(`  web: {compose: web, health: {http: /, interval: 300ms}}\n`);
    project.write(
      'compose.yaml',
      `name: ${name}
services:
  web:
    image: '${BOX}'
    init: true
    ports: ["127.0.0.1:${port}:80"]
    stop_grace_period: 1s
    healthcheck: {test: [CMD, sh, -c, "echo out of order; exit 1"], interval: 200ms, retries: 1}
`,
    );
    await runDev(project, ['up', '-d']);
    await becomes(project, 'web', 'ready');
    const health = async () => (await readService(project, 'web')).health;
    await expect
      .poll(async () => (await health())?.components)
      .toEqual([{ name: 'HEALTHCHECK', ok: false, status: 'unhealthy', message: 'out of order' }]);
    expect(await health()).toMatchObject({ status: 'pass' });
    expect((await runDev(project, ['status'])).stdout).toContain('HEALTHCHECK: unhealthy, out of order');
    await runDev(project, ['stop']);
  });

  it('a port that the engine has chosen is shown, and told to who refers to it', async () => {
    const name = composeProject();
    const project = createContainerProject(
      '  web: {compose: web}\n  client: {command: "echo at $WEB; exec sleep 100", env: {WEB: "${web.address}"}, depends_on: [web]}\n',
    );
    project.write('compose.yaml', `name: ${name}\nservices:\n  web: {image: '${BOX}', init: true, ports: ["80"]}\n`);
    await runDev(project, ['up', '-d']);
    const [published = ''] = (await docker('port', `${name}-web-1`, '80')).split('\n');
    const port = Number(published.split(':').at(-1));
    expect(await readService(project, 'web')).toMatchObject({ state: 'ready', port });
    expect((await runDev(project, ['logs', 'client', '--raw'])).stdout).toContain(`at localhost:${port}`);
    await runDev(project, ['stop']);
  });
});
