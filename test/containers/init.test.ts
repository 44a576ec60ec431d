// What `init` proposes for a Compose file, started with the real Compose.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePorts } from '../helpers/free-port.ts';
import {
  BOX,
  composeProject,
  createContainerProject,
  describeWithEngine,
  docker,
  REDIS,
} from '../helpers/real-engine.ts';
import { runDev } from '../helpers/run-dev.ts';
import { readStatus } from '../helpers/session.ts';

describeWithEngine('the config that init makes of a Compose file', [BOX, REDIS], () => {
  it('starts all of it in its order, is ready, and leaves no container behind', async () => {
    const [web, cache] = (await freePorts(2)) as [number, number];
    const project = createContainerProject('');
    const name = composeProject();
    project.write(
      'compose.yaml',
      `name: ${name}
include: [infra.yaml]
services:
  web:
    image: '${BOX}'
    init: true
    ports: ["${web}:80"]
    depends_on: {cache: {condition: service_healthy}, seed: {condition: service_completed_successfully}}
  seed: {image: '${BOX}', command: [sh, -c, echo seeded]}
  debug: {image: '${BOX}', profiles: [debug]}
`,
    );
    project.write(
      'infra.yaml',
      `services:
  cache:
    image: '${REDIS}'
    ports: ["127.0.0.1:${cache}:6379"]
    healthcheck: {test: [CMD, redis-cli, ping], interval: 1s, timeout: 2s, retries: 20}
`,
    );
    rmSync(join(project.root, '.project.config'));
    const init = await runDev(project, ['init', '--yes', '--from', 'compose.yaml']);
    expect(init).toMatchObject({ exitCode: 0 });

    const up = await runDev(project, ['up', '-d'], { timeoutMs: 60_000 });
    expect(up.exitCode, up.stdout + up.stderr).toBe(0);
    const states = Object.fromEntries((await readStatus(project)).services.map((view) => [view.name, view.state]));
    expect(states).toEqual({ cache: 'ready', web: 'ready', seed: 'exited', debug: 'stopped' });
    const ensured = await runDev(project, ['ensure']);
    expect(ensured.stdout).toContain(`127.0.0.1:${cache}`);
    expect(await (await fetch(`http://127.0.0.1:${web}`)).text()).toContain('ok');

    expect((await runDev(project, ['stop', '--remove'], { timeoutMs: 60_000 })).exitCode).toBe(0);
    expect(await docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${name}`)).toBe('');
  });
});
