// The real container engine of the tests: set up by scripts/container-engine.sh, shared by all. Where none answers, or its
// images are missing, its tests are skipped and say why.

import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, onTestFinished } from 'vitest';
import { LABEL } from '../../src/core/rules/container-identity.ts';
import { createTempProject, type TempProject, type TempProjectOptions } from './temp-project.ts';

/** The tests run on the engine of DOCKER_HOST. Podman names images that are made here after this machine. */
const isPodman = /podman/.test(process.env['DOCKER_HOST'] ?? '');
export const ENGINE = isPodman ? 'podman' : 'docker';
const OWN_IMAGES = isPodman ? 'localhost/devdeck' : 'devdeck';
export const BOX = `${OWN_IMAGES}/box:1`;
export const REDIS = `${OWN_IMAGES}/redis:1`;
export const POSTGRES = `${OWN_IMAGES}/postgres:2`;

/** Why tests with these images cannot run here; undefined when they can. */
function whyNotRun(images: readonly string[]): string | undefined {
  try {
    execFileSync('docker', ['image', 'inspect', ...images], { stdio: ['ignore', 'ignore', 'pipe'] });
    return undefined;
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string; readonly stderr?: Buffer };
    const why = code === 'ENOENT' ? 'there is no docker command' : String(stderr).trim().split('\n').at(-1);
    return `${why}; scripts/container-engine.sh sets up an engine and its images`;
  }
}

/** Tests that need the engine and these images. */
export function describeWithEngine(title: string, images: readonly string[], tests: () => void): void {
  const reason = whyNotRun(images);
  describe.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (not run: ${reason})`, tests);
}

/** What the docker command prints, without the last line end. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, { timeout: 60_000 });
  return stdout.trimEnd();
}

/** A project whose name nobody else has. What the engine has of it is gone when the test ends, volumes too. */
export function createContainerProject(services: string, options: TempProjectOptions = {}): TempProject {
  const name = `devdeck-test-${randomUUID().slice(0, 8)}`;
  // The last that is registered is the first that runs: the supervisor is gone by then.
  let root = '';
  onTestFinished(async () => {
    const containers = (await docker('ps', '-aq', '--filter', `label=${LABEL.root}=${root}`))
      .split('\n')
      .filter(Boolean);
    if (containers.length > 0) await docker('rm', '-fv', ...containers);
    const volumes = (await docker('volume', 'ls', '-q', '--filter', `name=${name}`)).split('\n').filter(Boolean);
    if (volumes.length > 0) await docker('volume', 'rm', ...volumes);
  });
  const project = createTempProject({ config: `name: ${name}\nservices:\n${services}`, ...options });
  root = project.root;
  return project;
}

/** Names of the project's containers, running or not. */
export async function containersOf({ root }: TempProject): Promise<readonly string[]> {
  const names = await docker('ps', '-a', '--filter', `label=${LABEL.root}=${root}`, '--format', '{{.Names}}');
  return names.split('\n').filter(Boolean).sort();
}

/** A name for a Compose project; what the engine has of it is gone when the test ends. */
export function composeProject(): string {
  const name = `devdeck-test-${randomUUID().slice(0, 8)}`;
  onTestFinished(async () => void (await docker('compose', '-p', name, 'down', '-v', '-t', '1')));
  return name;
}

/** Starts a container of somebody else's; it is gone when the test ends. Returns its name. */
export async function strangersContainer(...args: readonly string[]): Promise<string> {
  const name = `devdeck-test-${randomUUID().slice(0, 8)}`;
  onTestFinished(async () => void (await docker('rm', '-fv', name).catch(() => '')));
  await docker('run', '-d', '--init', '--name', name, ...args);
  return name;
}

export async function isRunning(name: string): Promise<boolean> {
  const running = await docker('inspect', '-f', '{{.State.Running}}', name).catch(() => 'false');
  return running === 'true';
}
