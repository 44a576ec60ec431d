// A session without a screen: started in the background, asked, changed and ended by single commands.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ServiceView, SessionSnapshot } from '../../src/core/session/snapshot.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePorts, isPortOpen } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev, startDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService, readStatus } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const WEB = fixtureCommand('web-server');

const essence = ({ name, pid, port, state }: ServiceView) => ({ name, pid, port, state });

async function createApiAndWeb() {
  const [apiPort, webPort] = (await freePorts(2)) as [number, number];
  const project = createTempProject({
    config: `
name: pair
services:
  api:
    command: ${WEB}
    port: ${apiPort}
    health: /health
  web:
    command: ${WEB}
    port: ${webPort}
    depends_on: [api]
    env: {GREETING: "api is at \${api.url}"}
`,
  });
  return { project, apiPort, webPort };
}

describe('in the background', () => {
  it('up -d waits until all is ready, status, logs, restart and stop work on it', async () => {
    const { project, apiPort, webPort } = await createApiAndWeb();
    const up = await runDev(project, ['up', '-d']);
    expect(up.exitCode).toBe(0);
    expect(up.stdout).toMatch(new RegExp(`api.*ready.*${apiPort}`));
    expect(up.stdout).toMatch(new RegExp(`web.*ready.*${webPort}`));
    const greeting = await fetch(`http://localhost:${webPort}`);
    expect(await greeting.text()).toMatch(new RegExp(`^api is at http://[^:]+:${apiPort}$`));

    const before = await readStatus(project);
    await eventually('status.json says the same', () => {
      const { services } = JSON.parse(
        readFileSync(join(project.root, '.devdeck/status.json'), 'utf8'),
      ) as SessionSnapshot;
      return isDeepStrictEqual(services.map(essence), before.services.map(essence));
    });
    const logs = await runDev(project, ['logs', 'api', '-n', '50']);
    expect(logs.stdout).toContain(`web server listens on ${apiPort}`);

    expect((await runDev(project, ['restart', 'web', '--wait'])).exitCode).toBe(0);
    const [api, web] = (await readStatus(project)).services;
    expect(api?.pid).toBe(before.services[0]?.pid);
    expect(web).toMatchObject({ state: 'ready', port: webPort });
    expect(web?.pid).not.toBe(before.services[1]?.pid);

    expect((await runDev(project, ['stop', 'web', '--wait'])).exitCode).toBe(0);
    expect(await readService(project, 'web')).toMatchObject({ state: 'stopped', pid: null });
    expect(await isPortOpen(webPort)).toBe(false);
    // What was stopped on purpose is no trouble.
    expect((await runDev(project, ['status'])).exitCode).toBe(0);

    expect((await runDev(project, ['stop'])).exitCode).toBe(0);
    await eventually('nothing of the session is left', () => project.processes().length === 0);
    expect(await isPortOpen(apiPort)).toBe(false);
    expect((await runDev(project, ['status'])).exitCode).toBe(6);
  });

  it('up -d twice joins the running session', async () => {
    const { project } = await createApiAndWeb();
    await runDev(project, ['up', '-d']);
    const before = await readStatus(project);
    expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
    const after = await readStatus(project);
    expect(after.session.pid).toBe(before.session.pid);
    expect(after.services.map(({ pid }) => pid)).toEqual(before.services.map(({ pid }) => pid));
  });

  it('logs -f shows new lines as they come and ends with Ctrl-C', async () => {
    const { project, apiPort } = await createApiAndWeb();
    await runDev(project, ['up', '-d']);
    const follower = startDev(project, ['logs', 'api', '-f']);
    await follower.waitForOutput('web server listens on');
    await fetch(`http://localhost:${apiPort}/a-new-line`);
    await follower.waitForOutput('GET /a-new-line');
    follower.signal('SIGINT');
    expect((await follower.ended()).exitCode).toBe(130);
    expect(await readService(project, 'api')).toMatchObject({ state: 'ready' });
  });
});

describe('without a terminal', () => {
  it('streams the output of all services with their names, and stops them all on Ctrl-C', async () => {
    const { project, apiPort, webPort } = await createApiAndWeb();
    const stream = startDev(project, []);
    await stream.waitForOutput(new RegExp(`^api\\b.*web server listens on ${apiPort}$`, 'm'));
    await stream.waitForOutput(new RegExp(`^web\\b.*web server listens on ${webPort}$`, 'm'));

    stream.signal('SIGINT');
    expect((await stream.ended()).exitCode).toBe(130);
    await eventually('nothing of the session is left', () => project.processes().length === 0);
    expect(await isPortOpen(apiPort)).toBe(false);
    expect(await isPortOpen(webPort)).toBe(false);
  });

  it('fails on a taken port with the owner and the flags that would settle it, and harms nobody', async () => {
    const { project, apiPort } = await createApiAndWeb();
    const stranger = await holdPort(apiPort);
    const { exitCode, stdout, stderr } = await runDev(project, ['up', '-d']);
    const said = stdout + stderr;
    expect(said).toContain(String(stranger.pid));
    expect(said).toContain(stranger.command);
    expect(said).toContain('--on-conflict');
    expect(said).toContain('--port api=');
    expect(exitCode).toBe(5);
    expect(stranger.isAlive()).toBe(true);
  });

  it.each([['--kill-existing'], ['--on-conflict=kill']])('%s frees the port first', async (flag) => {
    const { project, apiPort } = await createApiAndWeb();
    const stranger = await holdPort(apiPort);
    expect((await runDev(project, ['up', '-d', flag])).exitCode).toBe(0);
    expect(stranger.isAlive()).toBe(false);
    expect(await readService(project, 'api')).toMatchObject({ state: 'ready', port: apiPort });
  });

  it('--on-conflict reroute moves the service and updates the one that refers to it', async () => {
    const { project, apiPort, webPort } = await createApiAndWeb();
    const stranger = await holdPort(apiPort);
    expect((await runDev(project, ['up', '-d', '--on-conflict', 'reroute'])).exitCode).toBe(0);
    const api = await readService(project, 'api');
    expect(api.port).not.toBe(apiPort);
    const greeting = await fetch(`http://localhost:${webPort}`);
    expect(await greeting.text()).toBe(`api is at ${api.url}`);
    expect(stranger.isAlive()).toBe(true);
  });

  it('--port gives a service another port for this session', async () => {
    const { project, apiPort } = await createApiAndWeb();
    const [otherPort] = (await freePorts(1)) as [number];
    expect((await runDev(project, ['up', '-d', '--port', `api=${otherPort}`])).exitCode).toBe(0);
    expect(await readService(project, 'api')).toMatchObject({ port: otherPort, state: 'ready' });
    expect(await isPortOpen(apiPort)).toBe(false);
  });
});
