import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';
import { freePort, freePorts, isPortOpen } from './free-port.ts';
import { holdPort } from './hold-port.ts';
import { createTempProject } from './temp-project.ts';

it('createTempProject ends processes that left every group and session of the test, and removes the folder', async () => {
  // Hooks run in reverse order: this one looks at what is left once the project has cleaned up.
  onTestFinished(() => {
    expect(project.processes()).toEqual([]);
    expect(existsSync(project.root)).toBe(false);
  });
  const project = createTempProject();
  const stray = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], {
    env: project.env,
    detached: true,
    stdio: 'ignore',
  });
  await eventually('the stray is seen', () =>
    project.processes().some(({ pid, sid }) => pid === stray.pid && sid === pid),
  );
});

it('freePorts returns different free ports', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  expect(await isPortOpen(ports[0] as number)).toBe(false);
});

it('holdPort puts a foreign process on a port and ends it again', async () => {
  const holder = await holdPort(await freePort());
  const answer = await fetch(`http://127.0.0.1:${holder.port}`);
  expect(await answer.text()).toBe('somebody else');
  await holder.stop();
  expect(await isPortOpen(holder.port)).toBe(false);
});
