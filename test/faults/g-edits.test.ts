// Faults around a session and its config: edited, gone, moved, reached by two ways, with a foreign environment or owner.

import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { ServiceView } from '../../src/core/session/snapshot.ts';
import { startBystander } from '../helpers/bystander.ts';
import { eventually } from '../helpers/eventually.ts';
import { DEVDECK, runDev } from '../helpers/run-dev.ts';
import { openScreen, readStatus, shows } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';
import { expectGone } from './screen-facts.ts';

const TWO = 'services:\n  a: {command: exec sleep 100000}\n  b: {command: exec sleep 100000}\n';

async function services(project: TempProject): Promise<Readonly<Record<string, ServiceView>>> {
  const { services: views } = await readStatus(project);
  return Object.fromEntries(views.map((view) => [view.name, view]));
}

/** As editors save: another file takes the place of the old one. */
function replaceConfig(project: TempProject, text: string): void {
  project.write('.new', text);
  renameSync(join(project.root, '.new'), join(project.root, '.project.config'));
}

async function whenConfigIs(project: TempProject, status: string | undefined): Promise<void> {
  await eventually(
    `the config is ${status ?? 'in force'}`,
    async () => (await readStatus(project)).session.config?.status === status,
  );
}

fault(
  {
    id: 'G7',
    fault: 'an edit of the config during a session is half written, broken, or a rename',
    injected: 'half a file, a mistake, then a good one by rename, then reload',
    isSlow: true,
  },
  async () => {
    const project = createTempProject({ config: TWO });
    await runDev(project, ['up', '-d']);
    const before = await services(project);
    const next = TWO.replace('b: {command: exec sleep 100000}', 'b: {command: exec sleep 200000}');
    project.write('.project.config', next.slice(0, -12));
    await whenConfigIs(project, 'unusable');
    expect((await readStatus(project)).session.config?.problem).toMatch(/\.project\.config:\d+:\d+/);
    expect(await runDev(project, ['reload'])).toMatchObject({ exitCode: 3 });
    replaceConfig(project, next);
    await whenConfigIs(project, 'pending');
    expect(await services(project)).toMatchObject({ a: { pid: before['a']?.pid }, b: { pid: before['b']?.pid } });
    expect(await runDev(project, ['reload'])).toMatchObject({ exitCode: 0 });
    await runDev(project, ['wait', '--timeout', '10s']);
    const after = await services(project);
    expect(after['a']?.pid).toBe(before['a']?.pid);
    expect(after['b']?.pid).not.toBe(before['b']?.pid);
  },
);

fault(
  {
    id: 'G8',
    fault: 'the config is deleted, or the whole project is moved away, while the session runs',
    injected: 'rm, then mv of the folder; status, logs and stop',
    isSlow: true,
  },
  async () => {
    const project = createTempProject({ config: TWO });
    await runDev(project, ['up', '-d']);
    rmSync(join(project.root, '.project.config'));
    await whenConfigIs(project, 'missing');
    expect(await runDev(project, ['status'])).toMatchObject({ exitCode: 0 });
    expect(await runDev(project, ['logs', 'a'])).toMatchObject({ exitCode: 0 });
    expect(await runDev(project, ['restart', 'a', '--wait'])).toMatchObject({ exitCode: 0 });

    const moved = `${project.root}-moved`;
    renameSync(project.root, moved);
    mkdirSync(project.root);
    const pids = project.processes().map(({ pid }) => pid);
    const there = { ...project, root: moved };
    const found = await runDev(there, ['status']);
    expect(found.exitCode, found.stderr).toBe(0);
    expect(await runDev(there, ['stop'])).toMatchObject({ exitCode: 0 });
    await Promise.all(pids.map(async (pid) => expectGone(`process ${pid}`, pid, 5_000)));
  },
);

fault(
  {
    id: 'G9',
    priority: 'P0',
    fault: 'a service is removed from the config while it runs, and left behind',
    injected: 'its lines are deleted, then reload',
  },
  async () => {
    const project = createTempProject({ config: TWO });
    const bystander = await startBystander({ cwd: project.root });
    await runDev(project, ['up', '-d']);
    const { b } = await services(project);
    replaceConfig(project, 'services:\n  a: {command: exec sleep 100000}\n');
    expect(await runDev(project, ['reload'])).toMatchObject({ exitCode: 0 });
    await expectGone('b', b?.pid ?? 0, 5_000);
    await eventually('b is no longer told of', async () => (await services(project))['b'] === undefined);
    bystander.expectUnharmed();
  },
);

/** What `npm run dev` in a debugger, and we ourselves, add to the environment of `./dev`. */
const FOREIGN = {
  npm_lifecycle_event: 'dev',
  npm_config_prefix: '/nowhere',
  npm_package_name: 'shop',
  npm_node_execpath: '/nowhere/node',
  INIT_CWD: '/nowhere',
  NODE: '/nowhere/node',
  COLOR: '1',
  NODE_OPTIONS: '--inspect=127.0.0.1:0 --max-old-space-size=512 --inspect-port=0',
  DEVDECK_EARLY: '1',
  DEV_SERVICE: 'outer',
  DEV_SESSION: 'outer',
  DEV_REPLICA: '7',
};

fault(
  {
    id: 'G10',
    fault: 'the environment of npm run, of a debugger and of devdeck itself reaches the services',
    injected: 'npm_*, NODE_OPTIONS=--inspect, DEVDECK_EARLY, the variables of an outer session; up -d, and the screen',
  },
  async () => {
    const project = createTempProject({
      config:
        'services:\n  a: {command: "env > env.a; exec sleep 100000"}\n  b: {command: "env > env.b; exec sleep 100000"}\n',
      env: FOREIGN,
    });
    await runDev(project, ['up', '-d']);
    expectOwnEnvironment(project);
    await runDev(project, ['stop']);
    // Now with the supervisor that starts beside the screen.
    for (const name of ['a', 'b']) rmSync(join(project.root, `env.${name}`));
    const app = openScreen(project);
    await app.waitFor(shows({ a: 'ready', b: 'ready' }));
    expectOwnEnvironment(project);
    app.press('q');
    await app.waitForExit();
  },
);

function expectOwnEnvironment(project: TempProject): void {
  for (const name of ['a', 'b']) {
    const env = readFileSync(join(project.root, `env.${name}`), 'utf8');
    expect(env).not.toMatch(/^(?:npm_|INIT_CWD|NODE=|COLOR=|DEVDECK_|DEV_REPLICA)/m);
    expect(env).toMatch(/^NODE_OPTIONS=--max-old-space-size=512$/m);
    expect(env).toMatch(new RegExp(`^DEV_SERVICE=${name}$`, 'm'));
    expect(env).not.toMatch(/^DEV_SESSION=outer$/m);
    expect(env).toMatch(/^HOME=/m);
  }
}

fault(
  {
    id: 'G12',
    fault: 'a session by sudo leaves files of root behind',
    injected: 'up -d and stop as root, then up -d and status as nobody',
    needsRoot: true,
  },
  async () => {
    const project = createTempProject({ config: TWO });
    await runDev(project, ['up', '-d']);
    await runDev(project, ['stop']);
    const home = dirname(project.root);
    for (const folder of ['', 'run', 'cache', 'state', 'project']) chownSync(join(home, folder), 65_534, 65_534);
    rmSync(join(home, 'run/devdeck'), { recursive: true, force: true });
    rmSync(join(home, 'cache/devdeck'), { recursive: true, force: true });
    rmSync(join(home, 'state/devdeck'), { recursive: true, force: true });
    const { code, output } = asNobody(project, ['up', '-d']);
    expect(code).toBe(1);
    expect(output).toMatch(/\.devdeck.*(?:root|uid 0|belongs)/s);
    expect(output).not.toMatch(/\bat .+:\d+:\d+/);
    expect(asNobody(project, ['status'])).toMatchObject({ code: 1 });
  },
);

function asNobody(project: TempProject, args: readonly string[]): { readonly code: number; readonly output: string } {
  // The checkout may lie where nobody else may look; a readable folder on the way is all that is asked for.
  const command = ['--reuid=65534', '--regid=65534', '--clear-groups', DEVDECK, ...args];
  try {
    const output = execFileSync('setpriv', command, {
      cwd: project.root,
      env: { ...project.env },
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { code: 0, output };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, output: stdout + stderr };
  }
}

fault(
  {
    id: 'G13',
    fault: 'a project reached by a link, from a subfolder and from above has several sessions',
    injected: 'up -d by its path, ensure through a link, from a subfolder and by -C',
  },
  async () => {
    const project = createTempProject({ config: TWO });
    const link = `${project.root}-link`;
    symlinkSync(project.root, link);
    project.write('deep/er/file', '');
    await runDev(project, ['up', '-d']);
    const { session } = await readStatus(project);
    const places = [link, join(project.root, 'deep/er'), join(link, 'deep')];
    for (const root of places) {
      expect(await runDev({ ...project, root }, ['ensure'])).toMatchObject({ exitCode: 0 });
      expect((await readStatus({ ...project, root })).session.pid).toBe(session.pid);
    }
    expect(await runDev({ ...project, root: dirname(link) }, ['-C', link, 'stop'])).toMatchObject({ exitCode: 0 });
    await eventually('no process is left', () => project.processes().length === 0);
  },
);
