// A real session that writes its inputs down.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { replay } from '../helpers/replay.ts';
import { KEY, spawnInPty } from '../helpers/pty-app.ts';
import { DEVDECK, runDev } from '../helpers/run-dev.ts';
import { becomes, fixtureCommand } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

it('a session is recorded from its first input to its last, and a replay reaches the same states', async () => {
  const project = createTempProject({
    config: `services:\n  api: {command: ${fixtureCommand('web-server')}, port: ${await freePort()}, env: {MODE: plain-value}}\n`,
  });
  const file = join(project.root, 'recording.jsonl');
  expect((await runDev(project, ['up', '-d'], { env: { DEVDECK_RECORD: file } })).exitCode).toBe(0);
  expect((await runDev(project, ['restart', 'api'])).exitCode).toBe(0);
  expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
  expect((await runDev(project, ['stop'])).exitCode).toBe(0);
  const recording = readFileSync(file, 'utf8');
  expect(recording).not.toContain('plain-value');
  const { recorded, replayed, state } = replay(recording);
  expect(replayed).toEqual(recorded);
  expect(recorded.filter((change) => change.endsWith('api: ready'))).toHaveLength(2);
  expect(state.services.get('api')?.state.status).toBe('stopped');
});

it('replay shows any moment of a recording with its logs, and starts and stops nothing', async () => {
  const project = createTempProject({
    config: `
services:
  api: {command: "echo 'api is up'; exec sleep 1000"}
  bad: {command: "echo 'Error: no cheese'; exit 3", autostart: false, restart: no}
`,
  });
  const file = join(project.root, 'recording.jsonl');
  await runDev(project, ['up', '-d'], { env: { DEVDECK_RECORD: file } });
  await runDev(project, ['start', 'bad']);
  await becomes(project, 'bad', 'failed');
  await runDev(project, ['restart', 'api', '--wait']);
  await runDev(project, ['stop']);

  const told = await runDev(project, ['replay', file]);
  expect(told.stdout).toMatch(/bad {2}crashed after .+: Error: no cheese/);
  const { items } = JSON.parse((await runDev(project, ['replay', file, '--json'])).stdout).data;
  expect(items.map(({ type }: { type: string }) => type)).toContain('crash');

  const app = spawnInPty({ command: [DEVDECK, 'replay', file], cwd: project.root, env: project.env });
  await app.waitFor('the session ended');
  expect(app.screen().join('\n')).toContain('recording, as of');
  expect(app.screen().join('\n')).toMatch(/2 stopped/);
  app.press('N');
  await app.waitFor(/1 failed/);
  app.press(KEY.enter);
  await app.waitFor('logs: bad');
  expect(app.screen().join('\n')).toMatch(/api +ready/);
  expect(app.screen().join('\n')).toMatch(/Error: no cheese/);
  for (const key of ['r', 's', 'X', 'd', 'i']) {
    app.press(key);
    await app.waitFor('this is a recording');
  }
  app.press('q');
  expect(await app.waitForExit()).toMatchObject({ exitCode: 0 });
  expect(project.processes()).toEqual([]);
});

it('says at once that a session is not recorded when its file cannot be written', async () => {
  const project = createTempProject({ config: 'services:\n  api: {command: exec sleep 1000}\n' });
  const file = join(project.root, 'no-such-folder/recording.jsonl');
  const { exitCode, stderr } = await runDev(project, ['up', '-d'], { env: { DEVDECK_RECORD: file } });
  expect(exitCode).toBe(0);
  expect(stderr).toContain(`This session is not recorded: ${file} cannot be written: `);
  await runDev(project, ['stop']);
});
