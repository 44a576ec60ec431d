// Runs a command on this terminal in the folder and environment of a service, with references resolved.

import type { Project, ServiceName, ServiceSpec } from '../../core/model/project.ts';
import type { PortKey } from '../../core/session/service-ports.ts';
import { Masker } from '../../core/secrets/masker.ts';
import { BugError, DevError, EXIT } from '../../errors.ts';
import { endpointsOf, readPipes, serviceEnvironment } from '../../supervisor/runs/environment-files.ts';
import { createFiles } from '../../system/files/files.ts';
import { runOnTerminal } from './run-on-terminal.ts';

export interface RunRequest {
  readonly command: readonly string[];
  /** In force now. */
  readonly ports: Readonly<Record<ServiceName, number>>;
  /** Of the service in the session that runs; without one it is made here, as a start would make it. */
  readonly environment: Readonly<Record<string, string>> | undefined;
}

/**
 * Resolves with the exit code of the command, 128 and the signal's number when a signal ended it.
 * @throws DevError `spawn_failed` when an env file or the command is not available; exit code 127 is left to shells
 */
export async function runForService(project: Project, service: ServiceName, request: RunRequest): Promise<number> {
  const [file = '', ...args] = request.command;
  const made = request.environment === undefined ? await environmentOf(project, service, request.ports) : undefined;
  return runHere(file, args, { cwd: specOf(project, service).cwd, env: request.environment ?? made?.env ?? {} });
}

/** The folder and environment of a service, without the mark by which a stop would take a process for one of it. */
export async function environmentOf(
  project: Project,
  service: ServiceName,
  ports: Readonly<Record<PortKey, number>>,
): Promise<{ readonly cwd: string; readonly env: Readonly<Record<string, string>> }> {
  const spec = specOf(project, service);
  const callers = { of: () => process.env };
  const source = { project, sessionId: '', callers, files: createFiles(), masker: new Masker() };
  await readPipes(source, spec, { signal: new AbortController().signal, note: () => {} });
  const { DEV_SESSION: _mark, ...env } = serviceEnvironment(source, spec, endpointsOf(project, ports));
  return { cwd: spec.cwd, env };
}

/** @throws DevError `spawn_failed` when there is no such program or folder */
export async function runHere(
  file: string,
  args: readonly string[],
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<number> {
  try {
    return await runOnTerminal(file, args, place);
  } catch (error) {
    throw cannotRun(file, place.cwd, error as NodeJS.ErrnoException);
  }
}

function specOf({ services, name }: Project, service: ServiceName): ServiceSpec {
  const spec = services.find((candidate) => candidate.name === service);
  if (spec === undefined) throw new BugError(`no service ${service} in project ${name}`);
  return spec;
}

function cannotRun(file: string, cwd: string, cause: NodeJS.ErrnoException): DevError {
  return new DevError({
    code: 'spawn_failed',
    exitCode: EXIT.notReady,
    message: `Cannot run ${file} in ${cwd}: ${cause.code === 'ENOENT' ? 'there is no such program or folder' : cause.message}.`,
    hint: `a shell's own words need a shell: ./dev run SERVICE -- sh -c '…'`,
    cause,
  });
}
