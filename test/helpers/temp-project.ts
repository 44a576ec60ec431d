// A project in a temp folder with an environment of its own. Everything started in it, however far it strayed,
// carries that environment's XDG_RUNTIME_DIR; by this mark it is found and ended when the test is over.

import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { readEnviron, readProcessTable } from '../../src/system/linux/proc.ts';
import type { ProcessRow } from '../../src/system/platform.ts';
import { eventually } from './eventually.ts';
import { signalAll } from './signal.ts';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

export interface TempProject {
  readonly root: string;
  /** The whole environment for what runs in the project. Holds no marker of CI or of a coding agent. */
  readonly env: Readonly<Record<string, string>>;
  write(path: string, text: string): void;
  /** Everything alive that was started in this project: supervisor, screens, services. */
  processes(): readonly ProcessRow[];
}

export interface TempProjectOptions {
  readonly config?: string;
  /** Folders of the repository to copy, and where to; the dependencies are in reach of what is copied. */
  readonly copies?: Readonly<Record<string, string>>;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Makes the project. It is gone when the test ends, with all its processes, even when the test fails. */
export function createTempProject(options: TempProjectOptions = {}): TempProject {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'devdeck-')));
  const root = join(home, 'project');
  const env = { ...isolatedEnvironment(home), ...options.env };
  const processes = () => markedProcesses(`XDG_RUNTIME_DIR=${env['XDG_RUNTIME_DIR']}`);
  onTestFinished(async () => {
    await endAll(processes);
    rmSync(home, { recursive: true, force: true });
  });

  for (const folder of ['run', 'cache', 'state', 'project']) mkdirSync(join(home, folder), { mode: 0o700 });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(home, 'node_modules'));
  for (const [from, to] of Object.entries(options.copies ?? {})) {
    cpSync(join(REPOSITORY, from), join(root, to), { recursive: true, filter: (source) => !isBuilt(source) });
  }
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  if (options.config !== undefined) write('.project.config', options.config);
  return { root, env, write, processes };
}

/** Set by `npm run test:portable`: what is tested runs on ps and lsof instead of /proc. */
export const isPortable = process.env['DEVDECK_PLATFORM'] === 'portable';

/** Built up from nothing, so that no setting of the machine that runs the tests leaks in. */
function isolatedEnvironment(home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    // The engine that the tests themselves ask.
    ...(process.env['DOCKER_HOST'] === undefined ? {} : { DOCKER_HOST: process.env['DOCKER_HOST'] }),
    ...(isPortable ? { DEVDECK_PLATFORM: 'portable' } : {}),
    HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    SHELL: '/bin/sh',
    XDG_RUNTIME_DIR: join(home, 'run'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_STATE_HOME: join(home, 'state'),
    npm_config_update_notifier: 'false',
  };
}

function isBuilt(path: string): boolean {
  return /\/(node_modules|__pycache__|\.devdeck|dist)$|\.db$/.test(path);
}

function markedProcesses(mark: string): readonly ProcessRow[] {
  return readProcessTable().filter(({ pid, state }) => state !== 'Z' && state !== 'X' && carries(pid, mark));
}

function carries(pid: number, mark: string): boolean {
  return readEnviron(pid)?.split('\0').includes(mark) ?? false;
}

/** SIGKILL for all, again and again: a supervisor may start a service while it is being looked for. */
async function endAll(processes: () => readonly ProcessRow[]): Promise<void> {
  await eventually('every process of the temp project is gone', () => {
    const alive = processes();
    signalAll(alive, 'SIGKILL');
    return alive.length === 0;
  });
}
