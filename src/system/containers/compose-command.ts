// Docker Compose by its own command: only that can read its files, build, and make networks and volumes. Trap: two
// `up` of one project at once make two networks of one name, which the engine refuses. So they wait for each other,
// across all sessions of this user.

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DevError, EXIT } from '../../errors.ts';
import type { Compose, ComposeModel, ComposeSource, ContainerEngine } from '../container-engine.ts';
import { printable } from '../printable.ts';
import { acquireSessionLock, type SessionLock } from '../state/session-lock.ts';
import { parseJson, type Fields } from './answers.ts';
import { hostOf } from './endpoint.ts';
import { composeFolder } from './compose-folder.ts';
import { changedModel, readModel } from './compose-model.ts';
import { nameBeside } from './compose-project.ts';

interface ComposeOptions {
  readonly engine: Pick<ContainerEngine, 'list' | 'hasVolume'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the engine that is used. */
  readonly socket: string;
  /** A private folder of the user's, for the locks. */
  readonly lockDir: string;
}

const READ_MS = 30_000;
const LARGEST_MODEL_BYTES = 16 * 1024 * 1024;
const LOCK_LOOK_MS = 50;
const LONGEST_LINE = 300;
const MOST_LINES = 200;

export function createCompose({ engine, env, socket, lockDir }: ComposeOptions): Compose {
  const environment = { ...env, DOCKER_HOST: hostOf(socket) };
  return {
    read: async (source, service) => {
      const model = await readFor(environment, source, service);
      const beside = await nameBeside(engine, model);
      if (beside === undefined) return model;
      const renamed = await readFor(environment, { ...source, project: beside.name }, service);
      return { ...renamed, reasonOfName: beside.reason };
    },
    up: async ({ model, services, change, onLine, signal }) => {
      const { source } = model;
      const changed = changedModel(model, change);
      const lock = await lockFor(join(lockDir, `compose-${model.project}.lock`), signal);
      const file = changed === undefined ? undefined : writeModel(changed);
      try {
        const files = file === undefined ? filesOf(source) : ['--project-directory', model.folder, '-f', file.path];
        const args = [
          '-p',
          model.project,
          ...files,
          ...profileArgs(model.profiles),
          'up',
          '-d',
          '--no-deps',
          ...services,
        ];
        await run(environment, source, args, { onLine, signal });
      } finally {
        file?.remove();
        lock.release();
      }
    },
  };
}

async function readFor(env: Env, source: ComposeSource, service: string): Promise<ComposeModel> {
  const model = await readWith(env, source, source.profiles);
  if (model.services.has(service)) return model;
  // As with `docker compose up SERVICE`, a service that is named switches on its own profiles.
  const own = (await readWith(env, source, ['*'])).services.get(service)?.profiles ?? [];
  return own.length === 0 ? model : readWith(env, source, [...source.profiles, ...own]);
}

async function readWith(env: Env, source: ComposeSource, profiles: readonly string[]): Promise<ComposeModel> {
  const named = source.project === undefined ? [] : ['-p', source.project];
  const text = await output(env, source, [...named, ...profileArgs(profiles), 'config', '--format', 'json']);
  const model = readModel(parseJson(text), { source, profiles, folder: composeFolder(source, env) });
  if (model === undefined) throw failure('it printed no config');
  return model;
}

function profileArgs(profiles: readonly string[]): readonly string[] {
  return profiles.flatMap((profile) => ['--profile', profile]);
}

function filesOf({ files }: ComposeSource): readonly string[] {
  return files.flatMap((file) => ['-f', file]);
}

/** The text may hold secrets. */
function writeModel(model: Fields): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'devdeck-compose-'));
  const path = join(folder, 'compose.json');
  writeFileSync(path, JSON.stringify(model), { mode: 0o600 });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

async function lockFor(path: string, signal: AbortSignal): Promise<SessionLock> {
  for (;;) {
    const lock = acquireSessionLock(path);
    if (lock !== undefined) return lock;
    await delay(LOCK_LOOK_MS, undefined, { signal });
  }
}

type Env = Readonly<Record<string, string | undefined>>;

function output(env: Env, source: ComposeSource, args: readonly string[]): Promise<string> {
  const words = ['compose', ...filesOf(source), ...args];
  return new Promise((resolve, reject) => {
    const options = { cwd: source.folder, env, timeout: READ_MS, maxBuffer: LARGEST_MODEL_BYTES };
    execFile('docker', words, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      return reject(problemOf(error, stderr));
    });
  });
}

function run(
  env: Env,
  { folder }: ComposeSource,
  args: readonly string[],
  { onLine, signal }: { readonly onLine: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const child = spawn('docker', ['compose', '--ansi', 'never', '--progress', 'plain', ...args], {
      cwd: folder,
      env,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const take = (text: string): void => {
      for (const line of text.split(/[\r\n]+/).map((written) => written.trim())) {
        if (line === '') continue;
        lines.push(line);
        if (lines.length > MOST_LINES) lines.shift();
        onLine(printable(line, LONGEST_LINE));
      }
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
    child.on('error', (error) => reject(problemOf(error, '')));
    child.on('close', (code) => (code === 0 ? resolve() : reject(problemOf({}, lines.join('\n')))));
  });
}

/** The last line usually says what went wrong. */
function problemOf(error: Error | Readonly<Record<string, never>>, stderr: string): DevError {
  const { code, killed } = error as { readonly code?: unknown; readonly killed?: boolean };
  if (code === 'ENOENT') return missing();
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.some((line) => /'compose' is not a docker command|unknown command: docker compose/.test(line)))
    return missing();
  if (killed === true) return failure(`it did not answer within ${READ_MS / 1000} s`);
  return failure(printable(lines.at(-1) ?? 'it failed without a message', LONGEST_LINE));
}

function failure(message: string): DevError {
  return new DevError({ code: 'spawn_failed', exitCode: EXIT.notReady, message: `docker compose: ${message}` });
}

function missing(): DevError {
  return new DevError({
    code: 'spawn_failed',
    exitCode: EXIT.notReady,
    message: 'Docker Compose is not installed',
    hint: 'install the compose plugin of the docker command',
  });
}
