// Starts a service of a Compose file: its image, `docker compose up`, and then the container itself, which is watched
// like any other. Services that it needs, and that the session does not start itself, start with it.

import type { ComposeSpec, Project, ServiceSpec } from '../../core/model/project.ts';
import type { Endpoints } from '../../core/env/references.ts';
import { neededServices } from '../../core/rules/compose-facts.ts';
import { LABEL } from '../../core/rules/container-identity.ts';
import { DevError, EXIT } from '../../errors.ts';
import type {
  Compose,
  ComposeChange,
  ComposeModel,
  ContainerEngine,
  ContainerFacts,
} from '../../system/container-engine.ts';
import { composeService } from './compose-files.ts';
import { configuredEnvironment } from './container-environment.ts';
import { ownPorts, publishedAddress } from './container-request.ts';
import { endpointsFrom } from './neighbours.ts';
import { pullImage, type StartedContainer } from './container-start.ts';
import type { EnvironmentSource } from '../runs/environment-files.ts';

export interface ComposeStartRequest {
  readonly engine: ContainerEngine;
  readonly compose: Compose;
  readonly project: Project;
  readonly model: ComposeModel;
  readonly spec: ServiceSpec;
  readonly container: ComposeSpec;
  /** Services of the same file that the session starts itself. */
  readonly startedByOthers: ReadonlySet<string>;
  readonly environment: EnvironmentSource;
  readonly endpoints: Endpoints;
  readonly onProgress: (progress: string) => void;
  /** The output of a build. */
  readonly onBuildLine: (line: string) => void;
  /** Aborted: the start is no longer wanted. */
  readonly signal: AbortSignal;
}

/** @throws DevError with the message of Compose or the engine */
export async function startCompose(request: ComposeStartRequest): Promise<StartedContainer> {
  const { engine, compose, model, spec, container, startedByOthers, onProgress, onBuildLine, signal } = request;
  const service = composeService(model, container);
  const before = await findContainer(engine, model.project, container.service);
  await pullIfMissing(request, service);
  const facts = new Map([...model.services].map(([name, { facts }]) => [name, facts]));
  const services = neededServices(container.service, facts, startedByOthers);
  const env = await configuredOf(request);
  onProgress(`docker compose ${service.isBuilt ? 'builds' : 'starts'} ${container.service}`);
  await compose.up({
    model,
    services,
    change: changeOf(request, env),
    onLine: service.isBuilt ? onBuildLine : () => {},
    signal,
  });
  const found = await findContainer(engine, model.project, container.service);
  if (found === undefined) throw failure(`docker compose made no container for ${container.service}`);
  return {
    facts: found,
    insidePort: spec.port?.inside,
    isTakenOver: before?.id === found.id && before.startedAt === found.startedAt,
    env,
    companions: await companionsOf(engine, model.project, services.slice(1)),
  };
}

/** The running container, else the one that ran last. One-off containers of `docker compose run` do not count. */
async function findContainer(
  engine: ContainerEngine,
  project: string,
  service: string,
): Promise<ContainerFacts | undefined> {
  const labels = { [LABEL.composeProject]: project, [LABEL.composeService]: service, [LABEL.composeOneOff]: 'False' };
  const found = await engine.list(labels);
  return found.toSorted(byLife)[0];
}

function byLife(one: ContainerFacts, other: ContainerFacts): number {
  if (one.isRunning !== other.isRunning) return one.isRunning ? -1 : 1;
  return (other.startedAt ?? '').localeCompare(one.startedAt ?? '');
}

/** Compose would fetch it too, but reports no progress. */
async function pullIfMissing(request: ComposeStartRequest, service: ReturnType<typeof composeService>): Promise<void> {
  const { image, isBuilt, pullPolicy } = service;
  if (image === undefined || isBuilt || (pullPolicy !== undefined && pullPolicy !== 'missing')) return;
  if ((await request.engine.findImage(image)) === undefined) await pullImage(request, { image, platform: undefined });
}

async function configuredOf(request: ComposeStartRequest): Promise<Readonly<Record<string, string>>> {
  const { environment, spec, endpoints } = request;
  const inside = await endpointsFrom(request, endpoints);
  return configuredEnvironment(environment, spec, { endpoints: inside, insidePort: spec.port?.inside });
}

function changeOf(
  { container, spec, endpoints }: ComposeStartRequest,
  env: Readonly<Record<string, string>>,
): ComposeChange {
  const published = ownPorts(spec, endpoints).flatMap(({ spec: { inside, host }, inForce }) =>
    inside === undefined ? [] : [{ inside, port: inForce, address: publishedAddress(host) }],
  );
  return { service: container.service, published, env };
}

async function companionsOf(
  engine: ContainerEngine,
  project: string,
  services: readonly string[],
): Promise<readonly string[]> {
  const found = await Promise.all(services.map((service) => findContainer(engine, project, service)));
  return found.flatMap((facts) => (facts?.isRunning === true ? [facts.id] : []));
}

function failure(message: string): DevError {
  return new DevError({ code: 'spawn_failed', exitCode: EXIT.notReady, message });
}
