// The recipes of the docs whose tools are on a test machine, as they are written there, but on free ports.

import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePorts } from '../helpers/free-port.ts';
import { readTree } from '../helpers/project-tree.ts';
import { runDev, type RunOptions } from '../helpers/run-dev.ts';
import { readService } from '../helpers/session.ts';
import { createTempProject, REPOSITORY, type TempProject } from '../helpers/temp-project.ts';

/** The first config of a recipe. */
function recipe(name: string): string {
  const page = readFileSync(join(REPOSITORY, 'docs/recipes', `${name}.md`), 'utf8');
  return /^```yaml\n([^]*?)^```$/m.exec(page)?.[1] ?? '';
}

/** Starts it in the background, each of these services on a port of its own, and gives the ports. */
async function up(
  project: TempProject,
  names: readonly string[],
  options: RunOptions = {},
): Promise<readonly number[]> {
  const ports = await freePorts(names.length);
  const choices = names.flatMap((name, index) => ['--port', `${name}=${ports[index]}`]);
  const { exitCode, stdout, stderr } = await runDev(project, ['up', '-d', ...choices], {
    timeoutMs: 60_000,
    ...options,
  });
  expect(exitCode, stdout + stderr).toBe(0);
  return ports;
}

async function inService(
  project: TempProject,
  service: string,
  line: string,
  options: RunOptions = {},
): Promise<string> {
  const { stdout, stderr } = await runDev(project, ['run', service, '--', 'sh', '-c', line], options);
  return (stdout + stderr).trim();
}

async function stop(project: TempProject, options: RunOptions = {}): Promise<void> {
  expect(await runDev(project, ['stop'], options)).toMatchObject({ exitCode: 0 });
  await eventually('all processes are gone, the supervisor too', () => project.processes().length === 0);
}

it('FastAPI + Vite: both are up and know each other', async () => {
  const project = createTempProject({
    copies: { 'examples/fastapi': '.' },
    env: { PATH: `/usr/bin:${process.env['PATH']}` },
  });
  project.write('.project.config', recipe('fastapi-vite'));
  const [backend, frontend] = await up(project, ['backend', 'frontend']);
  expect(await readService(project, 'backend')).toMatchObject({ state: 'ready', health: { status: 'pass' } });
  expect(await inService(project, 'backend', 'echo $CORS_ORIGINS')).toBe(`http://localhost:${frontend}`);
  expect(await inService(project, 'frontend', 'echo $VITE_API_URL')).toBe(`http://localhost:${backend}`);
  await stop(project);
});

it('Workspaces: npm runs each package as a service of its own', async () => {
  const project = createTempProject({ config: recipe('workspaces') });
  for (const [path, text] of Object.entries(readTree('npm-workspaces'))) project.write(path, text);
  project.write('packages/web/package.json', '{"name": "@pair/web", "scripts": {"dev": "vite"}}');
  project.write('packages/web/index.html', '<p>shop</p>');
  const [, web] = await up(project, ['api', 'web']);
  const page = await fetch(`http://localhost:${web}/`);
  expect(await page.text()).toContain('<p>shop</p>');
  expect(await readService(project, 'worker')).toMatchObject({ state: 'ready' });
  await stop(project);
});

const [postgres] = globSync('/usr/lib/postgresql/*/bin');

it.runIf(postgres !== undefined)(
  'Databases: Redis and PostgreSQL of the project, made at the first start',
  async () => {
    const project = createTempProject({
      config: recipe('databases'),
      env: { PATH: `${postgres}:${process.env['PATH']}` },
    });
    project.write('server.mjs', "import { createServer } from 'node:http'; createServer().listen(process.env.PORT);");
    // PostgreSQL refuses to run as root.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) execFileSync('chown', ['-R', '65534:65534', dirname(project.root)]);
    const options = isRoot ? { through: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] } : {};
    const names = ['redis', 'postgres', 'backend'];

    await up(project, names, options);
    expect(await inService(project, 'backend', 'redis-cli -u $REDIS_URL ping', options)).toBe('PONG');
    const create = 'psql $DATABASE_URL -Atc "create table apples (n int)" -c "insert into apples values (42)"';
    expect(await inService(project, 'backend', create, options)).toContain('INSERT');
    await stop(project, options);

    await up(project, names, options);
    expect(await inService(project, 'backend', 'psql $DATABASE_URL -Atc "select n from apples"', options)).toBe('42');
    await stop(project, options);
  },
);
