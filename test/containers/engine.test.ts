// The engine itself: absent, forbidden, killed and back, and its memory and registry.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithOwnEngine, ownEngine } from '../helpers/own-engine.ts';
import { BOX, composeProject, createContainerProject, describeWithEngine, docker } from '../helpers/real-engine.ts';
import { runDev, startDev } from '../helpers/run-dev.ts';
import { slowRegistry } from '../helpers/slow-registry.ts';
import { becomes, fixtureCommand, readService } from '../helpers/session.ts';
import { freePort } from '../helpers/free-port.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const SLEEPER = `{container: {image: '${BOX}', args: [sh, -c, "exec sleep 1000"]}, stop: {grace: 0s}, restart: {policy: on-failure, backoff: 50ms}}`;

describeWithOwnEngine('an engine that comes and goes', () => {
  it('is waited for, and what ran comes back when it does', { timeout: 120_000 }, async () => {
    const engine = ownEngine();
    const port = await freePort();
    const project = createTempProject({
      config: `services:\n  box: ${SLEEPER}\n  web: {command: ${fixtureCommand('web-server')}, port: ${port}}\n`,
      env: { DOCKER_HOST: engine.host },
    });
    const early = await runDev(project, ['up', '-d']);
    expect(early.exitCode).toBe(1);
    expect(early.stdout + early.stderr).toContain('the engine does not run, or runs elsewhere');
    await becomes(project, 'web', 'ready');

    await engine.start();
    engine.load(BOX);
    await runDev(project, ['restart', 'box']);
    const first = await becomes(project, 'box', 'ready', { timeoutMs: 30_000 });

    await engine.kill();
    const gone = await becomes(project, 'box', 'unhealthy', { timeoutMs: 5_000 });
    expect(gone.why).not.toBe('');
    expect(await readService(project, 'web')).toMatchObject({ state: 'ready', restarts: 0 });
    await engine.start();
    const back = await becomes(project, 'box', 'ready', { timeoutMs: 30_000 });
    expect(back.container).not.toBe(null);
    expect(engine.docker('ps', '-q', '--no-trunc')).toBe(back.container?.id);
    expect(first.container).not.toBe(null);

    await engine.kill();
    await becomes(project, 'box', 'unhealthy', { timeoutMs: 5_000 });
    const stopped = await runDev(project, ['stop', '--force']);
    expect(stopped.exitCode).toBe(1);
    expect(stopped.stderr).toContain('Cannot check whether a container is left');
    await engine.start();
    const again = await runDev(project, ['stop'], { timeoutMs: 60_000 });
    expect(again.exitCode, again.stderr).toBe(0);
    expect(engine.docker('ps', '-q')).toBe('');
  });
});

describeWithOwnEngine('an engine that is killed while services start', () => {
  it(
    'harms no other service, and what had begun is found or made again when it is back',
    { timeout: 60_000 },
    async () => {
      const engine = ownEngine();
      await engine.start();
      engine.load(BOX);
      const boxes = ['a', 'b', 'c'];
      const services = boxes.map((name) => `  ${name}: ${SLEEPER}\n`).join('');
      const web = `  web: {command: ${fixtureCommand('web-server')}, port: ${await freePort()}}\n`;
      const project = createTempProject({ config: `services:\n${services}${web}`, env: { DOCKER_HOST: engine.host } });
      const up = startDev(project, ['up', '-d']);
      await expect.poll(() => engine.docker('ps', '-aq'), { interval: 5 }).not.toBe('');
      await engine.kill();
      expect(await up.ended({ timeoutMs: 30_000 })).toMatchObject({ exitCode: 1 });
      expect(await readService(project, 'web')).toMatchObject({ state: 'ready', restarts: 0 });
      await engine.start();
      for (const name of boxes) await becomes(project, name, 'ready', { timeoutMs: 20_000 });
      expect(engine.docker('ps', '-aq').split('\n')).toHaveLength(boxes.length);
      expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
      expect(engine.docker('ps', '-aq')).toBe('');
    },
  );
});

describeWithEngine('the engine', [BOX], () => {
  it('is not for a user who may not use it, and that is one sentence with the way out', async () => {
    const port = await freePort();
    const project = createContainerProject(
      `  box: ${SLEEPER}\n  web: {command: ${fixtureCommand('web-server')}, port: ${port}}\n`,
    );
    execFileSync('chown', ['-R', '65534:65534', join(project.root, '..')]);
    const through = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const up = await runDev(project, ['up', '-d'], { through });
    expect(up.exitCode, up.stderr).toBe(1);
    expect(up.stdout + up.stderr).toContain('may not use /var/run/docker.sock');
    expect(up.stdout + up.stderr).not.toContain('bug');
    const isReady = async () =>
      (await runDev(project, ['status', '--json'], { through })).stdout.includes('"state":"ready"');
    await expect.poll(isReady).toBe(true);
    // The session never had an engine, so it has left nothing there.
    const stopped = await runDev(project, ['stop'], { through });
    expect(stopped, stopped.stderr).toMatchObject({ exitCode: 0 });
  });

  it('tells that memory ran out, and the limit', async () => {
    const name = composeProject();
    const project = createContainerProject('  eater: {compose: eater, restart: "no"}\n');
    const command = '[sh, -c, "sleep 1; exec tail /dev/zero"]';
    project.write(
      'compose.yaml',
      `name: ${name}\nservices:\n  eater: {image: '${BOX}', mem_limit: 16m, memswap_limit: 16m, command: ${command}}\n`,
    );
    await runDev(project, ['up', '-d']);
    const failed = await becomes(project, 'eater', 'failed', { timeoutMs: 20_000 });
    expect(failed.why).toContain('killed: out of memory, at its limit of 16 MiB (exit code 137)');
    await runDev(project, ['stop']);
  });

  it('tells how much of an image is there while it is pulled, and the time-out stands still', async () => {
    const registry = await slowRegistry();
    const project = createContainerProject(
      `  web: {container: {image: '${registry.image}', args: [sleep, "1000"]}, stop: {grace: 0s}}\n`,
    );
    const beganAtMs = performance.now();
    const up = startDev(project, ['up', '-d', '--timeout', '3s']);
    await expect
      .poll(async () => (await readService(project, 'web')).why, { timeout: 15_000 })
      .toMatch(/^pulling 127\.0\.0\.1:\d+\/box:1, \d+ %$/);
    await expect.poll(() => performance.now() - beganAtMs, { timeout: 10_000 }).toBeGreaterThan(3_500);
    registry.release();
    const { exitCode, stderr, stdout } = await up.ended({ timeoutMs: 60_000 });
    expect(exitCode, stdout + stderr).toBe(0);
    expect(await readService(project, 'web')).toMatchObject({ state: 'ready' });
    await runDev(project, ['stop']);
    await docker('rmi', '-f', registry.image);
  });

  it('names an image that it has not and cannot fetch, and what to look at', async () => {
    const port = await freePort(); // a registry that nobody answers for
    const project = createContainerProject(`  web: {container: 'localhost:${port}/shop/web:7', restart: "no"}\n`);
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 1 });
    const { why } = await readService(project, 'web');
    expect(why).toMatch(/^the image localhost:\d+\/shop\/web:7 is not on this machine and cannot be pulled: .*refused/);
    expect(why).toContain('check its name and the network, or log in to its registry');
    await runDev(project, ['stop']);
  });

  it('gives up a pull that nobody wants any more', async () => {
    const registry = await slowRegistry();
    const project = createContainerProject(`  web: {container: '${registry.image}'}\n`);
    await runDev(project, ['start', 'web']);
    await expect.poll(async () => (await readService(project, 'web')).why, { timeout: 15_000 }).toContain('pulling');
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
  });
});
