// Faults of the supervisor itself: killed, hung, raced, lied to by what is left on disk.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startBystander } from '../helpers/bystander.ts';
import { freePort } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService, readStatus } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';

const WEB = fixtureCommand('web-server');

fault(
  {
    id: 'D1',
    priority: 'P0',
    fault: 'the supervisor is killed; its services live on',
    injected: 'kill -9, then up -d',
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({ config: `services:\n  web: {command: ${WEB}, port: ${port}}\n` });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    const before = await readService(project, 'web');
    const { session } = await readStatus(project);
    process.kill(session.pid, 'SIGKILL');

    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    const after = await readService(project, 'web');
    expect(after).toMatchObject({ state: 'ready', port });
    expect(after.pid).not.toBe(before.pid);
    expect(project.processes().some(({ pid }) => pid === before.pid)).toBe(false);
    bystander.expectUnharmed();
  },
);

fault(
  {
    id: 'D3',
    priority: 'P0',
    fault: 'records from before a reboot name processes that live',
    injected: 'a bystander written into runs.json, with another boot id',
  },
  async () => {
    const project = createTempProject({ config: 'services:\n  job: {command: sleep 100000}\n' });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    const file = join(project.root, '.devdeck/runs.json');
    const { session } = await readStatus(project);
    const records = JSON.parse(readFileSync(file, 'utf8')) as { bootId: string; runs: { pid: number }[] };
    process.kill(session.pid, 'SIGKILL');
    const runs = records.runs.map((run) => ({ ...run, pid: bystander.pid }));
    writeFileSync(file, JSON.stringify({ ...records, bootId: 'ffffffff-ffff-ffff-ffff-ffffffffffff', runs }));

    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    bystander.expectUnharmed();
  },
);
