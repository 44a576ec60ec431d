// What sessions of several projects, one after the other or at once, agree on about ports.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort, freePorts } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, openScreen, readService, shows, DIALOG_TAKES_KEYS } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const configOf = (name: string, port: number) => `
name: ${name}
services:
  web:
    command: ${fixtureCommand('web-server')}
    port: ${port}
`;

/** A further project of the same user. */
function projectBeside(project: TempProject, name: string, port: number): TempProject {
  const root = join(project.root, '..', name);
  mkdirSync(root);
  writeFileSync(join(root, '.project.config'), configOf(name, port));
  return { ...project, root };
}

const reroute = (project: TempProject) => runDev(project, ['up', '-d', '--on-conflict', 'reroute']);

describe('a rerouted service', () => {
  it('gets the same port in the next session', async () => {
    const wanted = await freePort();
    const project = createTempProject({ config: configOf('shop', wanted) });
    await holdPort(wanted);
    expect((await reroute(project)).exitCode).toBe(0);
    const { port } = await readService(project, 'web');
    expect(port).not.toBe(wanted);
    expect((await runDev(project, ['stop'])).exitCode).toBe(0);

    // Another project that would like that very port gets its neighbour.
    const other = projectBeside(project, 'blog', wanted);
    expect((await reroute(other)).exitCode).toBe(0);
    expect((await readService(other, 'web')).port).not.toBe(port);

    expect((await reroute(project)).exitCode).toBe(0);
    expect(await readService(project, 'web')).toMatchObject({ port, state: 'ready' });
  });

  it('gets another port than that of a project that starts at the same moment', async () => {
    const wanted = await freePort();
    const shop = createTempProject({ config: configOf('shop', wanted) });
    const blog = projectBeside(shop, 'blog', wanted);
    await holdPort(wanted);

    const ends = await Promise.all([reroute(shop), reroute(blog)]);

    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const [one, other] = await Promise.all([readService(shop, 'web'), readService(blog, 'web')]);
    expect([one.state, other.state]).toEqual(['ready', 'ready']);
    expect(new Set([wanted, one.port, other.port]).size).toBe(3);
  });

  it('starts also when the state folder cannot be used, which is logged once', async () => {
    const wanted = await freePort();
    const project = createTempProject({ config: configOf('shop', wanted), env: { XDG_STATE_HOME: '/dev/null' } });
    await holdPort(wanted);
    expect((await reroute(project)).exitCode).toBe(0);
    expect((await runDev(project, ['restart', '--wait'])).exitCode).toBe(0);
    expect((await runDev(project, ['stop'])).exitCode).toBe(0);
    const log = readFileSync(join(project.root, '.devdeck/supervisor.log'), 'utf8');
    expect(log.match(/ledgerProblem/g)).toHaveLength(1);
  });
});

describe('a remembered choice about ports', () => {
  it('is listed by config, applied without a question, and forgotten on demand', async () => {
    const wanted = await freePort();
    const stranger = await holdPort(wanted);
    const project = createTempProject({ config: configOf('shop', wanted) });
    const app = openScreen(project);
    await app.waitFor(`kill node (pid ${stranger.pid})`);
    await app.waitFor(DIALOG_TAKES_KEYS);
    app.press('M');
    await app.waitFor('[x] remember it');
    app.press('p');
    await app.waitFor(shows({ web: 'ready' }));
    const { port } = await readService(project, 'web');
    app.press('q');
    await app.waitForExit();

    expect((await runDev(project, ['config'])).stdout).toMatch(new RegExp(`# +web: reroute\\n# +web: port ${port}`));
    expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
    expect(await readService(project, 'web')).toMatchObject({ port, state: 'ready' });
    await runDev(project, ['stop']);

    const forgotten = await runDev(project, ['config', 'forget', 'web']);
    expect(forgotten.stdout).toBe(`Forgotten:\n  web: reroute\n  web: port ${port}\n`);
    expect((await runDev(project, ['config', 'forget'])).stdout).toContain('Nothing is remembered');
    expect((await runDev(project, ['up', '-d'])).exitCode).toBe(5);
    expect(stranger.isAlive()).toBe(true);
  });
});

describe('ports --all', () => {
  it('shows the sessions of all projects, also from a folder without one, and none that has ended', async () => {
    const [shopPort, blogPort] = (await freePorts(2)) as [number, number];
    const shop = createTempProject({ config: configOf('shop', shopPort) });
    const blog = projectBeside(shop, 'blog', blogPort);
    const nowhere = { ...shop, root: join(shop.root, '..') };
    await Promise.all([runDev(shop, ['up', '-d']), runDev(blog, ['up', '-d'])]);

    const all = async () => (await runDev(nowhere, ['ports', '--all'])).stdout;
    await eventually('both are shown', async () => {
      const shown = await all();
      return shown.includes(String(shopPort)) && shown.includes(String(blogPort)) && shown.includes(blog.root);
    });
    await runDev(blog, ['stop']);
    await eventually('the one that has ended is not', async () => !(await all()).includes('blog'));
    expect(await all()).toMatch(new RegExp(`^shop \\(project\\) +web +${shopPort} `, 'm'));
  });
});
