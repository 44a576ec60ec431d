// Starts a container: the image, leftovers of an earlier session, the container itself. A container that still runs
// with the same settings is kept. Other containers with the service's labels are removed first.

import type { ImageSpec, Project, ServiceSpec } from '../../core/model/project.ts';
import type { Endpoints } from '../../core/env/references.ts';
import { identityLabels, LABEL } from '../../core/rules/container-identity.ts';
import { DevError, EXIT } from '../../errors.ts';
import type { ContainerEngine, ContainerFacts, ContainerRequest, ImageFacts } from '../../system/container-engine.ts';
import { containerEnvironment } from './container-environment.ts';
import { containerRequest, insidePortOf, nameBeside } from './container-request.ts';
import { endpointsFrom, networkPlace } from './neighbours.ts';
import { type EnvironmentSource, readPipes } from '../runs/environment-files.ts';

export interface StartRequest {
  readonly engine: ContainerEngine;
  readonly project: Project;
  readonly spec: ServiceSpec;
  readonly container: ImageSpec;
  readonly environment: EnvironmentSource;
  readonly endpoints: Endpoints;
  /** Waits that long; tests replace it. */
  readonly pause: (delayMs: number) => Promise<void>;
  readonly onProgress: (progress: string) => void;
  /** Aborted: the start is no longer wanted. */
  readonly signal: AbortSignal;
}

export interface StartedContainer {
  readonly facts: ContainerFacts;
  readonly insidePort: number | undefined;
  /** It ran already. */
  readonly isTakenOver: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** Ids of containers that were started for it, and that belong to no other service. */
  readonly companions: readonly string[];
}

const STOP_LOOK_MS = 50;
/** The engine frees a port a moment after removing its container. */
const PORT_RETRIES = 20;
const PORT_RETRY_MS = 150;

/** @throws DevError with the engine's message, or `engine_unavailable` */
export async function startContainer(request: StartRequest): Promise<StartedContainer> {
  const { engine, project, spec, container, environment, endpoints, signal } = request;
  const image = await imageOf(request);
  const insidePort = spec.port === undefined ? undefined : insidePortOf(spec.port, image);
  await readPipes(environment, spec, { signal, note: request.onProgress });
  const inside = await endpointsFrom(request, endpoints);
  const env = containerEnvironment(environment, spec, { endpoints: inside, insidePort });
  const network = networkPlace(project, spec);
  // The ports outside are this machine's; the config inside is reached from there.
  const places = withOwn(inside, spec.name, endpoints);
  const wanted = containerRequest({ project, spec, container, image, env, endpoints: places, network });
  signal.throwIfAborted();

  const left = await engine.list(identityLabels(project.root, spec.name));
  const kept = left.find((facts) => canStay(facts, wanted));
  await Promise.all(left.filter((facts) => facts !== kept).map((facts) => clearAway(request, facts)));
  if (kept !== undefined) return { facts: kept, insidePort, isTakenOver: true, env, companions: [] };

  signal.throwIfAborted();
  if (network !== undefined) await engine.ensureNetwork(network.name, { [LABEL.root]: project.root });
  const id = await create(request, wanted);
  try {
    await begin(request, id);
    const facts = await engine.inspect(id);
    if (facts === undefined) throw failure('the container disappeared');
    return { facts, insidePort, isTakenOver: false, env, companions: [] };
  } catch (error) {
    await engine.remove(id).catch(() => {}); // the first problem is the one to report
    throw error;
  }
}

function withOwn(inside: Endpoints, service: string, outside: Endpoints): Endpoints {
  const own = outside.get(service);
  return own === undefined ? inside : new Map(inside).set(service, own);
}

async function imageOf({ engine, container, onProgress, signal }: StartRequest): Promise<ImageFacts> {
  const { image, platform, pull } = container;
  const known = pull === 'always' ? undefined : await engine.findImage(image);
  if (known !== undefined) return known;
  if (pull === 'never') throw failure(`the image ${image} is missing, and pull: never forbids pulling it`);
  await pullImage({ engine, onProgress, signal }, { image, platform });
  const pulled = await engine.findImage(image);
  if (pulled === undefined) throw failure(`the image ${image} is missing after it was pulled`);
  return pulled;
}

/** Reports the progress. */
export async function pullImage(
  { engine, onProgress, signal }: Pick<StartRequest, 'engine' | 'onProgress' | 'signal'>,
  { image, platform }: { readonly image: string; readonly platform: string | undefined },
): Promise<void> {
  onProgress(`pulling ${image}`);
  await engine.pull(image, {
    platform,
    signal,
    onProgress: (share) =>
      onProgress(share === undefined ? `pulling ${image}` : `pulling ${image}, ${Math.floor(share * 100)} %`),
  });
}

function canStay({ isRunning, isPaused, health, labels }: ContainerFacts, wanted: ContainerRequest): boolean {
  return (
    isRunning && !isPaused && health?.status !== 'unhealthy' && labels[LABEL.config] === wanted.labels[LABEL.config]
  );
}

/** From an earlier session: stopped as its image wants, and removed. */
async function clearAway({ engine, spec, pause, onProgress }: StartRequest, facts: ContainerFacts): Promise<void> {
  if (facts.isRunning) {
    onProgress(`stopping ${facts.name}, which an earlier session left`);
    await engine.signal(facts.id, spec.stop.signal ?? facts.stopSignal ?? 'SIGTERM');
    for (let waitedMs = 0; waitedMs < spec.stop.graceMs; waitedMs += STOP_LOOK_MS) {
      if ((await engine.inspect(facts.id))?.isRunning !== true) break;
      await pause(STOP_LOOK_MS);
    }
  }
  await engine.remove(facts.id);
}

async function create({ engine, project, container }: StartRequest, wanted: ContainerRequest): Promise<string> {
  try {
    return await engine.create(wanted);
  } catch (error) {
    if (!(error instanceof DevError) || error.code !== 'name_taken') throw error;
    if (container.name === undefined) return engine.create({ ...wanted, name: nameBeside(project, wanted.name) });
    const other = await engine.inspect(container.name);
    const whose = other === undefined ? '' : ` (${other.image})`;
    throw new DevError({
      code: 'spawn_failed',
      exitCode: EXIT.notReady,
      message: `the name ${container.name} is taken by another container${whose}`,
      hint: `${engine.command} rm -f ${container.name}, or another name under container:`,
    });
  }
}

async function begin({ engine, pause, signal }: StartRequest, id: string): Promise<void> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await engine.start(id);
    } catch (error) {
      const isPortLate =
        error instanceof DevError && /port is already allocated|address already in use/i.test(error.message);
      if (!isPortLate || retries === PORT_RETRIES || signal.aborted) throw error;
      await pause(PORT_RETRY_MS);
    }
  }
}

function failure(message: string): DevError {
  return new DevError({ code: 'spawn_failed', exitCode: EXIT.notReady, message });
}
