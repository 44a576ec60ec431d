// Finds the container engine and proves that it answers.

import type { DevError } from '../../errors.ts';
import type { ContainerEngine } from '../container-engine.ts';
import { DOCKER_HOST_NAME, DockerEngine } from './docker-engine.ts';
import { findEndpoint } from './endpoint.ts';
import { askEngine, EngineError } from './engine-client.ts';
import { silentEngine, unusableEndpoint } from './engine-problem.ts';

const ANSWER_MS = 5_000;

/** @throws DevError `engine_unavailable` with what is missing and the command that fixes it */
export async function connectEngine(
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly lockDir: string; readonly platform?: NodeJS.Platform },
): Promise<ContainerEngine> {
  const { lockDir, platform = process.platform } = options;
  const endpoint = findEndpoint(env);
  if (endpoint.kind !== 'local') throw unusableEndpoint(endpoint);
  const { socket } = endpoint;
  const unavailable = (error: EngineError): DevError => silentEngine(error, endpoint, { env, platform });
  try {
    const answer = await askEngine({ socket, method: 'GET', path: '/_ping', timeoutMs: ANSWER_MS });
    if (answer.status !== 200) throw new EngineError(`it answers with HTTP ${answer.status}`);
    const isPodman = 'libpod-api-version' in answer.headers || /libpod/i.test(String(answer.headers['server']));
    const names = isPodman
      ? { name: 'Podman', command: 'podman', nameOfHost: 'host.containers.internal' }
      : { name: 'Docker', command: 'docker', nameOfHost: DOCKER_HOST_NAME };
    return new DockerEngine({ ...names, socket, env, lockDir, unavailable });
  } catch (error) {
    throw error instanceof EngineError ? unavailable(error) : error;
  }
}
