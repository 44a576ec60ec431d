// What comes before, beside and after the life of a service: commands before a start, restarts, watched files, replicas.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort, freePorts } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const WEB = fixtureCommand('web-server');

async function textOf(project: TempProject, service: string): Promise<string> {
  return (await runDev(project, ['logs', service])).stdout;
}

it('commands of before run with folder, environment and references of the service, and commands of after once it is ready', async () => {
  const port = await freePort();
  const project = createTempProject({
    config: `
services:
  web:
    command: ${WEB}
    port: ${port}
    env: {COLOUR: teal}
    before: ['echo "$COLOUR \${web.address} $DEV_SERVICE" > before.txt', {command: "echo seeding", timeout: 20s}]
    after: ['cp before.txt after.txt && echo warmed up']
`,
  });
  const { exitCode } = await runDev(project, ['up', '-d']);
  expect(exitCode).toBe(0);
  await eventually('after has run', async () => (await textOf(project, 'web')).includes('warmed up'));
  expect(readFileSync(join(project.root, 'after.txt'), 'utf8')).toBe(`teal localhost:${port} web\n`);
  const log = await textOf(project, 'web');
  expect(log.indexOf('seeding')).toBeGreaterThan(log.indexOf('before: echo "$COLOUR'));
});

it('a failing command of before fails the start with the reason and its last line', async () => {
  const project = createTempProject({
    config: `
services:
  api: {command: touch started, before: ['echo "relation users exists" >&2; exit 3']}
  web: {command: ${WEB}, depends_on: [api]}
`,
  });
  const { exitCode, stderr } = await runDev(project, ['up', '-d']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('relation users exists (before: ');
  expect(await readService(project, 'api')).toMatchObject({
    state: 'failed',
    lastLines: ['relation users exists'],
    run: 1,
  });
  expect((await readService(project, 'web')).why).toMatch(
    /^waits ← api is failed: relation users exists \(before: echo/,
  );
  expect(() => readFileSync(join(project.root, 'started'))).toThrow('ENOENT');
});

it('a stop ends a command of before with all its children', async () => {
  const project = createTempProject({
    config: `services: {api: {command: 'true', before: ['sleep 1000 & sleep 1000']}}\n`,
  });
  await runDev(project, ['start']);
  await eventually('the command runs', async () => (await readService(project, 'api')).why.startsWith('runs before:'));
  const { exitCode } = await runDev(project, ['stop']);
  expect(exitCode).toBe(0);
  expect(project.processes().filter(({ name }) => name === 'sleep')).toEqual([]);
});

it('a program that a shell did not find is named, and not tried again', async () => {
  const project = createTempProject({ config: `services: {web: {command: vitee --port 80, restart: always}}\n` });
  await runDev(project, ['up', '-d']);
  const web = await readService(project, 'web');
  expect(web).toMatchObject({ state: 'failed', restarts: 0, run: 1 });
  expect(web.why).toBe('command not found: vitee (exit code 127); is it installed, and its folder on the PATH?');
});

it('copies of a service have their own ports, and one name acts on all of them', async () => {
  const [port, next] = (await freePorts(2)).sort((a, b) => a - b) as [number, number];
  const project = createTempProject({
    config: `
services:
  web: {command: ${WEB}, port: {default: ${port}, range: ${port}-${next}}, replicas: 2, before: ['echo "copy $DEV_REPLICA"']}
  api: {command: 'echo "web is $WEB_PORT \${web.port} $WEB_2_PORT"; exec sleep 1000'}
profiles: {minimal: [web]}
`,
  });
  expect(await runDev(project, ['up', '-d', '--profile', 'minimal'])).toMatchObject({ exitCode: 0 });
  const copies = async () => [await readService(project, 'web.1'), await readService(project, 'web.2')];
  const [first, second] = await copies();
  expect(first).toMatchObject({ state: 'ready', port });
  expect(second).toMatchObject({ state: 'ready' });
  expect(second?.port).not.toBe(port);
  expect((await readService(project, 'api')).state).toBe('stopped');
  expect(await textOf(project, 'web.2')).toContain('copy 2');

  expect(await runDev(project, ['start', 'api', '--wait'])).toMatchObject({ exitCode: 0 });
  expect(await textOf(project, 'api')).toContain(`web is ${port} ${port} ${second?.port}`);
  expect(await runDev(project, ['restart', 'web', '--wait'])).toMatchObject({ exitCode: 0 });
  expect((await copies()).map(({ run }) => run)).toEqual([2, 2]);
  expect(await runDev(project, ['stop', 'web'])).toMatchObject({ exitCode: 0 });
  expect((await copies()).map(({ state }) => state)).toEqual(['stopped', 'stopped']);
});

it('a changed watched file restarts a service, also after a failure', async () => {
  const project = createTempProject({
    config: `services: {api: {command: 'cat conf/app.toml && exec sleep 1000', watch: [conf/**/*.toml], restart: no}}\n`,
  });
  project.write('conf/app.toml', 'level = 1\n');
  await runDev(project, ['up', '-d']);
  project.write('conf/app.toml', 'level = 2\n');
  await eventually('it runs again', async () => {
    const { state, run } = await readService(project, 'api');
    return state === 'ready' && run === 2;
  });
  expect(await textOf(project, 'api')).toMatch(/level = 1\n[^]*restarts: conf\/app\.toml changed\n[^]*level = 2\n/);
});

it('watching pauses with a message when the service itself writes the files', async () => {
  const project = createTempProject({
    config: `services: {gen: {command: 'date +%N > conf/out.toml; exec sleep 1000', watch: conf/*.toml}}\n`,
  });
  project.write('conf/out.toml', '');
  await runDev(project, ['up', '-d']);
  const gen = await eventually('watching is paused', async () => {
    const service = await readService(project, 'gen');
    return service.alerts.length > 0 && service;
  });
  expect(gen).toMatchObject({ state: 'ready', run: 5, alerts: [{ kind: 'watch' }] });
});
