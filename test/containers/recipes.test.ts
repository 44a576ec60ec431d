// The recipes with containers, and the example, as they are written, but on free ports and with images that are made here.

import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort, freePorts, isPortOpen } from '../helpers/free-port.ts';
import {
  composeProject,
  containersOf,
  createContainerProject,
  describeWithEngine,
  docker,
  POSTGRES,
  REDIS,
} from '../helpers/real-engine.ts';
import { runDev } from '../helpers/run-dev.ts';
import { DIALOG_TAKES_KEYS, openScreen, readService, shows } from '../helpers/session.ts';
import { spawnHeld } from '../helpers/spawn-held.ts';
import { REPOSITORY, type TempProject } from '../helpers/temp-project.ts';

const ENV = { PATH: `/usr/bin:${process.env['PATH']}`, NOTES_DB_IMAGE: POSTGRES };

/** The blocks of a recipe from a heading on, with the images of the tests. */
function blocksOf(heading: string): readonly string[] {
  const page = readFileSync(join(REPOSITORY, 'docs/recipes/databases.md'), 'utf8');
  const section = page.slice(page.indexOf(`## ${heading}`)).split('\n## ')[0] ?? '';
  const blocks = [...section.matchAll(/^```ya?ml\n([^]*?)^```$/gm)].map(([, text = '']) => text);
  return blocks.map((text) => text.replaceAll('postgres:18', POSTGRES).replaceAll('redis:8', REDIS));
}

function servicesOf(block: string): string {
  return block.replace(/^services:\n/, '');
}

function projectWith(block: string): TempProject {
  const project = createContainerProject(servicesOf(block), { env: ENV });
  project.write('server.mjs', "import { createServer } from 'node:http'; createServer().listen(process.env.PORT);");
  return project;
}

async function up(project: TempProject, ports: Readonly<Record<string, number>>): Promise<void> {
  const choices = Object.entries(ports).flatMap(([name, port]) => ['--port', `${name}=${port}`]);
  const { exitCode, stdout, stderr } = await runDev(project, ['up', '-d', ...choices], { timeoutMs: 60_000 });
  expect(exitCode, stdout + stderr).toBe(0);
}

async function stop(project: TempProject): Promise<void> {
  const { exitCode, stdout, stderr } = await runDev(project, ['stop']);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(await containersOf(project)).toEqual([]);
}

async function inService(project: TempProject, service: string, line: string): Promise<string> {
  const { stdout, stderr } = await runDev(project, ['run', service, '--', 'sh', '-c', line]);
  return (stdout + stderr).trim();
}

describeWithEngine('recipes with containers', [POSTGRES, REDIS], () => {
  it('In containers: both databases answer, inside and from here, and keep what they have', async () => {
    const project = projectWith(blocksOf('In containers')[0] ?? '');
    const [db, cache, backend] = (await freePorts(3)) as [number, number, number];
    await up(project, { db, cache, backend });
    expect(await inService(project, 'backend', 'redis-cli -u $REDIS_URL ping')).toBe('PONG');
    expect(await inService(project, 'backend', 'psql $DATABASE_URL -Atc "create table apples (n int)"')).toBe(
      'CREATE TABLE',
    );
    expect(await inService(project, 'db', 'psql -h 127.0.0.1 -U postgres -Atc "insert into apples values (42)"')).toBe(
      'INSERT 0 1',
    );
    await stop(project);
    await up(project, { db, cache, backend });
    expect(await inService(project, 'backend', 'psql $DATABASE_URL -Atc "select n from apples"')).toBe('42');
    await stop(project);
  });

  it('From a Compose file: its database is a service beside a process', async () => {
    const [config = '', compose = ''] = blocksOf('From a Compose file');
    const [db, backend] = (await freePorts(2)) as [number, number];
    const project = projectWith(config);
    project.write('compose.yaml', `name: ${composeProject()}\n${compose.replace(':5432:', `:${db}:`)}`);
    await up(project, { backend });
    expect(await inService(project, 'backend', 'psql $DATABASE_URL -Atc "select 1"')).toBe('1');
    expect(await readService(project, 'db')).toMatchObject({ state: 'ready', port: db, health: { status: 'pass' } });
    await stop(project);
  });

  it('As a command: the container that docker run starts is the service', async () => {
    const block = (blocksOf('As a docker command')[0] ?? '').replace('shop-cache', `devdeck-test-cache-${process.pid}`);
    const project = projectWith(block);
    await up(project, { cache: await freePort() });
    expect(await readService(project, 'cache')).toMatchObject({ state: 'ready', container: { image: REDIS } });
    await stop(project);
  });
});

const [postgres] = globSync('/usr/lib/postgresql/*/bin');

/** A PostgreSQL of the system, which has the port; gone when the test ends. */
async function systemPostgres(port: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'devdeck-pg-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) execFileSync('chown', ['65534:65534', folder]);
  const through = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : ['env'];
  const run = (...words: readonly string[]): [string, readonly string[]] => [
    through[0] ?? '',
    [...through.slice(1), ...words],
  ];
  execFileSync(...run(`${postgres}/initdb`, '-D', `${folder}/data`, '--auth=trust', '-N', '-U', 'postgres'), {
    stdio: 'ignore',
  });
  const options = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`];
  spawnHeld(...run(`${postgres}/postgres`, '-D', `${folder}/data`, '-p', String(port), ...options));
  await eventually('the PostgreSQL of the system answers', () => isPortOpen(port), { timeoutMs: 20_000 });
}

describeWithEngine('the FastAPI notes with their database in a container', [POSTGRES, REDIS], () => {
  it.runIf(postgres !== undefined)(
    'beside Redis and Vite: a PostgreSQL of the system has the port, p moves the database, all are rewired, nothing is left',
    { timeout: 120_000 },
    async () => {
      const [db, cache, backend, frontend] = (await freePorts(4)) as [number, number, number, number];
      await systemPostgres(db);
      const name = composeProject();
      const project = createContainerProject('', {
        env: ENV,
        copies: { 'examples/fastapi-compose': '.', 'examples/fastapi/frontend': 'frontend' },
      });
      const config = readFileSync(join(REPOSITORY, 'examples/fastapi-compose/.project.config'), 'utf8').replace(
        'port: 8001',
        `port: ${backend}`,
      );
      project.write(
        '.project.config',
        `${config.replace('name: notes', `name: ${name}`)}
  cache: {container: '${REDIS}', port: ${cache}}
  frontend:
    command: npm run --silent dev -- --port $PORT --strictPort --clearScreen false
    cwd: frontend
    port: ${frontend}
    depends_on: [backend, cache]
    env: {VITE_API_URL: "\${backend.url}"}
`,
      );
      const compose = readFileSync(join(project.root, 'compose.yaml'), 'utf8');
      project.write('compose.yaml', compose.replace('name: notes', `name: ${name}`).replace(':5432:', `:${db}:`));

      const app = openScreen(project);
      await app.waitFor(`port ${db} is taken`, { timeoutMs: 30_000 });
      await app.waitFor('postgres');
      await app.waitFor(DIALOG_TAKES_KEYS);
      app.press('p');
      await app.waitFor(shows({ db: 'ready', cache: 'ready', backend: 'ready', frontend: 'ready' }), {
        timeoutMs: 60_000,
      });
      const moved = (await readService(project, 'db')).port ?? 0;
      expect(moved).not.toBe(db);
      expect(await inService(project, 'backend', 'echo $DATABASE_URL')).toContain(`:${moved}/`);
      const notes = `http://127.0.0.1:${backend}/api/notes`;
      const body = JSON.stringify({ text: 'kept in a container' });
      const added = await fetch(notes, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      expect(added.status).toBe(201);
      expect(await fetch(notes).then((answer) => answer.json())).toEqual(['kept in a container']);
      expect(
        await docker(
          'exec',
          `${name}-db-1`,
          'psql',
          '-h',
          '127.0.0.1',
          '-U',
          'postgres',
          '-Atc',
          'select text from notes',
        ),
      ).toBe('kept in a container');
      app.press('q');
      await app.waitForExit({ timeoutMs: 60_000 });
      expect(await Promise.all([moved, cache, backend, frontend].map((port) => isPortOpen(port)))).toEqual([
        false,
        false,
        false,
        false,
      ]);
      expect(await isPortOpen(db)).toBe(true);
      expect(await containersOf(project)).toEqual([]);
    },
  );
});
