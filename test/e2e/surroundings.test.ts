// Every way a command line is used that is not a person at a full terminal: pipes, CI, agents, narrow and dumb terminals.

import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { spawnInPty } from '../helpers/pty-app.ts';
import { DEVDECK, runDev, startDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const CONFIG = 'services:\n  job: {command: "echo hello; exec sleep 1000"}\n';
const LOOKS = ['status', 'health', 'ports', 'why job', 'logs', 'config', 'check', 'help', 'help up', 'nonsense'];
const ESC = '\u001b';

async function running(): Promise<TempProject> {
  const project = createTempProject({ config: CONFIG });
  expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  return project;
}

describe('escape sequences', () => {
  it('never reach a pipe, for any terminal variables', async () => {
    const project = await running();
    for (const line of LOOKS) {
      const { stdout, stderr } = await runDev(project, line.split(' '));
      expect(stdout + stderr, line).not.toContain(ESC);
    }
  });

  it('are colours in a pipe when FORCE_COLOR asks for them, and NO_COLOR does not take them back', async () => {
    const project = await running();
    const coloured = await runDev(project, ['status'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(coloured.stdout).toContain(`${ESC}[32m`);
    const refused = await runDev(project, ['status', '--no-color'], { env: { FORCE_COLOR: '1' } });
    expect(refused.stdout).not.toContain(ESC);
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('do not reach a terminal with %o', async (env) => {
    const project = await running();
    for (const line of LOOKS) {
      const app = spawnInPty({
        command: [DEVDECK, ...line.split(' ')],
        cwd: project.root,
        env: { ...project.env, ...env },
      });
      await app.waitForExit();
      expect(app.output(), line).not.toContain(ESC);
    }
  });
});

describe('./dev', () => {
  it.each([{ CI: 'true' }, { CLAUDECODE: '1' }, { AI_AGENT: '1' }, { TERM: 'dumb' }])(
    'streams on a terminal with %o, and ends on Ctrl-C',
    async (env) => {
      const project = createTempProject({ config: CONFIG });
      const app = spawnInPty({ command: [DEVDECK], cwd: project.root, env: { ...project.env, ...env } });
      await app.waitFor('hello');
      expect(app.modes().alternateBuffer).toBe(false);
      app.press('\u0003');
      expect(await app.waitForExit()).toMatchObject({ exitCode: 130 });
    },
  );
});

it('the help fits a terminal of 40 columns', async () => {
  const project = await running();
  for (const line of ['status', 'ports', 'check', 'health']) {
    const app = spawnInPty({
      command: [DEVDECK, ...line.split(' ')],
      cwd: project.root,
      env: project.env,
      columns: 40,
    });
    await app.waitForExit();
    // A line that is too long would go on in the next row, and make a name of its own of it.
    const rows = app
      .output()
      .replaceAll(new RegExp(`${ESC}\\[[0-9;]*m`, 'g'), '')
      .split('\r\n');
    for (const row of rows) expect(row.length, `${line}: ${row}`).toBeLessThanOrEqual(40);
  }
});

describe('waiting', () => {
  it('ends with 124 on timeout, and with 1 as soon as a service failed for good', async () => {
    const project = createTempProject({
      config: `services:
  slow: {command: exec sleep 1000, health: {command: "false"}}
  bad: {command: "exit 3", restart: "no", autostart: false}
`,
    });
    await runDev(project, ['start']);
    expect(await runDev(project, ['wait', '--timeout', '300ms'])).toMatchObject({ exitCode: 124 });
    await runDev(project, ['start', 'bad']);
    expect(await runDev(project, ['wait', 'bad', '--timeout', '20s'])).toMatchObject({ exitCode: 1 });
  });

  it('status --watch continues until Ctrl-C, one object per line with --json', async () => {
    const project = await running();
    const watch = startDev(project, ['status', '--watch', '--json']);
    await watch.waitForOutput(/\n.*\n/);
    watch.signal('SIGINT');
    const { stdout, exitCode } = await watch.ended();
    expect(exitCode).toBe(130);
    for (const line of stdout.trimEnd().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ services: [{ name: 'job' }] });
  });
});

it('a second stop joins the first, and both say how it went', async () => {
  const project = createTempProject({
    config: `services:\n  job: {command: ${fixtureCommand('ignore-term')}, stop: {grace: 1s}}\n`,
  });
  await runDev(project, ['up', '-d']);
  const first = runDev(project, ['stop']);
  await eventually('it is stopping', async () => (await readService(project, 'job')).state === 'stopping');
  const second = runDev(project, ['stop']);
  expect(await first).toMatchObject({ exitCode: 0 });
  expect(await second).toMatchObject({ exitCode: 0 });
  expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('No session') });
});
