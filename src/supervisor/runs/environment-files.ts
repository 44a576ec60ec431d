// Reads the sources of a service's environment again at every start: an edited `.env` counts at the next restart.

import { join } from 'node:path';
import type { DotenvEntry } from '../../core/env/dotenv.ts';
import { envFileContent } from '../../core/env/env-file.ts';
import { type EnvironmentLayers, buildEnvironment, type Environment } from '../../core/env/environment.ts';
import type { Project, ServiceName, ServiceSpec } from '../../core/model/project.ts';
import type { Masker } from '../../core/secrets/masker.ts';
import { portKey, portSpecs, type PortKey } from '../../core/session/service-ports.ts';
import type { Endpoint, Endpoints } from '../../core/env/references.ts';
import { DevError, EXIT } from '../../errors.ts';
import type { Files } from '../../system/system.ts';

/** Skipped lines, for each file. */
const MOST_NOTES = 5;

export interface EnvironmentSource {
  readonly project: Project;
  readonly sessionId: string;
  readonly callers: { of(service: ServiceName): Environment };
  readonly files: Files;
  /** Learns the secrets of every environment. */
  readonly masker: Masker;
}

/** Hosts and ports in use of all services. The name of a service with copies means the first copy. */
export function endpointsOf(project: Project, ports: Readonly<Record<PortKey, number>>): Endpoints {
  const endpoints = new Map<PortKey, Endpoint>();
  for (const { name: service, replica, ...spec } of project.services) {
    for (const { name, host } of [
      ...(spec.port === undefined ? [] : [{ ...spec.port, name: undefined }]),
      ...portSpecs(spec),
    ]) {
      for (const owner of replica?.index === 1 ? [replica.of, service] : [service]) {
        const port = ports[keyOf(service, name)];
        if (port !== undefined) endpoints.set(keyOf(owner, name), { host, port });
      }
    }
  }
  // Outside the session, only the session knows the ports of a Compose file.
  for (const [key, port] of Object.entries(ports))
    if (!endpoints.has(key)) endpoints.set(key, { host: 'localhost', port });
  return endpoints;
}

function keyOf(service: ServiceName, name: string | undefined): PortKey {
  return name === undefined ? service : portKey(service, name);
}

/**
 * @param note gets a sentence for each skipped line
 * @throws DevError `spawn_failed` if an env file is missing or a value in it is unreadable
 */
export function serviceEnvironment(
  source: EnvironmentSource,
  service: ServiceSpec,
  endpoints: Endpoints,
  note?: (text: string) => void,
): Record<string, string> {
  const env = buildEnvironment(environmentLayers(source, service, endpoints, note));
  source.masker.learn(env);
  return env;
}

/**
 * @param note gets a sentence for each skipped line
 * @throws DevError `spawn_failed` if an env file is missing or a value in it is unreadable
 */
export function environmentLayers(
  source: EnvironmentSource,
  service: ServiceSpec,
  endpoints: Endpoints,
  note: (text: string) => void = () => {},
): EnvironmentLayers {
  const read = (path: string, options: { readonly isRequired: boolean }): readonly DotenvEntry[] =>
    readEntries(source.files, path, { ...options, note });
  return {
    service,
    project: source.project.name,
    session: source.sessionId,
    endpoints,
    caller: source.callers.of(service.name),
    dotenv: read(dotenvPath(source.project), { isRequired: false }),
    envFiles: service.envFiles.flatMap((path) => read(path, { isRequired: true })),
  };
}

/** Reads the named pipes among a service's env files, for `serviceEnvironment`. Resolves at once if there are none, and when `signal` aborts. */
export async function readPipes(
  source: EnvironmentSource,
  service: ServiceSpec,
  { signal, note }: { readonly signal: AbortSignal; readonly note: (text: string) => void },
): Promise<void> {
  const readings = pipesOf(source, service).map(async (path) => {
    const outcome = await source.files.readPipe(path);
    if (outcome === 'kept') note(`nothing wrote to the named pipe ${path}; its earlier content is used`);
  });
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  await Promise.race([Promise.all(readings), aborted]);
}

export function pipesOf({ project, files }: EnvironmentSource, { envFiles }: ServiceSpec): readonly string[] {
  return [dotenvPath(project), ...envFiles].filter((path) => files.isPipe(path));
}

function dotenvPath({ root }: Pick<Project, 'root'>): string {
  return join(root, '.env');
}

function readEntries(
  files: Files,
  path: string,
  { isRequired, note }: { readonly isRequired: boolean; readonly note: (text: string) => void },
): readonly DotenvEntry[] {
  const { entries, problems, leftOut } = envFileContent(path, files.readEnvFile(path), { isRequired });
  const [problem] = problems;
  if (problem !== undefined) throw unusable(problem.message, problem.fix);
  for (const { message } of leftOut.slice(0, MOST_NOTES)) note(`${message}; the line is left out`);
  if (leftOut.length > MOST_NOTES) note(`${path}: ${leftOut.length - MOST_NOTES} more lines are left out`);
  return entries;
}

function unusable(message: string, hint: string): DevError {
  return new DevError({ code: 'spawn_failed', exitCode: EXIT.notReady, message, hint });
}
