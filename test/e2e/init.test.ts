// From a project without a config to a running session: `init --yes`, then `up -d` reaches ready, for each tree whose
// tools are on this machine. What init would write for the others is held in test/fixtures/projects.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePorts } from '../helpers/free-port.ts';
import { readTree } from '../helpers/project-tree.ts';
import { spawnInPty } from '../helpers/pty-app.ts';
import { DEVDECK, runDev } from '../helpers/run-dev.ts';
import { readStatus } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

/** Debian's Python has fastapi; another one may come first on the machine's PATH. */
const DEBIAN_FIRST = { PATH: `/usr/bin:${process.env['PATH']}` };

function projectOf(tree: string, env: Readonly<Record<string, string>> = {}): TempProject {
  const project = createTempProject({ env });
  for (const [path, text] of Object.entries(readTree(tree))) project.write(path, text);
  return project;
}

function config(project: TempProject): string {
  return readFileSync(join(project.root, '.project.config'), 'utf8');
}

/** Starts what the written config says, on ports that are free here, and tells the state of each service. */
async function statesAfterUp(project: TempProject): Promise<Readonly<Record<string, string>>> {
  const names = [...config(project).matchAll(/^ {2}(\S+):\n(?: {4}.*\n)*? {4}port:/gm)].map(([, name = '']) => name);
  const ports = await freePorts(names.length);
  const choices = names.flatMap((name, index) => ['--port', `${name}=${ports[index]}`]);
  const up = await runDev(project, ['up', '-d', ...choices], { timeoutMs: 50_000 });
  const { services } = await readStatus(project);
  if (up.exitCode !== 0) throw new Error(`up -d ended with ${up.exitCode}:\n${up.stdout}${up.stderr}`);
  return Object.fromEntries(services.map(({ name, state }) => [name, state]));
}

describe('init --yes and then up -d', () => {
  it.each([
    ['node-server', { backend: 'ready' }],
    ['npm-vite-react', { frontend: 'ready' }],
    ['npm-workspaces', { api: 'ready', worker: 'ready' }],
    ['fastapi-root', { backend: 'ready' }],
    ['fastapi-vite', { backend: 'ready', frontend: 'ready' }],
    ['procfile', { web: 'ready', worker: 'ready', release: 'stopped' }],
    ['mprocs', { api: 'ready', tick: 'ready', later: 'stopped', 'per-os': 'ready' }],
    ['process-compose', { db: 'ready', migrate: 'exited', api: 'ready', extra: 'stopped' }],
    ['plain-pages', { web: 'ready' }],
    ['empty', { web: 'ready' }],
  ])('brings %s up', async (tree, states) => {
    const project = projectOf(tree, DEBIAN_FIRST);
    const init = await runDev(project, ['init', '--yes']);
    expect(init).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Wrote .project.config, dev.') });
    expect(await statesAfterUp(project)).toEqual(states);
  });

  const hasFlask = canRun('flask', ['--version']);
  it.skipIf(!hasFlask)('brings flask up', async () => {
    const project = projectOf('flask');
    await runDev(project, ['init', '--yes']);
    expect(await statesAfterUp(project)).toEqual({ backend: 'ready' });
  });
});

function canRun(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('init', () => {
  it('without a terminal and --yes only shows the files, and says how to write them', async () => {
    const project = projectOf('fastapi-vite');
    const { stdout, stderr, exitCode } = await runDev(project, ['init']);
    expect(exitCode).toBe(2);
    expect(stdout).toContain('uvicorn app.main:app');
    expect(stdout).toContain('── dev (new, executable)');
    expect(stderr).toContain('init --yes writes it');
    expect(existsSync(join(project.root, '.project.config'))).toBe(false);
    expect(existsSync(join(project.root, 'dev'))).toBe(false);
  });

  it('asks once on a terminal, and Enter means yes', async () => {
    const project = projectOf('fastapi-vite');
    const app = spawnInPty({ command: [DEVDECK, 'init'], cwd: project.root, env: project.env, rows: 60 });
    await app.waitFor('Write .project.config, dev? [Y/n]');
    app.press('\r');
    expect(await app.waitForExit()).toMatchObject({ exitCode: 0 });
    expect(config(project)).toContain('uvicorn app.main:app');
    expect(statSync(join(project.root, 'dev')).mode & 0o777).toBe(0o755);
  });

  it('writes nothing when the answer is no', async () => {
    const project = projectOf('fastapi-vite');
    const app = spawnInPty({ command: [DEVDECK, 'init'], cwd: project.root, env: project.env, rows: 60 });
    await app.waitFor('[Y/n]');
    app.press('n\r');
    expect(await app.waitForExit()).toMatchObject({ exitCode: 1 });
    expect(existsSync(join(project.root, '.project.config'))).toBe(false);
  });

  it('never replaces a config, a launcher of others, a target or a script', async () => {
    const project = projectOf('node-server');
    project.write('.project.config', 'services: {mine: {command: sleep 100}}\n');
    project.write('dev', '#!/bin/sh\necho mine\n');
    project.write('Makefile', 'dev:\n\techo mine\n');
    expect((await runDev(project, ['init', '--yes'])).exitCode).toBe(2);
    const { exitCode, stderr } = await runDev(project, ['init', '--yes', '--make', '--scripts']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Left alone: dev already exists and is not a launcher of devdeck');
    expect(config(project)).toContain('mine');
    expect(readFileSync(join(project.root, 'dev'), 'utf8')).toContain('echo mine');
    const makefile = readFileSync(join(project.root, 'Makefile'), 'utf8');
    expect(makefile).toMatch(/^dev:\n\techo mine\n\n#[^]*^status:\n\t\.\/dev status\n/m);
    expect(makefile.match(/^dev:/gm)).toHaveLength(1);
    const scripts = (JSON.parse(readFileSync(join(project.root, 'package.json'), 'utf8')) as { scripts: object })
      .scripts;
    expect(scripts).toMatchObject({ start: 'node server.js', 'dev:up': './dev', 'dev:stop': './dev stop' });
    expect((await runDev(project, ['init', '--yes', '--make', '--scripts'])).exitCode).toBe(2);
  });

  it('takes the processes of the file of --from', async () => {
    const project = projectOf('rails');
    project.write('ops/Procfile.local', 'web: node server.js --port 4567\n');
    expect((await runDev(project, ['init', '--yes', '--from', 'ops/Procfile.local'])).exitCode).toBe(0);
    expect(config(project)).toContain('node server.js --port $PORT');
    const wrong = await runDev(project, ['init', '--dry-run', '--from', 'Gemfile']);
    expect(wrong).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('init does not read files of this name'),
    });
  });
});

describe('the launcher that init writes', () => {
  it('finds devdeck in node_modules, also above, from any folder, through a link, and with spaces in its path', async () => {
    const project = projectOf('node-server');
    const place = join(project.root, 'my projects/größe 東京');
    mkdirSync(join(place, 'deep/er'), { recursive: true });
    mkdirSync(join(project.root, 'my projects/node_modules/.bin'), { recursive: true });
    symlinkSync(DEVDECK, join(project.root, 'my projects/node_modules/.bin/devdeck'));
    expect((await runDev(project, ['init', '--yes', '-C', place])).exitCode).toBe(0);
    symlinkSync(join(place, 'dev'), join(project.root, 'linked'));
    const run = (file: string, cwd: string) =>
      execFileSync(file, ['config', '--json'], { cwd, env: { ...project.env }, encoding: 'utf8' });
    for (const [file, cwd] of [
      ['./dev', place],
      ['../../dev', join(place, 'deep/er')],
      ['./linked', project.root],
      [join(place, 'dev'), '/'],
    ] as const) {
      expect(JSON.parse(run(file, cwd))).toMatchObject({ data: { name: 'größe 東京', root: place } });
    }
  });

  it('says how to get devdeck when neither devdeck nor npx exists', async () => {
    const project = projectOf('node-server');
    await runDev(project, ['init', '--yes']);
    const bin = join(project.root, 'bin');
    mkdirSync(bin);
    for (const tool of ['sh', 'dirname', 'readlink']) symlinkSync(`/usr/bin/${tool}`, join(bin, tool));
    const run = () =>
      execFileSync(join(project.root, 'dev'), ['status'], {
        cwd: project.root,
        env: { PATH: bin },
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(run).toThrow(/devdeck is not installed, and there is no npx[^]*npm install --global devdeck/);
  });
});
