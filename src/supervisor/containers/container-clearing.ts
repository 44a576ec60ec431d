// Removes containers without a service: of services that left the config, of a killed session, and stopped containers.
// Each is proven by devdeck's labels, or by an id that a session recorded.

import type { Project, ServiceSpec } from '../../core/model/project.ts';
import { identityLabels, LABEL } from '../../core/rules/container-identity.ts';
import { messageOf } from '../../errors.ts';
import type { ContainerEngine, ContainerFacts } from '../../system/container-engine.ts';
import type { ContainerRecord } from '../../system/state/state-files.ts';

/** What is known about containers at the end of a session. */
export interface ClearedContainers {
  readonly stopped: readonly { readonly service: string; readonly name: string }[];
  /** Still there. */
  readonly running: readonly { readonly service: string; readonly name: string }[];
  /** Why they could not be listed; undefined if they could. */
  readonly problem: string | undefined;
}

interface ClearRequest {
  readonly engine: ContainerEngine;
  readonly root: string;
  /** Ids that a session of this project recorded. */
  readonly recorded: readonly ContainerRecord[];
  /** Whether the container belongs to a service, and so stays. */
  readonly isKept: (service: string, id: string) => boolean;
  /** 0 kills at once. */
  readonly graceS: number;
}

/** Stops and removes containers without a service. Never rejects. */
export async function clearContainers(request: ClearRequest): Promise<ClearedContainers> {
  try {
    const strays = await findStrays(request);
    await Promise.all(strays.map((stray) => endStray(request, stray)));
    const left = strays.length === 0 ? [] : await findStrays(request);
    await request.engine.removeNetworks({ [LABEL.root]: request.root });
    const running = namesOf(left);
    const stopped = namesOf(strays).filter(({ name }) => !running.some((other) => other.name === name));
    return { stopped, running, problem: undefined };
  } catch (error) {
    return { stopped: [], running: [], problem: messageOf(error) };
  }
}

/** The containers of these services that do not run. Volumes and networks stay. */
export async function removeStopped(
  engine: ContainerEngine,
  project: Pick<Project, 'root'>,
  services: readonly ServiceSpec[],
): Promise<void> {
  const found = await Promise.all(services.map((spec) => engine.list(labelsOf(project, spec))));
  const stopped = found.flat().filter(({ isRunning }) => !isRunning);
  await Promise.all(stopped.map(({ id }) => engine.remove(id)));
}

interface Stray {
  readonly service: string;
  readonly facts: ContainerFacts;
  readonly isOurs: boolean;
}

function namesOf(strays: readonly Stray[]): ClearedContainers['running'] {
  return strays.flatMap(({ service, facts }) => (facts.isRunning ? [{ service, name: facts.name }] : []));
}

async function findStrays({ engine, root, recorded, isKept }: ClearRequest): Promise<readonly Stray[]> {
  const labelled = (await engine.list({ [LABEL.root]: root })).map((facts) => ({
    service: facts.labels[LABEL.service] ?? facts.name,
    facts,
    isOurs: true,
  }));
  const known = new Set(labelled.map(({ facts }) => facts.id));
  const others = await Promise.all(
    recorded
      .filter(({ id }) => !known.has(id))
      .map(async (record) => ({ ...record, facts: await engine.inspect(record.id) })),
  );
  const strays = [
    ...labelled,
    ...others.flatMap(({ facts, ...rest }) => (facts?.isRunning === true ? [{ ...rest, facts }] : [])),
  ];
  return strays.filter(({ service, facts }) => !isKept(service, facts.id));
}

async function endStray({ engine, graceS }: ClearRequest, { facts, isOurs }: Stray): Promise<void> {
  if (facts.isRunning) await engine.stop(facts.id, graceS);
  if (isOurs) await engine.remove(facts.id);
}

function labelsOf({ root }: Pick<Project, 'root'>, { name, container }: ServiceSpec): Readonly<Record<string, string>> {
  if (container?.kind !== 'compose' || container.project === undefined) return identityLabels(root, name);
  return {
    [LABEL.composeProject]: container.project,
    [LABEL.composeService]: container.service,
    [LABEL.composeOneOff]: 'False',
  };
}
