// The config is edited while a session runs.

import { renameSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ServiceView, SessionSnapshot } from '../../src/core/session/snapshot.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePorts } from '../helpers/free-port.ts';
import { runDev, startDev } from '../helpers/run-dev.ts';
import { fixtureCommand, openScreen, readService, readStatus, serviceRow } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const WEB = fixtureCommand('web-server');

async function news(project: TempProject): Promise<SessionSnapshot['session']['config']> {
  return (await readStatus(project)).session.config;
}

async function pending(project: TempProject): Promise<readonly string[]> {
  const found = await eventually('the edit is seen', async () => {
    const config = await news(project);
    return config?.status === 'pending' && config;
  });
  return found.changes.map(({ text }) => text);
}

async function inForce(project: TempProject): Promise<void> {
  await eventually('this config is already active', async () => (await news(project)) === undefined);
}

async function whenReady(project: TempProject, name: string): Promise<ServiceView> {
  return eventually(`${name} is ready`, async () => {
    const service = (await readStatus(project)).services.find((view) => view.name === name);
    return service?.state === 'ready' && service;
  });
}

it('reload --dry-run shows what an edit would start, stop and restart, and reload does the same', async () => {
  const [dbPort, apiPort, nextPort] = await freePorts(3);
  const config = (db: number | undefined, rest: string) => `
services:
  db: {command: ${WEB}, port: ${db}}
  api: {command: ${WEB}, port: ${apiPort}, env: {DB: "\${db.address}"}, depends_on: [db]}
${rest}`;
  const worker = '  worker: {command: exec sleep 1000}\n  idle: {command: exec sleep 1000}\n';
  const project = createTempProject({ config: config(dbPort, worker) });
  expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  const before = await readStatus(project);
  const pidOf = (name: string) => before.services.find((service) => service.name === name)?.pid;

  const cache = '  idle: {command: exec sleep 1000, restart: always}\n  cache: {command: exec sleep 1000}\n';
  project.write('.project.config', config(nextPort, cache));
  const changes = [
    `db restarts: its port changes from ${dbPort} to ${nextPort}`,
    `api restarts: db moves from port ${dbPort} to ${nextPort}`,
    'idle keeps running: its restart policy changed',
    'cache is new and starts',
    'worker stops: it is no longer in the config',
  ];
  expect(await pending(project)).toEqual(changes);
  expect((await runDev(project, ['status'])).stdout).toContain(
    '.project.config was edited: db and api restart, cache starts, worker stops; ./dev reload applies it',
  );
  const dry = await runDev(project, ['reload', '--dry-run']);
  expect(dry).toMatchObject({ stdout: `${changes.join('\n')}\n`, exitCode: 0 });
  expect((await readStatus(project)).services.map(({ pid }) => pid)).toEqual(before.services.map(({ pid }) => pid));

  expect(await runDev(project, ['reload'])).toMatchObject({ stdout: `${changes.join('\n')}\n`, exitCode: 0 });
  expect(await runDev(project, ['wait', '--timeout', '20s'])).toMatchObject({ exitCode: 0 });
  await eventually('worker has left', async () => (await readStatus(project)).services.length === 4);
  const after = await readStatus(project);
  expect(after.session.config).toBeUndefined();
  expect(after.services.map(({ name, state, run }) => `${name} ${state} ${run}`)).toEqual([
    'db ready 2',
    'api ready 2',
    'idle ready 1',
    'cache ready 1',
  ]);
  expect(after.services.find(({ name }) => name === 'idle')?.pid).toBe(pidOf('idle'));
  expect(after.services[0]?.port).toBe(nextPort);
  expect(project.processes().map(({ pid }) => pid)).not.toContain(pidOf('worker'));
  expect(await runDev(project, ['logs', 'worker'])).toMatchObject({ exitCode: 4 });
});

it('reload: auto applies an edit at once, and a new service gets the port of the one it replaces', async () => {
  const [port] = await freePorts(1);
  const config = (name: string) => `reload: auto\nservices: {${name}: {command: ${WEB}, port: ${port}}}\n`;
  const project = createTempProject({ config: config('api') });
  await runDev(project, ['up', '-d']);
  project.write('.project.config', config('backend'));
  expect(await whenReady(project, 'backend')).toMatchObject({ port });
  expect((await readStatus(project)).services.map(({ name }) => name)).toEqual(['backend']);
});

it('an invalid edit keeps the last good config active, and its mistake is shown with its place', async () => {
  const good = 'services: {worker: {command: exec sleep 1000}}\n';
  const project = createTempProject({ config: good });
  await runDev(project, ['up', '-d']);
  const { pid } = await readService(project, 'worker');

  project.write('.project.config', 'services:\n  worker: {comand: exec sleep 1000}\n');
  const found = await eventually('the mistake is seen', async () => (await news(project)) ?? false);
  expect(found).toMatchObject({
    status: 'unusable',
    problem: expect.stringMatching(/^\.project\.config:2:\d+ .*comand/),
  });
  const { stdout } = await runDev(project, ['status']);
  expect(stdout).toContain('the last good config stays active: .project.config:2:');
  const refused = await runDev(project, ['reload']);
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain('did you mean "command"?');
  expect(await readService(project, 'worker')).toMatchObject({ pid, state: 'ready' });

  project.write('.project.config', good);
  await inForce(project);
  expect(await readService(project, 'worker')).toMatchObject({ pid, run: 1 });
});

it('a half-written config is read again when it is complete', async () => {
  const project = createTempProject({ config: 'services: {worker: {command: exec sleep 1000}}\n' });
  await runDev(project, ['up', '-d']);
  const file = join(project.root, '.project.config');
  writeFileSync(file, 'services:\n  worker: {command: exec sleep 1000}\n  cache: {comm');
  await eventually('the half is seen', async () => (await news(project))?.status === 'unusable');
  appendFileSync(file, 'and: exec sleep 1000}\n');
  expect(await pending(project)).toEqual(['cache is new and starts']);
});

it('a session notices a replaced config, a deleted one, and the local file', async () => {
  const good = 'services: {worker: {command: exec sleep 1000}}\n';
  const project = createTempProject({ config: good });
  await runDev(project, ['up', '-d']);
  const { pid } = await readService(project, 'worker');
  const file = join(project.root, '.project.config');

  project.write('.project.config.new', `${good}# saved by rename\n`);
  renameSync(`${file}.new`, file);
  project.write('.project.config~', good.replace('worker', 'other'));
  renameSync(`${file}~`, file);
  expect(await pending(project)).toEqual(['other is new and starts', 'worker stops: it is no longer in the config']);

  rmSync(file);
  await eventually('the deletion is seen', async () => (await news(project))?.status === 'missing');
  expect((await runDev(project, ['status'])).stdout).toContain(
    '.project.config was removed; the last good config stays active',
  );
  project.write('.project.config', good);
  await inForce(project);

  project.write('.project.config.local', 'services: {worker: {env: {MODE: test}}}\n');
  expect(await pending(project)).toEqual(['worker restarts: its env MODE changed']);
  rmSync(`${file}.local`);
  await inForce(project);
  expect(await readService(project, 'worker')).toMatchObject({ pid, run: 1 });
});

it('an edit that restarts nothing applies without a question', async () => {
  const [port] = await freePorts(1);
  const config = (health: string) => `services: {web: {command: ${WEB}, port: ${port}${health}}}\n`;
  const project = createTempProject({ config: config('') });
  await runDev(project, ['up', '-d']);
  const { pid, health } = await readService(project, 'web');
  expect(health).toBeNull();
  project.write('.project.config', config(', health: /'));
  const web = await eventually('it is asked', async () => {
    const view = await readService(project, 'web');
    return view.health?.status === 'pass' && view;
  });
  expect(web).toMatchObject({ pid, run: 1 });
  expect((await runDev(project, ['logs', 'web'])).stdout).toContain('config: web keeps running: its health changed');
});

it('the screen shows an edit, and applies it by a key', async () => {
  const project = createTempProject({ config: 'services:\n  worker: {command: exec sleep 1000}\n' });
  const screen = openScreen(project, [], { columns: 100, rows: 30 });
  await screen.waitFor(/worker +ready/);
  project.write('.project.config', 'services:\n  cache: {command: exec sleep 1000}\n');
  const rows = await screen.waitFor('worker stops: it is no longer in the config');
  expect(rows[1]).toContain('.project.config was edited   a apply   Esc later');
  screen.press('a');
  await screen.waitFor(
    (lines) => lines.some((line) => /cache +ready/.test(line)) && serviceRow(lines, 'worker') === '',
  );
  project.write('.project.config', 'services:\n  cache: {comand: exec sleep 1000}\n');
  await screen.waitFor('unknown key "comand" in service "cache": did you mean "command"?');
  screen.press('q');
  expect(await screen.waitForExit()).toMatchObject({ exitCode: 0 });
});

it('a session follows the config of -c', async () => {
  const config = 'services: {worker: {command: exec sleep 1000}}\n';
  const project = createTempProject({ config });
  project.write('other [1].yaml', config);
  const other = ['-c', 'other [1].yaml'];
  expect(await runDev(project, ['up', '-d', ...other])).toMatchObject({ exitCode: 0 });
  project.write('.project.config', 'services: {none: {command: "false"}}\n');
  project.write('other [1].yaml', config.replace('worker', 'cache'));
  expect(await pending(project)).toEqual(['cache is new and starts', 'worker stops: it is no longer in the config']);
});

it('the stream continues when services are added and removed', async () => {
  const lines = (name: string) => `{command: "while :; do echo ${name} speaks; sleep 0.2; done"}`;
  const config = (...names: readonly string[]) =>
    `reload: auto\nservices:\n${names.map((name) => `  ${name}: ${lines(name)}\n`).join('')}`;
  const project = createTempProject({ config: config('one', 'two') });
  const stream = startDev(project, ['up', '--stream']);
  await stream.waitForOutput('two speaks');
  project.write('.project.config', config('one', 'three'));
  await stream.waitForOutput('three speaks');
  await eventually('two has left', async () => (await readStatus(project)).services.length === 2);
  const seen = stream.output().length;
  await stream.waitForOutput(/one speaks[^]*three speaks/);
  await eventually('the stream goes on', () => stream.output().slice(seen).includes('one speaks'));
  stream.signal('SIGINT');
  expect((await stream.ended()).exitCode).toBe(130);
});
