// Commands beside a session: `ensure`, `run`, `metrics`, `clean`.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePorts } from '../helpers/free-port.ts';
import { DEVDECK, runDev, startDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readStatus } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const WEB = fixtureCommand('web-server');

async function createPair() {
  const [apiPort, webPort] = (await freePorts(2)) as [number, number];
  const config = `
name: pair
services:
  api: {command: ${WEB}, port: ${apiPort}, cwd: api}
  web: {command: ${WEB}, port: ${webPort}, depends_on: [api], env: {API: "\${api.url}/v1"}}
`;
  const project = createTempProject({ config });
  mkdirSync(join(project.root, 'api'));
  return { project, apiPort, webPort };
}

describe('ensure', () => {
  it('starts one session for two at once, and changes nothing when called again', async () => {
    const { project, webPort } = await createPair();
    const [one, two] = await Promise.all([runDev(project, ['ensure']), runDev(project, ['ensure', 'web'])]);
    expect([one.exitCode, two.exitCode]).toEqual([0, 0]);
    expect(two.stdout).toBe(`web  http://localhost:${webPort}\n`);
    const before = await readStatus(project);
    const again = await runDev(project, ['ensure', '--json']);
    expect(again.exitCode).toBe(0);
    const after = await readStatus(project);
    expect(after.services.map(({ pid }) => pid)).toEqual(before.services.map(({ pid }) => pid));

    const metrics = await runDev(project, ['metrics']);
    expect(metrics.stdout).toContain('devdeck_service_ready{service="web"} 1\n');
    expect(metrics.stdout).toMatch(/\n# EOF\n$/);

    const refused = await runDev(project, ['clean']);
    expect(refused.exitCode).toBe(5);
    expect(refused.stderr).toContain('./dev stop');
    await runDev(project, ['stop']);
  });
});

describe('run', () => {
  it('gives a command the folder and environment of the service, and passes on its exit code', async () => {
    const { project, apiPort } = await createPair();
    const shell = (service: string, line: string) => runDev(project, ['run', service, '--', 'sh', '-c', line]);
    const api = await shell('api', 'pwd; echo "$PORT $DEV_SERVICE [$DEV_SESSION]"; exit 7');
    expect(api.exitCode).toBe(7);
    expect(api.stdout).toBe(`${realpathSync(join(project.root, 'api'))}\n${apiPort} api []\n`);
    expect((await shell('web', 'echo $API; kill -TERM $$')).exitCode).toBe(143);
    expect((await shell('web', 'echo $API')).stdout).toBe(`http://localhost:${apiPort}/v1\n`);
    const flags = await runDev(project, ['run', 'api', '--', 'echo', '--json', '-q', '--help']);
    expect(flags.stdout).toBe('--json -q --help\n');
    expect((await runDev(project, ['run', 'api', '--', 'no-such-program'])).exitCode).toBe(1);
    expect((await runDev(project, ['run', 'api'])).exitCode).toBe(2);
  });

  it('passes on a signal', async () => {
    const { project } = await createPair();
    const waiting = 'trap "echo bye; exit 3" TERM; echo up; while :; do sleep 0.05; done';
    const dev = startDev(project, ['run', 'api', '--', 'sh', '-c', waiting]);
    await dev.waitForOutput('up');
    dev.signal('SIGTERM');
    expect(await dev.ended()).toMatchObject({ exitCode: 3, stdout: 'up\nbye\n' });
  });
});

describe('clean', () => {
  it('lists the files to remove, and removes only these', async () => {
    const { project } = await createPair();
    await runDev(project, ['ensure']);
    await runDev(project, ['stop']);
    const state = join(project.root, '.devdeck');
    writeFileSync(join(project.root, 'mine.txt'), 'mine');
    const dry = await runDev(project, ['clean', '--dry-run']);
    expect(dry.exitCode).toBe(0);
    expect(dry.stdout).toContain('.devdeck/logs/api.log');
    expect(dry.stderr).toMatch(/^Would remove \d+ files, /);
    expect(existsSync(join(state, 'logs/api.log'))).toBe(true);
    const done = await runDev(project, ['clean', '--json']);
    const { data } = JSON.parse(done.stdout) as { readonly data: { readonly removed: readonly { path: string }[] } };
    expect(data.removed.map(({ path }) => path)).toContain('.devdeck/logs/web.log');
    expect(existsSync(state)).toBe(false);
    expect(existsSync(join(project.root, 'mine.txt'))).toBe(true);
    expect((await runDev(project, ['clean'])).stderr).toBe('There is nothing to remove.\n');
  });
});

describe('completion', () => {
  it('works in a real bash, and runs nothing of the config', async () => {
    const { project } = await createPair();
    const line = `source <("$DEV" completion bash)
      COMP_WORDS=("$DEV" restart a); COMP_CWORD=2; _devdeck "$DEV"; echo "\${COMPREPLY[*]}"
      COMP_WORDS=("$DEV" st); COMP_CWORD=1; _devdeck "$DEV"; echo "\${COMPREPLY[*]}"`;
    const { stdout } = spawnSync('bash', ['-c', line], {
      cwd: project.root,
      env: { ...project.env, DEV: DEVDECK },
      encoding: 'utf8',
    });
    expect(stdout).toBe('api\nstart stop status\n');
    expect(existsSync(join(project.root, '.devdeck'))).toBe(false);
    expect(await runDev(createTempProject({}), ['__complete', '--', 'restart', ''])).toEqual({
      stdout: '',
      stderr: '',
      exitCode: 0,
    });
  });
});

describe('events', () => {
  it('list the history of the session, live and afterwards, without secrets', async () => {
    const project = createTempProject({
      config: `
services:
  once: {command: 'echo hello; exit 3', restart: {policy: on-failure, max: 1, backoff: 10ms, cool_down: 1h}}
  leak:
    command: 'touch up; sleep 30'
    env: {API_TOKEN: canary-4711}
    health: {command: 'echo $API_TOKEN; rm up', interval: 100ms, retries: 1}
`,
    });
    expect((await runDev(project, ['events'])).exitCode).toBe(6);
    await runDev(project, ['start']);
    const live = startDev(project, ['events', '-f']);
    await live.waitForOutput(/"type":"restart","service":"once","restarts":1/);
    await live.waitForOutput(/"type":"health","service":"leak","status":"fail"/);
    await runDev(project, ['stop']);
    const { stdout, exitCode } = await live.ended();
    expect(exitCode).toBe(0);
    const after = await runDev(project, ['events']);
    expect(after.stdout).toBe(stdout);
    expect(stdout).not.toContain('canary');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events[0]).toMatchObject({ type: 'session', state: 'started' });
    expect(events.at(-1)).toMatchObject({ type: 'session', state: 'ended' });
    expect(events).toContainEqual({
      time: expect.any(String) as string,
      type: 'exit',
      service: 'once',
      run: 1,
      code: 3,
      signal: null,
    });
  });
});

describe('a session with another config', () => {
  it('is not taken for the one that was asked for', async () => {
    const { project } = await createPair();
    writeFileSync(join(project.root, 'other.yaml'), 'services: {solo: {command: sleep 30}}\n');
    await runDev(project, ['ensure']);
    for (const command of [['up', '-d'], ['ensure'], ['status'], ['logs']]) {
      const run = await runDev(project, ['-c', 'other.yaml', ...command]);
      expect([command, run.exitCode]).toEqual([command, 5]);
      expect(run.stderr).toContain('.project.config');
    }
    expect((await runDev(project, ['-c', '.project.config', 'status'])).exitCode).toBe(0);
    expect((await runDev(project, ['-c', 'other.yaml', 'stop'])).exitCode).toBe(0);
    expect((await runDev(project, ['-c', 'other.yaml', 'ensure'])).stdout).toBe('solo  –\n');
    await runDev(project, ['stop']);
  });
});

describe('a supervisor that hangs', () => {
  it('is reported, and killed with its services by stop --force', async () => {
    const { project } = await createPair();
    await runDev(project, ['ensure']);
    const { session } = await readStatus(project);
    process.kill(session.pid, 'SIGSTOP');
    const status = await runDev(project, ['status']);
    expect(status.exitCode).toBe(124);
    expect(status.stderr).toContain('./dev stop --force');
    const stop = await runDev(project, ['stop', '--force']);
    expect(stop).toMatchObject({ exitCode: 0 });
    expect(stop.stderr).toContain('No process of it is found any more.');
    expect(project.processes()).toEqual([]);
    expect((await runDev(project, ['ensure'])).exitCode).toBe(0);
    await runDev(project, ['stop']);
  });
});
