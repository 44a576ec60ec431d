// PID_FILE, as scripts of people's own use it.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { runDev } from '../helpers/run-dev.ts';
import { readStatus } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const CONFIG = 'services: {web: {command: sleep 100}}';

it('PID_FILE holds the pid whose SIGTERM stops everything, and is removed afterwards', async () => {
  const project = createTempProject({ config: CONFIG, env: { PID_FILE: 'dev.pid' } });
  const file = join(project.root, 'dev.pid');
  expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
  const pid = Number(readFileSync(file, 'utf8'));
  expect(pid).toBe((await readStatus(project)).session.pid);
  process.kill(pid, 'SIGTERM');
  await eventually('nothing of the session is left', () => project.processes().length === 0);
  expect(existsSync(file)).toBe(false);
});

it('a PID_FILE with other content is not changed', async () => {
  const project = createTempProject({ config: CONFIG, env: { PID_FILE: 'notes.txt' } });
  project.write('notes.txt', 'my notes\n');
  expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
  expect((await runDev(project, ['stop'])).exitCode).toBe(0);
  expect(readFileSync(join(project.root, 'notes.txt'), 'utf8')).toBe('my notes\n');
});
