// `check` on a real machine: what is missing is named with what to do, and what is well says so.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../../src/cli/check/finding.ts';
import { freePorts } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

async function findingsOf(project: TempProject, args: readonly string[] = []) {
  const { stdout, exitCode } = await runDev(project, ['check', '--json', ...args]);
  const { data } = JSON.parse(stdout) as { data: { findings: Finding[]; counts: Record<string, number> } };
  const of = (area: string, subject: string) =>
    data.findings.filter((found) => found.area === area && found.subject === subject);
  return { ...data, exitCode, of };
}

it('check finds obstacles of a start, and says how to fix each', async () => {
  const [taken, free] = (await freePorts(2)) as [number, number];
  await holdPort(taken);
  const project = createTempProject({
    config: `
services:
  api: {command: nodemn server.js, port: ${taken}}
  web: {command: [node, -v], cwd: nowhere, port: ${free}}
  job: {command: sleep 1, env_file: .env.job}
checks:
  broken: {command: "echo bcrypt is too new; exit 3", hint: "pip install 'bcrypt<5'"}
  slow: {command: sleep 100, timeout: 100ms}
  wrong: {command: echo 5.0, expect: '^4\\.'}
  right: {command: echo 4.2, expect: '^4\\.'}
`,
  });
  project.write('package.json', '{"engines": {"node": ">=99"}}');
  project.write('.nvmrc', 'v22 || >=24\n');
  const { of, exitCode, counts } = await findingsOf(project);
  expect(exitCode).toBe(1);
  expect(of('services', 'api')).toMatchObject([
    { level: 'fail', message: expect.stringContaining('"nodemn" was not found') },
  ]);
  expect(of('services', 'web')).toMatchObject([
    { level: 'fail', message: expect.stringContaining('nowhere does not exist') },
  ]);
  expect(of('services', 'job')).toMatchObject([{ level: 'fail', fix: 'create it, or remove it from env_file' }]);
  expect(of('ports', 'api')).toMatchObject([{ level: 'fail', fix: expect.stringContaining(`./dev kill ${taken}`) }]);
  expect(of('ports', 'web')).toMatchObject([{ level: 'ok' }]);
  expect(of('versions', 'node').map(({ level }) => level)).toEqual(['fail', 'ok']);
  expect(of('checks', 'broken')).toMatchObject([
    { level: 'fail', message: 'exited with code 3: bcrypt is too new', fix: "pip install 'bcrypt<5'" },
  ]);
  expect(of('checks', 'slow')).toMatchObject([
    { level: 'fail', message: expect.stringContaining('timed out after 0.1 s') },
  ]);
  expect(of('checks', 'wrong')).toMatchObject([{ level: 'fail', message: expect.stringContaining('5.0') }]);
  expect(of('checks', 'right')).toMatchObject([{ level: 'ok' }]);
  expect(counts['fail']).toBe(8);

  const { stdout } = await runDev(project, ['check']);
  expect(stdout).toMatch(/✖ broken +exited with code 3: bcrypt is too new\n +→ pip install 'bcrypt<5'/);
  expect(stdout).toContain('8 problems');
});

it('check notices packages that were never installed', async () => {
  const project = createTempProject();
  const elsewhere = mkdtempSync(join(tmpdir(), 'devdeck-uninstalled-'));
  onTestFinished(() => rmSync(elsewhere, { recursive: true }));
  project.write('.project.config', `services: {web: {command: npm run dev, cwd: ${elsewhere}}}`);
  writeFileSync(join(elsewhere, 'package.json'), '{"dependencies": {"left": "1"}}');
  const { of } = await findingsOf(project);
  expect(of('services', 'web')).toMatchObject([{ level: 'fail', fix: `cd ${elsewhere} && npm install` }]);
  writeFileSync(join(elsewhere, 'package.json'), '{}');
  expect((await findingsOf(project)).of('services', 'web')).toMatchObject([{ level: 'ok' }]);
});

it('check passes for a project that can start, and for its running services', async () => {
  const [port] = (await freePorts(1)) as [number];
  const project = createTempProject({
    config: `services: {web: {command: ${fixtureCommand('web-server')}, port: ${port}, health: /health}}`,
  });
  expect(await findingsOf(project)).toMatchObject({ exitCode: 0, counts: { fail: 0 } });
  expect((await runDev(project, ['check', '--running'])).exitCode).toBe(6);

  await runDev(project, ['up', '-d']);
  const running = await findingsOf(project, ['--running']);
  expect(running).toMatchObject({
    exitCode: 0,
    findings: [{ subject: 'web', level: 'ok', message: `ready on port ${port}` }],
  });
  const { of } = await findingsOf(project);
  expect(of('ports', 'web')).toMatchObject([{ level: 'ok', message: `port ${port} is held by this session` }]);
  expect(of('state', 'session')).toMatchObject([{ level: 'ok', message: expect.stringContaining('one is running') }]);
});

it('check --running reports services that do not work', async () => {
  const [port, other] = (await freePorts(2)) as [number, number];
  const project = createTempProject({
    config: `
services:
  web: {command: ${fixtureCommand('web-server')}, port: ${port}}
  job: {command: exit 7, restart: no}
`,
  });
  await runDev(project, ['up', '-d', '--port', `web=${other}`]);
  const { of, exitCode } = await findingsOf(project, ['--running']);
  expect(exitCode).toBe(1);
  expect(of('session', 'job')).toMatchObject([
    { level: 'fail', message: expect.stringContaining('7'), fix: './dev logs job' },
  ]);
});

it('check reports a state folder that others can write to', async () => {
  const project = createTempProject({ config: 'services: {job: {command: sleep 100}}' });
  mkdirSync(join(project.root, '.devdeck'), { mode: 0o777 });
  chmodSync(join(project.root, '.devdeck'), 0o777);
  const { of } = await findingsOf(project);
  expect(of('state', '.devdeck')).toMatchObject([{ level: 'fail', fix: expect.stringContaining('chmod 700') }]);
});

it('quick checks run beside a start: the services start, and status warns', async () => {
  const project = createTempProject({
    config: `
services: {api: {command: sleep 1000}}
checks: {crypto: {command: "echo bcrypt is too new; exit 3", hint: "pip install 'bcrypt<5'", timeout: 5s}}
`,
  });
  const warning = "▲ check crypto failed: exited with code 3: bcrypt is too new\n  → pip install 'bcrypt<5'\n";
  const up = await runDev(project, ['up', '-d']);
  expect(up.exitCode).toBe(0);
  expect(up.stderr).toContain(warning);
  const status = await runDev(project, ['status']);
  expect(status.exitCode).toBe(0);
  expect(status.stdout).toContain(`\n${warning}`);
  const events = (await runDev(project, ['events'])).stdout.trim().split('\n');
  expect(events.map((line) => JSON.parse(line) as unknown)).toContainEqual({
    time: expect.any(String),
    type: 'check',
    name: 'crypto',
    status: 'fail',
    message: 'exited with code 3: bcrypt is too new',
  });
});
