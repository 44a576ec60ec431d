// Containers that use each other, and processes of this machine.

import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort, freePorts } from '../helpers/free-port.ts';
import {
  BOX,
  composeProject,
  createContainerProject,
  describeWithEngine,
  docker,
  REDIS,
} from '../helpers/real-engine.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService } from '../helpers/session.ts';
import { LABEL } from '../../src/core/rules/container-identity.ts';
import type { TempProject } from '../helpers/temp-project.ts';

async function run(project: TempProject, ...args: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await runDev(project, args, { timeoutMs: 60_000 });
  expect(exitCode, stdout + stderr).toBe(0);
}

async function inside(project: TempProject, service: string, line: string): Promise<string> {
  const { stdout, stderr } = await runDev(project, ['run', service, '--', 'sh', '-c', line]);
  return (stdout + stderr).trim();
}

/** Asks Redis at an address for a sign of life. */
const PING = (address: string) => `(echo PING; sleep 1) | nc \${${address}%%:*} \${${address}##*:}`;

describeWithEngine('a container that refers to others', [BOX, REDIS], () => {
  it('reaches another container by its name, wherever that one is published, and a process by this machine', async () => {
    const [cache, api] = (await freePorts(2)) as [number, number];
    const project = createContainerProject(`
  cache: {container: '${REDIS}', port: ${cache}, stop: {grace: 0s}}
  api: {command: ${fixtureCommand('web-server')}, port: {default: ${api}, host: 0.0.0.0}, env: {HOST: 0.0.0.0}}
  client:
    container: {image: '${BOX}', args: [sleep, "1000"]}
    env: {CACHE: "\${cache.address}", API: "\${api.url}"}
    depends_on: [cache, api]
    stop: {grace: 0s}
`);
    await run(project, 'up', '-d');
    expect(await inside(project, 'client', 'echo $CACHE')).toBe('cache:6379');
    expect(await inside(project, 'client', PING('CACHE'))).toBe('+PONG');
    expect(await inside(project, 'client', 'wget -qO- $API')).toBe('hello');
    const networks = () => docker('network', 'ls', '-q', '--filter', `label=${LABEL.root}=${project.root}`);
    expect(await networks()).not.toBe('');
    await run(project, 'restart', 'cache', '--wait');
    expect(await inside(project, 'client', PING('CACHE'))).toBe('+PONG');
    await run(project, 'stop');
    expect(await networks()).toBe('');
  });

  it('reaches another service of its Compose file by that one’s name', async () => {
    const port = await freePort();
    const project = createContainerProject(`
  cache: {compose: redis}
  client: {compose: client, env: {CACHE: "\${cache.address}"}, depends_on: [cache], stop: {grace: 0s}}
`);
    const client = `{image: '${BOX}', command: [sleep, "1000"]}`;
    project.write(
      'compose.yaml',
      `name: ${composeProject()}
services:
  redis: {image: '${REDIS}', ports: ["127.0.0.1:${port}:6379"]}
  client: ${client}
`,
    );
    await run(project, 'up', '-d');
    await eventually('both run', async () => (await readService(project, 'client')).state === 'ready');
    expect(await inside(project, 'client', 'echo $CACHE')).toBe('redis:6379');
    expect(await inside(project, 'client', PING('CACHE'))).toBe('+PONG');
    await run(project, 'stop');
  });
});
