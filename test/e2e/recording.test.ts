// A real session that writes its inputs down.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { replay } from '../helpers/replay.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

it('is recorded from its first input to its last, and its recording goes through the same states', async () => {
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
