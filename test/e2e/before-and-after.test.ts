// What is checked before a start and after it, for people and for a CI; and the report for whoever helps.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, openScreen, readStatus } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const WEB = fixtureCommand('web-server');
/** Asks the service where devdeck says that it is. */
const ASK = `node -e 'fetch(process.env.WEB_URL + "/health").then((answer) => process.exit(answer.ok ? 0 : 3))'`;

async function createShop() {
  const port = await freePort();
  const config = `
services:
  web: {command: ${WEB}, port: ${port}, health: /health}
checks:
  crypto: {command: "test ! -e bad || { echo bcrypt is too new; exit 3; }", required: true, hint: "pip install 'bcrypt<5'"}
  page: {command: ${JSON.stringify(ASK)}, when: running}
`;
  return { project: createTempProject({ config }), port };
}

it('up starts nothing while a required check fails, and names the check and its hint', async () => {
  const { project } = await createShop();
  project.write('bad', '');
  for (const args of [['up', '-d'], ['ensure'], ['start'], ['up', '--stream']]) {
    const { exitCode, stderr } = await runDev(project, args);
    expect([args, exitCode]).toEqual([args, 1]);
    expect(stderr).toContain('the required check "crypto" failed: exited with code 3: bcrypt is too new');
    expect(stderr).toContain("pip install 'bcrypt<5'");
  }
  const screen = openScreen(project);
  await screen.waitFor((lines) => lines.join('\n').includes('the required check "crypto" failed'));
  expect((await runDev(project, ['status'])).exitCode).toBe(6);
  project.write(
    '.project.config',
    readFileSync(join(project.root, '.project.config'), 'utf8').replace('test ! -e bad ||', 'true ||'),
  );
  expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  await runDev(project, ['stop']);
});

it('check --running runs checks of running services, with the address of each service', async () => {
  const { project } = await createShop();
  const before = await runDev(project, ['check', '--json']);
  expect(before.stdout).not.toContain('"page"');
  await runDev(project, ['up', '-d']);
  const { stdout, exitCode } = await runDev(project, ['check', '--running', '--json', '--junit', 'out.xml']);
  expect(exitCode).toBe(0);
  const { data } = JSON.parse(stdout) as { data: { findings: { subject: string; durationMs: number }[] } };
  expect(data.findings).toMatchObject([
    { subject: 'web', level: 'ok' },
    { subject: 'page', level: 'ok' },
  ]);
  expect(data.findings[1]?.durationMs).toBeGreaterThan(5);
  expect(readFileSync(join(project.root, 'out.xml'), 'utf8')).toContain(
    '<testcase name="page" classname="devdeck.checks"',
  );
  await runDev(project, ['stop']);
});

it('smoke starts, checks and stops: exit code 0 when all passed, 1 when not, 5 in a conflict; it refuses beside a session', async () => {
  const { project, port } = await createShop();
  const passed = await runDev(project, ['smoke', '--junit', 'out.xml']);
  expect(passed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('✓ page passed') });
  expect(readFileSync(join(project.root, 'out.xml'), 'utf8')).toContain('failures="0"');
  expect((await runDev(project, ['status'])).exitCode).toBe(6);

  await runDev(project, ['up', '-d']);
  const { pid } = (await readStatus(project)).session;
  expect(await runDev(project, ['smoke'])).toMatchObject({
    exitCode: 8,
    stderr: expect.stringContaining('A session of this project runs'),
  });
  expect((await readStatus(project)).session.pid).toBe(pid);
  await runDev(project, ['stop']);

  const config = readFileSync(join(project.root, '.project.config'), 'utf8');
  project.write('.project.config', config.replace('answer.ok ? 0 : 3', 'answer.ok ? 3 : 0'));
  const failed = await runDev(project, ['smoke', '--junit', 'out.xml']);
  expect(failed).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('✖ page exited with code 3') });
  expect(readFileSync(join(project.root, 'out.xml'), 'utf8')).toContain('<failure message="exited with code 3');
  expect((await runDev(project, ['status'])).exitCode).toBe(6);

  await holdPort(port);
  expect(await runDev(project, ['smoke'])).toMatchObject({ exitCode: 5 });
  expect((await runDev(project, ['status'])).exitCode).toBe(6);
});

it('report contains the facts for a helper, without secrets', async () => {
  const secrets = ['env-5up3r-s3cr3t', 'dotenv-5up3r-s3cr3t', 'caller-5up3r-s3cr3t', 'url-5up3r-s3cr3t'];
  const project = createTempProject({
    env: { NPM_TOKEN: 'caller-5up3r-s3cr3t' },
    config: `
services:
  api:
    command: "echo \\"Error: $API_KEY $DOT_PASSWORD $NPM_TOKEN $DATABASE_URL\\"; exit 1"
    env: {API_KEY: env-5up3r-s3cr3t, DATABASE_URL: "postgres://ada:url-5up3r-s3cr3t@localhost/shop"}
    restart: no
`,
  });
  project.write('.env', 'DOT_PASSWORD=dotenv-5up3r-s3cr3t\n');
  await runDev(project, ['up', '-d']);
  const running = await runDev(project, ['report']);
  expect(running.exitCode).toBe(0);
  expect(running.stdout).toContain('state: failed');
  expect(running.stdout).toMatch(/## log of api\n\n.*Error: \*+/);
  await runDev(project, ['stop']);
  expect(await runDev(project, ['report', '-o', 'report.txt'])).toMatchObject({ exitCode: 0 });
  const written = readFileSync(join(project.root, 'report.txt'), 'utf8');
  expect(written).toContain('api: crashed after');
  for (const text of [running.stdout, written]) {
    for (const part of ['# devdeck report', '## config', '## checks', '## what happened', 'node         v']) {
      expect(text).toContain(part);
    }
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
});
