// The life of a service that is a container: it starts, is ready, ends in every way there is, and leaves nothing behind.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort, freePorts, isPortOpen } from '../helpers/free-port.ts';
import {
  BOX,
  containersOf,
  createContainerProject,
  describeWithEngine,
  docker,
  ENGINE,
  POSTGRES,
  REDIS,
} from '../helpers/real-engine.ts';
import { runDev } from '../helpers/run-dev.ts';
import { becomes, readService, supervisorPid } from '../helpers/session.ts';
import type { TempProject } from '../helpers/temp-project.ts';

async function up(project: TempProject, ...args: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await runDev(project, ['up', '-d', ...args], { timeoutMs: 60_000 });
  expect(exitCode, stdout + stderr).toBe(0);
}

/** What the log of the service holds, oldest first, without the times. */
async function linesOf(project: TempProject, service: string): Promise<readonly string[]> {
  return (await runDev(project, ['logs', service, '--raw'])).stdout.split('\n').filter((line) => line !== '');
}

const LINES = (script: string) => `container: {image: '${BOX}', args: [sh, -c, ${JSON.stringify(script)}]}`;

describeWithEngine('a service that is a container', [BOX, REDIS, POSTGRES], () => {
  it('is ready once it listens inside, beside a process that refers to it, and nothing is left of either', async () => {
    const [db, cache] = (await freePorts(2)) as [number, number];
    const project = createContainerProject(`
  db: {container: '${POSTGRES}', port: ${db}, health: {command: 'pg_isready -h 127.0.0.1'}}
  cache: {container: '${REDIS}', port: ${cache}}
  web: {command: 'echo $DB_ADDRESS; sleep 100', env: {DB_ADDRESS: "\${db.address}"}, depends_on: [db, cache]}
`);
    await up(project);
    const view = await readService(project, 'db');
    expect(view).toMatchObject({ state: 'ready', pid: null, port: db, health: { status: 'pass' } });
    expect(view.container).toMatchObject({ image: POSTGRES, engine: ENGINE === 'podman' ? 'Podman' : 'Docker' });
    expect(view.listening).toMatchObject([{ address: '127.0.0.1', port: db }]);
    expect(await readService(project, 'cache')).toMatchObject({ state: 'ready', port: cache });
    expect(await linesOf(project, 'web')).toEqual([`localhost:${db}`]);
    const status = await runDev(project, ['status']);
    expect(status.stdout).toContain(`${view.container?.name} ${view.container?.id.slice(0, 12)}`);
    const usage = await eventually('memory is measured', async () => (await readService(project, 'db')).rssBytes);
    expect(usage).toBeGreaterThan(1_000_000);

    const stopped = await runDev(project, ['stop']);
    expect(stopped).toMatchObject({ exitCode: 0 });
    expect(await containersOf(project)).toEqual([]);
    expect([await isPortOpen(db), await isPortOpen(cache)]).toEqual([false, false]);
  });

  it('is not ready while its port is published and nothing listens inside', async () => {
    const port = await freePort();
    const project = createContainerProject(`  web: {${LINES('sleep 100')}, port: ${port}}\n`);
    await runDev(project, ['start', 'web']);
    const { why } = await becomes(project, 'web', 'starting');
    expect(why).not.toBe('');
    await eventually('it says what is missing', async () =>
      /waits for an answer/.test((await readService(project, 'web')).why),
    );
    const health = await runDev(project, ['health', 'web']);
    expect(health.stdout).toContain('nothing listens on 80 inside the container yet');
  });

  it('says so when it listens inside where only the container reaches it', async () => {
    const port = await freePort();
    const project = createContainerProject(`  web: {${LINES('httpd -f -p 127.0.0.1:80')}, port: ${port}}\n`);
    await runDev(project, ['start', 'web']);
    await eventually('health tells', async () =>
      (await runDev(project, ['health', 'web'])).stdout.includes('make it listen on 0.0.0.0'),
    );
  });

  it('has its output in the log with the times of the engine, stdout and stderr, once over restarts', async () => {
    const project = createContainerProject(
      `  talker: {${LINES('echo out $$; echo err >&2; printf no-end; exec sleep 100')}, stop: {grace: 0s}}\n`,
    );
    await up(project);
    for (let restart = 0; restart < 3; restart += 1) {
      await runDev(project, ['restart', 'talker', '--wait']);
    }
    await eventually('four runs have written', async () => (await linesOf(project, 'talker')).length >= 8);
    const lines = (await linesOf(project, 'talker')).filter((line) => /^(?:out|err)/.test(line));
    expect(lines.toSorted()).toEqual([...Array<string>(4).fill('err'), ...Array<string>(4).fill('out 1')]);
  });

  it('stops although its first process ignores SIGTERM', async () => {
    const project = createContainerProject(
      `  deaf: {${LINES("trap '' TERM; while :; do sleep 1; done")}, stop: {grace: 300ms}}\n`,
    );
    await up(project);
    expect(await runDev(project, ['stop', 'deaf'])).toMatchObject({ exitCode: 0 });
    expect(await containersOf(project)).toEqual([]);
  });

  it('tells within a second that it was killed, paused or removed from outside, and why it ended', async () => {
    const project = createContainerProject(`  box: {${LINES('exec sleep 1000')}, restart: "no"}\n`);
    await up(project);
    const name = (await readService(project, 'box')).container?.name ?? '';
    await docker('pause', name);
    const paused = await becomes(project, 'box', 'unhealthy', { timeoutMs: 1_500 });
    expect(paused.why).toContain(`the container is paused; ${ENGINE} unpause`);
    await docker('unpause', name);
    await becomes(project, 'box', 'ready', { timeoutMs: 1_500 });
    await docker('kill', name);
    const killed = await becomes(project, 'box', 'failed', { timeoutMs: 3_000 });
    expect(killed.why).toContain('stopped from outside by SIGKILL, not by devdeck (exit code 137)');
    expect(killed.exit).toMatchObject({ code: 137 });
    await runDev(project, ['start', 'box', '--wait']);
    await docker('rm', '-f', (await readService(project, 'box')).container?.name ?? '');
    expect((await becomes(project, 'box', 'failed')).why).toMatch(/from outside/);
  });

  it('is started again after a crash, by the restart policy', async () => {
    const project = createContainerProject(
      `  crasher: {${LINES('echo begin; sleep 0.2; exit 3')}, restart: {policy: on-failure, max: 2, backoff: 50ms, cool_down: 50ms}}\n`,
    );
    await runDev(project, ['start', 'crasher']);
    const failed = await becomes(project, 'crasher', 'failed', { timeoutMs: 20_000 });
    expect(failed).toMatchObject({ restarts: 3, exit: { code: 3 } });
    expect(failed.why).toContain('exited with code 3; gave up after 3 restarts in a row');
    expect((await linesOf(project, 'crasher')).filter((line) => line === 'begin')).toHaveLength(4);
    expect(await containersOf(project)).toEqual([]);
  });

  it('is restarted five times in a row on one port, and no restart is lost', async () => {
    const port = await freePort();
    const project = createContainerProject(`  cache: {container: '${REDIS}', port: ${port}}\n`);
    await up(project);
    for (let restart = 0; restart < 5; restart += 1) {
      expect(await runDev(project, ['restart', 'cache', '--wait'])).toMatchObject({ exitCode: 0 });
    }
    expect(await readService(project, 'cache')).toMatchObject({ state: 'ready', run: 6, restarts: 0, port });
    expect(await containersOf(project)).toHaveLength(1);
  });

  it('thirty restarts that nobody waits for end in one container on its port, and nothing is left', async () => {
    const port = await freePort();
    const project = createContainerProject(`  cache: {container: '${REDIS}', port: ${port}}\n`);
    await up(project);
    const { container } = await readService(project, 'cache');
    for (let restart = 0; restart < 30; restart += 1) {
      expect(await runDev(project, ['restart', 'cache'])).toMatchObject({ exitCode: 0 });
    }
    expect(await runDev(project, ['wait', 'cache', '--timeout', '30s'])).toMatchObject({ exitCode: 0 });
    const after = await readService(project, 'cache');
    expect(after).toMatchObject({ state: 'ready', restarts: 0, port });
    expect(after.container?.id).not.toBe(container?.id);
    expect(await containersOf(project)).toHaveLength(1);
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
    expect([await isPortOpen(port), await containersOf(project)]).toEqual([false, []]);
  });

  it('has every byte that it wrote in its log, over restarts', async () => {
    // Long lines, which the engine hands on in parts; bytes that are no UTF-8; no line end at the end.
    const script =
      'i=0; while [ $i -lt 200 ]; do i=$((i+1)); printf "%0${i}00d\\n" $i; done; printf "\\377\\tend"; exec sleep 100';
    const project = createContainerProject(`  writer: {${LINES(script)}, stop: {grace: 0s}}\n`);
    await up(project);
    const { container, logFile } = await readService(project, 'writer');
    const written = () => execFileSync('docker', ['logs', container?.id ?? ''], { maxBuffer: 2 ** 26 });
    const own = () => readFileSync(logFile).toString('latin1');
    const numbers = (text: string) => text.match(/0*\d+(?=\n)/g)?.filter((one) => one.length >= 100) ?? [];
    await eventually('all is there', () => numbers(own()).length === 200);
    expect(numbers(own())).toEqual(numbers(written().toString('latin1')));
    for (let restart = 0; restart < 2; restart += 1) await runDev(project, ['restart', 'writer', '--wait']);
    await eventually('all of three runs is there', () => numbers(own()).length === 600);
    const first = numbers(own()).slice(0, 200);
    expect(numbers(own())).toEqual([...first, ...first, ...first]);
    await runDev(project, ['stop']);
    // The engine hands on a line without an end when its container has ended. Docker keeps it as JSON, which has UTF-8 alone.
    const odd = ENGINE === 'podman' ? '\u00ff' : '\u00ef\u00bf\u00bd';
    expect(own().split(`${odd}\tend`)).toHaveLength(4);
  });

  it('is taken over by the next session when the supervisor was killed, with every line once', async () => {
    const port = await freePort();
    const script = 'i=0; httpd -p 80 -h /www; while :; do i=$((i+1)); echo line $i; sleep 0.1; done';
    const project = createContainerProject(`  web: {${LINES(script)}, port: ${port}, stop: {grace: 200ms}}\n`);
    await up(project);
    const before = await readService(project, 'web');
    process.kill(supervisorPid(project) ?? 0, 'SIGKILL');
    await eventually('the supervisor is gone', () => project.processes().length === 0);
    await up(project);
    const after = await readService(project, 'web');
    expect(after.container?.id).toBe(before.container?.id);
    const seen = await eventually('it goes on', async () => {
      const lines = (await linesOf(project, 'web')).filter((line) => line.startsWith('line '));
      return lines.length > 30 && lines;
    });
    expect(seen).toEqual(seen.map((_, index) => `line ${index + 1}`));
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
    expect(await containersOf(project)).toEqual([]);
  });

  it('is replaced by the next session when it would be made otherwise now', async () => {
    const port = await freePort();
    const service = (greeting: string) =>
      `  web: {container: '${BOX}', port: ${port}, env: {GREETING: ${greeting}}, stop: {grace: 100ms}}\n`;
    const project = createContainerProject(service('hello'));
    await up(project);
    const before = await readService(project, 'web');
    process.kill(supervisorPid(project) ?? 0, 'SIGKILL');
    await eventually('the supervisor is gone', () => project.processes().length === 0);
    const name = before.container?.name.replace(/-web$/, '');
    project.write('.project.config', `name: ${name}\nservices:\n${service('bye')}`);
    await up(project);
    const after = await readService(project, 'web');
    expect(after.container?.id).not.toBe(before.container?.id);
    expect(await containersOf(project)).toHaveLength(1);
  });
});
