// What services find in their environment: of env files as people write them, and of the shell that restarts them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePorts } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const WEB = fixtureCommand('web-server');

describe('env files as people write them', () => {
  it('pass names on, leave out invalid lines, and say so', async () => {
    const project = createTempProject({
      config: `
services:
  web: {command: 'echo "A=$A B=$B C=$C D=$D"; exec sleep 100', env_file: .env.web}
`,
    });
    project.write('.env.web', 'A\nB: two\nset C three\nD=$HOME/d\n');
    const env = { A: 'from-my-shell', HOME: '/home/me' };
    expect((await runDev(project, ['up', '-d'], { env })).exitCode).toBe(0);
    const { stdout } = await runDev(project, ['logs', 'web']);
    expect(stdout).toContain('A=from-my-shell B= C= D=/home/me/d');
    expect(stdout).toContain('.env.web:2: this is not NAME=value: write B=… with an equals sign; the line is left out');
    const check = await runDev(project, ['check'], { env });
    expect(check.stdout).toContain('.env.web:3: this is not NAME=value; the line is left out');
  });

  it('know the home directory and the PATH', async () => {
    const project = createTempProject({
      config: `
services:
  web: {command: "pwd; echo $DATA; tool; exec sleep 100", cwd: ~/app, env_file: ~/.env.web}
  argv: {command: [~/app/bin/tool]}
`,
    });
    const home = join(project.root, 'home');
    mkdirSync(join(home, 'app/bin'), { recursive: true });
    writeFileSync(join(home, '.env.web'), 'PATH=bin:$PATH\nDATA=~/data\n');
    writeFileSync(join(home, 'app/bin/tool'), '#!/bin/sh\necho tool ran\nexec sleep 100\n', { mode: 0o755 });
    expect((await runDev(project, ['up', '-d'], { env: { HOME: home } })).exitCode).toBe(0);
    const { stdout } = await runDev(project, ['logs', 'web']);
    expect(stdout).toMatch(new RegExp(`${home}/app[^]*${home}/data[^]*tool ran`));
    expect((await runDev(project, ['logs', 'argv'])).stdout).toContain('tool ran');
  });
});

describe('a restart', () => {
  it('passes on changed variables of the shell, names them, and run shows the same', async () => {
    const project = createTempProject({
      config: `services: {web: {command: 'echo "token is $TOKEN"; exec sleep 100'}, other: {command: sleep 100}}`,
    });
    expect((await runDev(project, ['up', '-d'], { env: { TOKEN: 'old' } })).exitCode).toBe(0);
    const env = { TOKEN: 'new', TERM: 'dumb' };
    const restart = await runDev(project, ['restart', 'web', '--wait'], { env });
    expect(restart.stderr).toContain('web takes over of your environment: TOKEN\n');
    expect((await runDev(project, ['logs', 'web'])).stdout).toContain('token is new');
    const asked = ['--', 'sh', '-c', 'echo $TOKEN'];
    expect((await runDev(project, ['run', 'web', ...asked])).stdout).toBe('new\n');
    expect((await runDev(project, ['run', 'other', ...asked])).stdout).toBe('old\n');
    const again = await runDev(project, ['restart', 'web', '--json', '--wait'], { env });
    expect(JSON.parse(again.stdout)).toMatchObject({
      schemaVersion: 1,
      data: { ready: true, services: [{ name: 'web', ready: true }], tookOver: [] },
    });
  });

  it('moves a service whose port is in an edited .env, and one that --port names', async () => {
    const [first, second, third] = (await freePorts(3)) as [number, number, number];
    const project = createTempProject({
      config: `services: {web: {command: ${WEB}, port: "\${WEB_HTTP:-1}"}}`,
    });
    project.write('.env', `WEB_HTTP=${first}\n`);
    expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
    expect(await readService(project, 'web')).toMatchObject({ port: first, ready: true });
    project.write('.env', `WEB_HTTP=${second}\n`);
    expect((await runDev(project, ['restart', 'web', '--wait'])).exitCode).toBe(0);
    expect(await readService(project, 'web')).toMatchObject({ port: second, ready: true });
    expect((await runDev(project, ['restart', 'web', '--wait', '--port', `web=${third}`])).exitCode).toBe(0);
    expect(await readService(project, 'web')).toMatchObject({ port: third, ready: true });
    const stop = await runDev(project, ['stop', '--json']);
    expect(JSON.parse(stop.stdout)).toEqual({
      schemaVersion: 1,
      data: { stopped: ['web'], services: [], leftovers: [], heldPorts: [] },
    });
  });
});
