// The container that a service's command has started, such as `docker run -p $PORT:80 nginx`. It is searched by the
// service's port, once an engine's client runs in the tree. It counts as the service's only with proof
// (core/rules/container-proof).

import { idFilePaths, isEngineClient, isProven } from '../../core/rules/container-proof.ts';
import type { ContainerCard } from '../../core/model/port-owner.ts';
import type { OwnerContext, System } from '../../system/system.ts';
import type { LiveRun } from '../runs/runs.ts';

interface ClientContext {
  readonly system: Pick<System, 'processes' | 'ports' | 'files' | 'clock'>;
  readonly ownerContext: () => OwnerContext;
}

export interface ClientContainer {
  readonly kind: 'ours';
  readonly container: ContainerCard;
  readonly insidePort: number;
}

type ClientFinding =
  | ClientContainer
  /** A container has the port, but nothing proves that it is the service's. */
  | { readonly kind: 'unproven'; readonly container: ContainerCard };

/** Undefined if no client of an engine runs there, or no container has the port. */
export async function findClientContainer(
  { system, ownerContext }: ClientContext,
  { root, beganAtMs }: LiveRun,
  port: number,
): Promise<ClientFinding | undefined> {
  const { processes, ports, files } = system;
  if (!processes.members(root, { sweep: false }).some(({ name }) => isEngineClient(name))) return undefined;
  const container = (await ports.use(port, ownerContext())).behind?.container;
  const publication = container?.publishes.find((one) => one.port === port);
  if (container === undefined || publication === undefined) return undefined;
  const tree = await processes.describe(root);
  const idFiles = new Map(idFilePaths(tree).map((path) => [path, files.read(path)?.trim() ?? '']));
  const request = { processes: tree, container, port, runBeganAtMs: beganAtMs, idFiles };
  if (!isProven(request)) return { kind: 'unproven', container };
  return { kind: 'ours', container, insidePort: publication.inside };
}

/** The message about a container that nothing connects to the command. */
export function unprovenInWords({ name, image }: ContainerCard, port: number): string {
  const what = `the container ${name} has port ${port}, and nothing proves that this command started it`;
  return `${what}; give the command --name ${name}, or write container: ${image} in place of it`;
}
