// The recipes of the docs whose tools are on a test machine, as they are written there, but on free ports.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort, freePorts } from '../helpers/free-port.ts';
import { readTree } from '../helpers/project-tree.ts';
import { runDev, type RunOptions } from '../helpers/run-dev.ts';
import { readService } from '../helpers/session.ts';
import { createTempProject, REPOSITORY, type TempProject } from '../helpers/temp-project.ts';

const PAGES = join(REPOSITORY, 'docs/recipes');
/** Python of the system, where Debian's packages are, before any other. */
const SYSTEM_FIRST = { PATH: `/usr/bin:${process.env['PATH']}` };
const WEB_SERVER = `node ${join(REPOSITORY, 'test/fixtures/services/web-server.mjs')}`;

/** The configs of a recipe. */
function configsOf(page: string): readonly string[] {
  const text = readFileSync(join(PAGES, `${page}.md`), 'utf8');
  return [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, config = '']) => config);
}

/** The first one. */
function recipe(page: string): string {
  return configsOf(page)[0] ?? '';
}

/** What `npm run` finds in a package. */
function scripts(entries: Readonly<Record<string, string>>): string {
  return JSON.stringify({ scripts: entries });
}

/** A program of the project, in the language of the shell. */
function writeProgram(project: TempProject, path: string, text: string): void {
  project.write(path, `#!/bin/sh\n${text}`);
  chmodSync(join(project.root, path), 0o755);
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

it("FastAPI + Vite: both start and have each other's address", async () => {
  const project = createTempProject({
    copies: { 'examples/fastapi': '.' },
    env: SYSTEM_FIRST,
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

function canImport(module: string): boolean {
  return spawnSync('/usr/bin/python3', ['-c', `import ${module}`]).status === 0;
}

it.runIf(canImport('django'))('Django + React: the migrations run, and both are up and know each other', async () => {
  const project = createTempProject({ config: recipe('django-react'), env: SYSTEM_FIRST });
  const backend = join(project.root, 'backend');
  const python = (...args: readonly string[]) => execFileSync('/usr/bin/python3', args, { cwd: project.root });
  python('-m', 'venv', '--system-site-packages', '--without-pip', join(backend, '.venv'));
  python('-m', 'django', 'startproject', 'shop', backend);
  project.write('frontend/package.json', scripts({ dev: 'vite' }));
  project.write('frontend/index.html', '<p>shop</p>');
  const [api, web] = await up(project, ['backend', 'frontend']);
  expect(await inService(project, 'backend', 'echo $FRONTEND_URL')).toBe(`http://localhost:${web}`);
  expect(await inService(project, 'frontend', 'echo $VITE_API_URL')).toBe(`http://localhost:${api}`);
  expect((await runDev(project, ['logs', 'backend', '--raw'])).stdout).toContain('Applying auth.0001_initial');
  expect(await fetch(`http://localhost:${api}/admin/login/`).then(({ status }) => status)).toBe(200);
  expect((await runDev(project, ['check'])).stdout).toMatch(/✓ +django/);
  await stop(project);
});

const hasGo = spawnSync('go', ['version']).status === 0;

it.runIf(hasGo)(
  'Go + Next.js, with Vite in its place: the API is compiled, and restarts when it is edited',
  async () => {
    const project = createTempProject({
      config: recipe('go-next'),
      env: { ...SYSTEM_FIRST, GOCACHE: join(tmpdir(), 'devdeck-go-cache'), CGO_ENABLED: '0', GOFLAGS: '-mod=mod' },
    });
    const server = (greeting: string) => `package main

import ("fmt"; "net"; "os")

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:" + os.Getenv("PORT"))
	if err != nil { panic(err) }
	for {
		connection, err := listener.Accept()
		if err != nil { return }
		connection.Read(make([]byte, 4096))
		fmt.Fprint(connection, "HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\n${greeting}")
		connection.Close()
	}
}
`;
    project.write('go.mod', 'module shop\n\ngo 1.19\n');
    project.write('cmd/server/main.go', server('first'));
    project.write('web/package.json', scripts({ dev: 'vite' }));
    project.write('web/index.html', '<p>shop</p>');
    const [api, web] = await up(project, ['api', 'web'], { timeoutMs: 100_000 });
    const answer = () => fetch(`http://localhost:${api}/`).then((response) => response.text(), String);
    expect(await answer()).toBe('first');
    expect(await inService(project, 'web', 'echo $NEXT_PUBLIC_API_URL')).toBe(`http://localhost:${api}`);
    expect(await fetch(`http://localhost:${web}/`).then(({ status }) => status)).toBe(200);
    project.write('cmd/server/main.go', server('second'));
    await expect.poll(answer, { timeout: 30_000 }).toBe('second');
    await stop(project);
  },
  120_000,
);

it('Rails, with a script in its place: web is ready before jobs, and the watcher of styles keeps its standard input', async () => {
  const project = createTempProject({ config: recipe('rails') });
  writeProgram(
    project,
    'bin/rails',
    `case $1 in
  db:prepare) echo prepared > log.txt ;;
  server) cat log.txt; exec env PORT=$3 ${WEB_SERVER} ;;
  *) echo watching; cat > /dev/null ;;
esac
`,
  );
  writeProgram(project, 'bin/jobs', 'exec sleep 1000\n');
  const [web] = await up(project, ['web']);
  expect(await fetch(`http://localhost:${web}/up`).then(({ status }) => status)).toBe(200);
  expect((await runDev(project, ['logs', 'web', '--raw'])).stdout).toContain('prepared');
  expect(await readService(project, 'css')).toMatchObject({ state: 'ready', restarts: 0 });
  await stop(project);
  expect(await runDev(project, ['up', '-d', '--profile', 'api', '--port', `web=${web}`])).toMatchObject({
    exitCode: 0,
  });
  expect(await readService(project, 'css')).toMatchObject({ state: 'stopped' });
  await stop(project);
});

it('Procfile, with a script in the place of bundle: both wait for the release, which runs once', async () => {
  const project = createTempProject({ config: recipe('procfile') });
  writeProgram(
    project,
    'tools/bundle',
    `[ -s released ] || exit 1; [ "$2" = sidekiq ] && exec sleep 1000; exec ${WEB_SERVER}\n`,
  );
  writeProgram(project, 'bin/migrate', 'echo done >> released\n');
  const options = { env: { PATH: `${join(project.root, 'tools')}:${process.env['PATH']}` } };
  const [web] = await up(project, ['web'], options);
  expect(await fetch(`http://localhost:${web}/health`).then(({ status }) => status)).toBe(200);
  expect(await readService(project, 'worker')).toMatchObject({ state: 'ready', restarts: 0 });
  expect(readFileSync(join(project.root, 'released'), 'utf8')).toBe('done\n');
  await stop(project);
});

it.runIf(canImport('aiosmtpd'))('CI: the profile starts the mail catcher too, and a mail is in its log', async () => {
  const project = createTempProject({ config: recipe('ci'), env: SYSTEM_FIRST });
  project.write('package.json', scripts({ dev: WEB_SERVER }));
  const [backend, mail] = await freePorts(2);
  const ports = ['--port', `backend=${backend}`, '--port', `mail=${mail}`];
  expect(await runDev(project, ['up', '-d', ...ports])).toMatchObject({ exitCode: 0 });
  expect(await readService(project, 'mail')).toMatchObject({ state: 'stopped' });
  expect(await runDev(project, ['up', '-d', '--profile', 'e2e', ...ports])).toMatchObject({ exitCode: 0 });
  const line = `import smtplib; smtplib.SMTP("localhost", ${mail}).sendmail("a@a.test", "b@b.test", "Subject: hello")`;
  execFileSync('/usr/bin/python3', ['-c', line]);
  await eventually('the mail is in the log', async () =>
    (await runDev(project, ['logs', 'mail', '--raw'])).stdout.includes('Subject: hello'),
  );
  await stop(project);
});

it('Coding agents: ensure starts it, and says so again', async () => {
  const project = createTempProject();
  project.write('package.json', scripts({ dev: WEB_SERVER }));
  const port = await freePort();
  project.write('.project.config', recipe('agents').replace('port: 8000', `port: ${port}`));
  const first = await runDev(project, ['ensure']);
  expect(first, first.stderr).toMatchObject({ exitCode: 0 });
  expect(first.stdout).toContain(`http://localhost:${port}`);
  expect(await runDev(project, ['ensure'])).toMatchObject({ exitCode: 0 });
  expect(await readService(project, 'backend')).toMatchObject({ state: 'ready', run: 1, port });
  await stop(project);
});

it('Several worktrees: the second takes other ports without a question, and its frontend knows its own backend', async () => {
  const [backend, frontend] = await freePorts(2);
  const projects = ['first', 'second'].map(() => {
    const config = recipe('worktrees')
      .replace('port: 8000', `port: ${backend}`)
      .replace('port: 5173', `port: ${frontend}`);
    const project = createTempProject({ config });
    project.write('backend/package.json', scripts({ dev: WEB_SERVER }));
    project.write('frontend/package.json', scripts({ dev: 'vite' }));
    return project;
  });
  for (const project of projects) expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  const [first, second] = projects as [TempProject, TempProject];
  expect(await readService(first, 'backend')).toMatchObject({ state: 'ready', port: backend });
  const moved = await readService(second, 'backend');
  expect(moved.port).not.toBe(backend);
  expect(await inService(second, 'frontend', 'echo $VITE_API_URL')).toBe(`http://localhost:${moved.port}`);
  for (const project of projects) await stop(project);
});

it('every config of the recipes is started here, or on an engine (test/containers/recipes)', () => {
  const pages = readdirSync(PAGES).map((file) => basename(file, '.md'));
  const counts = pages.map((page) => [page, configsOf(page).length] as const).filter(([, count]) => count > 0);
  // A page with a config more than is started belongs here after its test was written.
  expect(Object.fromEntries(counts)).toEqual({
    agents: 1,
    ci: 1,
    databases: 4,
    'django-react': 1,
    'fastapi-vite': 1,
    'go-next': 1,
    procfile: 1,
    rails: 1,
    workspaces: 1,
    worktrees: 1,
  });
});
