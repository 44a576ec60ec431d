// Several at one session: who they are, what an agent may do by commands, leases, and addresses with proof.

import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { eventually } from '../helpers/eventually.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev, type DevResult, type RunOptions } from '../helpers/run-dev.ts';
import { fixtureCommand } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const AGENT = { env: { CLAUDECODE: '1' } };
/** The marker is taken out of the command's own environment; the shell around it still has it. */
const DISGUISES: readonly RunOptions[] = [
  AGENT,
  { ...AGENT, through: ['sh', '-c', 'env -u CLAUDECODE "$@"; exit $?', 'sh'] },
  { ...AGENT, through: ['sh', '-c', 'CLAUDECODE= "$@"; exit $?', 'sh'] },
  { ...AGENT, through: ['sh', '-c', 'CLAUDECODE=0 "$@"; exit $?', 'sh'] },
  {
    ...AGENT,
    through: ['sh', '-c', 'env -i PATH="$PATH" HOME="$HOME" XDG_RUNTIME_DIR="$XDG_RUNTIME_DIR" "$@"; exit $?', 'sh'],
  },
];

async function shop(more = '') {
  const port = await freePort();
  const config = `
services:
  web:
    command: ${fixtureCommand('web-server')}
    port: ${port}
    env: {API_TOKEN: hunter2-secret, MODE: dev}
${more}`;
  return { project: createTempProject({ config }), port };
}

function refused({ exitCode, stderr }: DevResult, pattern: RegExp): void {
  expect({ exitCode, stderr }).toEqual({ exitCode: 8, stderr: expect.stringMatching(pattern) });
}

describe('an agent at the command line', () => {
  it.each(DISGUISES.map((options, index) => [index, options] as const))(
    'neither ends nor stops what a person started, nor kills, runs or reads secrets (disguise %d)',
    async (_index, options) => {
      const { project } = await shop();
      await runDev(project, ['up', '-d']);
      const strangerPort = await freePort();
      const stranger = await holdPort(strangerPort);
      refused(await runDev(project, ['stop'], options), /claude-code .* may not end the whole session/);
      refused(await runDev(project, ['stop', '--force'], options), /may not end/);
      refused(await runDev(project, ['stop', 'web'], options), /may not stop web/);
      refused(
        await runDev(project, ['kill', String(strangerPort), '--yes'], options),
        new RegExp(`pid ${stranger.pid}`),
      );
      refused(await runDev(project, ['kill', String(strangerPort), '--yes', '--force'], options), /may not stop/);
      refused(await runDev(project, ['run', 'web', '--', 'env'], options), /may not run env in the environment of web/);
      const env = await runDev(project, ['env', 'web'], options);
      expect(env.stdout).toContain('MODE=dev');
      expect(env.stdout + env.stderr).not.toContain('hunter2');
      expect(stranger.isAlive()).toBe(true);
      expect((await runDev(project, ['status'])).exitCode).toBe(0);
      const events = await runDev(project, ['events']);
      expect(events.stdout.match(/"type":"refused","actor":"claude-code/g)).toHaveLength(6);
      await stranger.stop();
    },
  );

  it('does not take over a port by a flag', async () => {
    const { project, port } = await shop();
    const stranger = await holdPort(port);
    for (const policy of ['kill', 'reuse']) {
      refused(await runDev(project, ['up', '-d', '--on-conflict', policy], AGENT), new RegExp(`pid ${stranger.pid}`));
      refused(await runDev(project, ['ensure', '--on-conflict', policy], AGENT), new RegExp(`pid ${stranger.pid}`));
    }
    refused(await runDev(project, ['up', '-d', '--kill-existing'], AGENT), /a flag does not replace a person's yes/);
    expect(stranger.isAlive()).toBe(true);
    expect((await runDev(project, ['ensure', '--on-conflict', 'reroute'], AGENT)).exitCode).toBe(0);
    await stranger.stop();
  });
});

describe('a lease', () => {
  it('keeps an agent from restarting, and is shown by who', async () => {
    const { project } = await shop();
    await runDev(project, ['up', '-d']);
    expect((await runDev(project, ['lock', 'web', '--for', '20m', '--why', 'debugging'])).exitCode).toBe(0);
    refused(await runDev(project, ['restart', 'web'], AGENT), /holds it until .*: debugging/);
    expect((await runDev(project, ['who'])).stdout).toContain('web is locked by');
    await runDev(project, ['unlock', 'web']);
    expect((await runDev(project, ['restart', 'web', '--wait'], AGENT)).exitCode).toBe(0);
  });

  it('ends with the shell that it was typed in', async () => {
    const { project } = await shop();
    await runDev(project, ['up', '-d']);
    const typed = await runDev(project, ['lock', 'web'], { through: ['sh', '-c', '"$@"; echo done', 'sh'] });
    expect(typed.stdout).toContain('done');
    const { stdout } = await runDev(project, ['restart', 'web', '--wait'], {
      ...AGENT,
      through: ['sh', '-c', 'until "$@" 2>/dev/null; do :; done; echo restarted', 'sh'],
    });
    expect(stdout).toContain('restarted');
  });
});

describe('the address of a service', () => {
  it('is given after proof, with the environment that leads there', async () => {
    const { project, port } = await shop();
    await runDev(project, ['up', '-d']);
    expect(await runDev(project, ['url', 'web'])).toMatchObject({ exitCode: 0, stdout: `http://localhost:${port}\n` });
    expect(await runDev(project, ['url'])).toMatchObject({ exitCode: 0, stdout: `http://localhost:${port}\n` });
    const { stdout } = await runDev(project, ['env']);
    expect(stdout).toContain(`WEB_URL=http://localhost:${port}\n`);
    const own = await runDev(project, ['env', 'web']);
    expect(own.stdout).toContain('API_TOKEN=hunter2-secret\n');
  });

  it('is never that of another folder’s server', async () => {
    const { project, port } = await shop();
    const other = createTempProject({
      config: `services:\n  web:\n    command: ${fixtureCommand('web-server')}\n    port: ${port}\n`,
    });
    await runDev(other, ['up', '-d']);
    const strangers: readonly [string, TempProject][] = [['no session runs', project]];
    for (const [, here] of strangers) {
      for (const args of [['url', 'web'], ['env'], ['test', '--', 'true']]) {
        const { exitCode, stdout, stderr } = await runDev(here, args);
        expect({ args, exitCode, stdout }).toEqual({ args, exitCode: 5, stdout: '' });
        expect(stderr).toContain(other.root);
      }
    }
    await runDev(project, ['up', '-d']);
    expect(await runDev(project, ['url', 'web'])).toMatchObject({ exitCode: 5, stdout: '' });
    expect(await runDev(other, ['url', 'web'])).toMatchObject({ exitCode: 0 });
  });

  it('is given to tests, which get the services started, held, and their exit code passed on', async () => {
    const { project, port } = await shop();
    const script = 'echo "$BASE_URL $PLAYWRIGHT_BASE_URL $WEB_PORT"; "$0" restart web; echo "restart: $?"; exit 7';
    const devdeck = new URL('../../bin/devdeck', import.meta.url).pathname;
    const tested = await runDev(project, ['test', '--', 'env', 'CLAUDECODE=1', 'sh', '-c', script, devdeck]);
    expect(tested.exitCode).toBe(7);
    expect(tested.stdout).toContain(`http://localhost:${port} http://localhost:${port} ${port}`);
    expect(tested.stdout).toContain('restart: 8');
    expect((await runDev(project, ['restart', 'web', '--wait'], AGENT)).exitCode).toBe(0);
  });

  it('asks for a name where several could be meant', async () => {
    const { project } = await shop(`  admin:\n    command: sleep 1000\n    port: ${await freePort()}\n`);
    const asked = await runDev(project, ['url']);
    expect(asked).toMatchObject({ exitCode: 2 });
    expect(asked.stderr).toContain('web, admin could be meant');
  });
});

describe('all sessions of this user', () => {
  it('are listed with what they are, and ended from another folder, also when their own is gone or another has its path', async () => {
    const { project } = await shop();
    const { project: other, port } = await shop();
    const shared = { env: { XDG_STATE_HOME: project.env['XDG_STATE_HOME'] ?? '' } };
    await runDev(project, ['up', '-d'], shared);
    await runDev(other, ['up', '-d'], shared);
    // A session announces itself beside its start.
    const sessions = await eventually('both sessions are known', async () => {
      const { stdout } = await runDev(project, ['sessions', '--json'], shared);
      const { data } = JSON.parse(stdout) as {
        readonly data: { readonly sessions: readonly Record<string, unknown>[] };
      };
      return data.sessions.length === 2 && data.sessions;
    });
    expect(sessions).toContainEqual(
      expect.objectContaining({
        root: other.root,
        state: 'ready',
        ports: [{ service: 'web', port }],
        by: expect.any(String),
      }),
    );
    refused(
      await runDev(project, ['sessions', 'stop', other.root], { env: { ...shared.env, ...AGENT.env } }),
      /may not end/,
    );
    const stopped = await runDev(project, ['sessions', 'stop', other.root], shared);
    expect(stopped).toMatchObject({ exitCode: 0 });
    expect((await runDev(project, ['sessions'], shared)).stdout).not.toContain(other.root);
    const moved = `${project.root}-moved`;
    renameSync(project.root, moved);
    mkdirSync(project.root);
    expect((await runDev(other, ['sessions'], shared)).stdout).toContain(moved);
    expect(await runDev(other, ['sessions', 'stop', project.root], shared)).toMatchObject({ exitCode: 6 });
    expect((await runDev(other, ['sessions', 'prune'], shared)).stdout).toContain(
      'No session runs in a removed folder',
    );
    rmSync(moved, { recursive: true });
    expect((await runDev(other, ['sessions'], shared)).stdout).toContain('folder gone');
    expect(await runDev(other, ['sessions', 'stop', project.root], shared)).toMatchObject({ exitCode: 6 });
    expect((await runDev(other, ['sessions', 'prune'], shared)).stdout).toContain(project.root);
    expect((await runDev(other, ['sessions'], shared)).stdout).toContain('No session is running');
  });
});
