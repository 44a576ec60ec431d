// A server that somebody else started takes the place of a service.

import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, openScreen, readService, shows, DIALOG_TAKES_KEYS } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const configOf = (port: number, health: string) => `
services:
  web:
    command: ${fixtureCommand('web-server')}
    port: ${port}
    health: ${health}
  worker:
    command: sleep 1000
    depends_on: {web: ready}
`;
const reuse = ['up', '-d', '--on-conflict', 'reuse'];

describe('a foreign server', () => {
  it('is used in place of the service, is watched, and outlives the session', async () => {
    const port = await freePort();
    const stranger = await holdPort(port);
    const project = createTempProject({ config: configOf(port, '/') });

    const up = await runDev(project, reuse);
    expect(up).toMatchObject({ exitCode: 0 });
    expect(up.stdout).toContain('◇ external');
    expect(up.stdout).toContain(`uses node (pid ${stranger.pid}), which devdeck did not start`);
    await eventually('its tree is measured', async () => (await readService(project, 'web')).rssBytes !== null);
    expect(await readService(project, 'web')).toMatchObject({
      state: 'ready',
      external: true,
      pid: stranger.pid,
      pids: [stranger.pid],
      listening: [{ port, pid: stranger.pid }],
      health: { status: 'pass' },
    });
    expect(await readService(project, 'worker')).toMatchObject({ state: 'ready', external: false });
    const health = await runDev(project, ['health', 'web']);
    expect(health).toMatchObject({ exitCode: 0 });

    expect((await runDev(project, ['stop', '--force'])).exitCode).toBe(0);
    expect(stranger.isAlive()).toBe(true);
  });

  it('leaves the service failed when it goes, and a restart brings up the real one', async () => {
    const port = await freePort();
    const stranger = await holdPort(port);
    const project = createTempProject({ config: configOf(port, '/') });
    await runDev(project, reuse);

    await stranger.stop();
    await eventually('its end is seen', async () => (await readService(project, 'web')).state === 'failed');
    expect((await readService(project, 'web')).why).toBe(
      `node (pid ${stranger.pid}), which was used in its place, has ended: start the service to continue`,
    );
    expect((await runDev(project, ['restart', 'web', '--wait'])).exitCode).toBe(0);
    expect(await readService(project, 'web')).toMatchObject({ state: 'ready', external: false });
  });

  it('is not used when it fails the health check of the service', async () => {
    const port = await freePort();
    const stranger = await holdPort(port);
    const project = createTempProject({ config: configOf(port, '{tcp: "127.0.0.1:1"}') });

    const up = await runDev(project, reuse);
    expect(up.exitCode).toBe(5);
    expect(up.stderr).toContain('it does not answer on 127.0.0.1:1');
    expect(stranger.isAlive()).toBe(true);
  });

  it('is taken with u on the screen', async () => {
    const port = await freePort();
    const stranger = await holdPort(port);
    const project = createTempProject({ config: configOf(port, '/') });
    const app = openScreen(project);
    await app.waitFor(`use node (pid ${stranger.pid}) as web`);
    await app.waitFor(DIALOG_TAKES_KEYS);
    app.press('u');
    await app.waitFor(shows({ web: 'external', worker: 'ready' }));
    app.press('q');
    await app.waitForExit();
    expect(stranger.isAlive()).toBe(true);
  });
});
