// One project in two worktrees, with the same names in its files: each has containers of its own.

import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import {
  BOX,
  composeProject,
  containersOf,
  createContainerProject,
  describeWithEngine,
  docker,
  isRunning,
} from '../helpers/real-engine.ts';
import { runDev } from '../helpers/run-dev.ts';
import { readService } from '../helpers/session.ts';
import type { TempProject } from '../helpers/temp-project.ts';

async function run(project: TempProject, ...args: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await runDev(project, args, { timeoutMs: 60_000 });
  expect(exitCode, stdout + stderr).toBe(0);
}

/** What the engine has of Compose projects whose names begin so is gone when the test ends. */
function clearingUp(prefix: string): void {
  onTestFinished(async () => {
    const named = async (kind: string, ...args: readonly string[]) =>
      (await docker(kind, 'ls', ...args, '-q', '--filter', `name=${prefix}`)).split('\n').filter(Boolean);
    const containers = await named('container', '-a');
    if (containers.length > 0) await docker('rm', '-f', ...containers);
    const volumes = await named('volume');
    if (volumes.length > 0) await docker('volume', 'rm', ...volumes);
    const networks = await named('network');
    if (networks.length > 0) await docker('network', 'rm', ...networks);
  });
}

describeWithEngine('two worktrees of one project', [BOX], () => {
  it('have a Compose project each, though their files give it one name, and fixed names of containers', async () => {
    const port = await freePort();
    const name = composeProject();
    clearingUp(name);
    const [first, second] = [0, 1].map(() => {
      const project = createContainerProject('  web: {compose: web, on_conflict: reroute, stop: {grace: 0s}}\n');
      const web = `{image: '${BOX}', container_name: ${name}, ports: ["127.0.0.1:${port}:80"], volumes: ["data:/data"]}`;
      project.write('compose.yaml', `name: ${name}\nservices: {web: ${web}}\nvolumes: {data: {}}\n`);
      return project;
    }) as [TempProject, TempProject];
    await run(first, 'up', '-d');
    await run(second, 'up', '-d');
    const [one, other] = [await readService(first, 'web'), await readService(second, 'web')];
    expect([one, other]).toMatchObject([
      { state: 'ready', port, container: { name } },
      { state: 'ready', container: { name: expect.stringMatching(`^${name}-[0-9a-f]{6}-web-1$`) as string } },
    ]);
    expect(other.port).not.toBe(port);
    const log = await runDev(second, ['logs', 'web', '--raw']);
    expect(log.stdout).toContain(`here: ${name} is the Compose project of ${first.root}`);

    await run(second, 'stop', '--remove');
    expect(await readService(first, 'web')).toMatchObject({ state: 'ready', restarts: 0 });
    expect(await isRunning(name)).toBe(true);
    await run(first, 'stop', '--remove');
    // Its volume belongs to the name that it had.
    await run(second, 'up', '-d');
    expect((await readService(second, 'web')).container?.name).toBe(other.container?.name);
    await run(second, 'stop', '--remove');
  });

  it('have a container each, though the project and the service have one name', async () => {
    const port = await freePort();
    const [first, second] = [0, 1].map(() =>
      createContainerProject(`  web: {container: '${BOX}', port: ${port}, on_conflict: reroute, stop: {grace: 0s}}\n`),
    ) as [TempProject, TempProject];
    const config = `name: ${composeProject()}\nservices:\n  web: {container: '${BOX}', port: ${port}, on_conflict: reroute, stop: {grace: 0s}}\n`;
    for (const project of [first, second]) project.write('.project.config', config);
    await run(first, 'up', '-d');
    await run(second, 'up', '-d');
    expect((await readService(second, 'web')).port).not.toBe(port);
    await run(second, 'stop');
    expect(await readService(first, 'web')).toMatchObject({ state: 'ready', restarts: 0, port });
    expect([(await containersOf(first)).length, await containersOf(second)]).toEqual([1, []]);
    await run(first, 'stop');
  });
});
