// A port that a container of somebody else's has, on a real engine.

import { expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { BOX, describeWithEngine, isRunning, strangersContainer } from '../helpers/real-engine.ts';
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
    await app.waitFor(`${name} (docker container)`);
    await app.waitFor(DIALOG_TAKES_KEYS);
    app.press('c');
    await app.waitFor(shows({ web: 'ready' }), { timeoutMs: 30_000 });
    expect(await isRunning(name)).toBe(false);
    expect(await readService(project, 'web')).toMatchObject({ port, external: false });
    app.press('q');
    await app.waitForExit();
  });

  it('is left alone without a person, and the error names the container', async () => {
    const port = await freePort();
    const name = await strangersContainer('-p', `127.0.0.1:${port}:80`, BOX);
    const project = createTempProject({ config: configOf(port) });
    const up = await runDev(project, ['up', '-d', '--on-conflict', 'kill']);
    expect(up.exitCode).toBe(5);
    expect(up.stderr).toContain(`docker stop ${name}`);
    expect(await isRunning(name)).toBe(true);
  });
});
