// Real programs whose port the config does not know and somebody else has: their own words open the desk.

import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { readService } from '../helpers/session.ts';
import { createTempProject, REPOSITORY } from '../helpers/temp-project.ts';

const NOBODY = 65_534;

const PROGRAMS: readonly (readonly [name: string, program: string, command: (port: number) => string])[] = [
  [
    'Node.js',
    process.execPath,
    (port) => `${process.execPath} -e "require('http').createServer().listen(${port}, '127.0.0.1')"`,
  ],
  [
    'Vite',
    `${REPOSITORY}/node_modules/.bin/vite`,
    (port) => `${REPOSITORY}/node_modules/.bin/vite --host 127.0.0.1 --port ${port} --strictPort`,
  ],
  ['uvicorn', '/usr/bin/uvicorn', (port) => `/usr/bin/uvicorn app:app --port ${port}`],
  ['gunicorn', '/usr/bin/gunicorn', (port) => `/usr/bin/gunicorn --bind 127.0.0.1:${port} app:app`],
  ['Redis', '/usr/bin/redis-server', (port) => `/usr/bin/redis-server --bind 127.0.0.1 --port ${port}`],
];

for (const [name, program, command] of PROGRAMS) {
  it.runIf(existsSync(program))(`${name} says so and is asked about, not restarted`, async () => {
    const port = await freePort();
    const holder = await holdPort(port);
    const project = createTempProject({
      config: `services:\n  app:\n    command: |-\n      ${command(port)}\n    health: {log: never}\n    restart: {policy: on-failure, backoff: 10ms}\n`,
    });
    project.write('app.py', 'async def app(scope, receive, send):\n    pass\n');
    expect((await runDev(project, ['up', '-d'])).exitCode).toBe(5);
    const app = await readService(project, 'app');
    expect(app).toMatchObject({
      state: 'conflict',
      run: 1,
      restarts: 0,
      conflict: { port, owners: [{ pid: holder.pid }] },
    });
  });
}

const [postgres] = globSync('/usr/lib/postgresql/*/bin');

it.runIf(postgres !== undefined)('PostgreSQL opens the dialog and is not restarted', async () => {
  const port = await freePort();
  const holder = await holdPort(port);
  const data = mkdtempSync(join(tmpdir(), 'postgres-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(data, NOBODY, NOBODY);
  const asNobody = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  const [file, ...args] = [...asNobody, `${postgres}/initdb`, '--no-sync', '--pgdata', data];
  execFileSync(file, args, { stdio: 'ignore', cwd: data });

  const command = [...asNobody, `${postgres}/postgres`, '-D', data, '-k', data, '-h', '127.0.0.1', '-p', String(port)];
  const project = createTempProject({
    config: `services:\n  db: {command: ${JSON.stringify(command)}, cwd: ${JSON.stringify(data)}, health: {log: never}}\n`,
  });
  expect((await runDev(project, ['up', '-d'])).exitCode).toBe(5);
  expect(await readService(project, 'db')).toMatchObject({
    state: 'conflict',
    run: 1,
    conflict: { port, owners: [{ pid: holder.pid }] },
  });
});

it.runIf(existsSync('/usr/bin/python3'))(
  'finds the port of a program that does not name it in its command, and asks about that one',
  async () => {
    const port = await freePort();
    const holder = await holdPort(port);
    const command = `/usr/bin/python3 -m http.server -b 127.0.0.1 ${port}`;
    const project = createTempProject({
      config: `services:\n  app: {command: ${command}, health: {log: never}, restart: no}\n`,
    });
    expect((await runDev(project, ['up', '-d'])).exitCode).toBe(5);
    expect(await readService(project, 'app')).toMatchObject({
      state: 'conflict',
      conflict: { port, owners: [{ pid: holder.pid }] },
    });
  },
);
