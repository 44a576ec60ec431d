// What a session leaves of containers, and who clears it away.

import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import {
  BOX,
  composeProject,
  containersOf,
  createContainerProject,
  describeWithEngine,
  docker,
  isRunning,
  strangersContainer,
} from '../helpers/real-engine.ts';
import { runDev } from '../helpers/run-dev.ts';
import { readService, supervisorPid } from '../helpers/session.ts';
import type { TempProject } from '../helpers/temp-project.ts';

const SLEEPER = `{container: {image: '${BOX}', args: [sh, -c, "exec sleep 1000"]}, stop: {grace: 0s}}`;

async function killSupervisor(project: TempProject): Promise<void> {
  process.kill(supervisorPid(project) ?? 0, 'SIGKILL');
  await eventually('the supervisor is gone', () => project.processes().length === 0);
}

describeWithEngine('containers that are left', [BOX], () => {
  it('stop ends what a killed supervisor left, names it, and touches nobody else’s', async () => {
    const compose = composeProject();
    const project = createContainerProject(`  box: ${SLEEPER}\n  page: {compose: page}\n`);
    project.write(
      'compose.yaml',
      `name: ${compose}\nservices:\n  page: {image: '${BOX}', init: true, command: [sleep, "1000"]}\n`,
    );
    const other = await strangersContainer(BOX);
    await runDev(project, ['up', '-d']);
    const { container } = await readService(project, 'box');
    await killSupervisor(project);
    const stopped = await runDev(project, ['stop']);
    expect(stopped.exitCode, stopped.stderr).toBe(0);
    expect(stopped.stdout + stopped.stderr).toContain(`box (container ${container?.name})`);
    expect(await containersOf(project)).toEqual([]);
    expect([await isRunning(`${compose}-page-1`), await isRunning(other)]).toEqual([false, true]);
  });

  it('the next session ends that of a service which is no longer there, and at its end what it did not start', async () => {
    const project = createContainerProject(`  one: ${SLEEPER}\n  two: ${SLEEPER}\n`);
    await runDev(project, ['up', '-d']);
    await killSupervisor(project);
    const name = (await containersOf(project))[0]?.replace(/-one$/, '');
    project.write('.project.config', `name: ${name}\nservices:\n  two: ${SLEEPER}\n  web: {command: sleep 1000}\n`);
    await runDev(project, ['up', '-d', 'web']);
    await expect.poll(() => containersOf(project)).toEqual([`${name}-two`]);
    const stopped = await runDev(project, ['stop']);
    expect(stopped.exitCode, stopped.stderr).toBe(0);
    expect(await containersOf(project)).toEqual([]);
  });

  it('stop --remove removes those of a Compose file too, of one service or of all, and keeps volumes', async () => {
    const name = composeProject();
    const project = createContainerProject(
      '  one: {compose: one, stop: {grace: 0s}}\n  two: {compose: two, stop: {grace: 0s}}\n',
    );
    const service = `{image: '${BOX}', command: [sleep, "1000"], volumes: ["data:/data"]}`;
    project.write(
      'compose.yaml',
      `name: ${name}\nservices:\n  one: ${service}\n  two: ${service}\nvolumes: {data: {}}\n`,
    );
    const all = async () => (await docker('ps', '-aq', '--filter', `name=${name}`)).split('\n').filter(Boolean).length;
    await runDev(project, ['up', '-d']);
    expect((await runDev(project, ['stop', 'one', '--remove'])).exitCode).toBe(0);
    expect(await all()).toBe(1);
    expect((await runDev(project, ['stop', '--remove'])).exitCode).toBe(0);
    expect(await all()).toBe(0);
    expect(await docker('volume', 'ls', '-q', '--filter', `name=${name}`)).toBe(`${name}_data`);
  });
});
