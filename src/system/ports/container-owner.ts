// Which container publishes a port, and how to stop that container and not its proxy: docker-proxy and the like serve
// the container, and killing them leaves it running but cut off. Trap: Podman does not know the filter by published
// port and refuses the list. Then it is asked for all containers.

import { basename } from 'node:path';
import { monotonicMs } from '../clock.ts';
import type { ContainerLookup } from '../../core/model/port-facts.ts';
import type { ContainerCard } from '../../core/model/port-owner.ts';
import { containerName, fieldsOf, idOf, listOf, parseJson, textOf } from '../containers/answers.ts';
import { askEngine, EngineError, engineSockets, type EngineAnswer } from '../containers/engine-client.ts';
import { readContainer } from '../containers/container-facts.ts';
import { LABEL } from '../../core/rules/container-identity.ts';
import { printable } from '../printable.ts';

export interface StopOutcome {
  readonly stopped: boolean;
  /** One sentence for a person. */
  readonly message: string;
}

/** What the arguments of a docker-proxy tell without its daemon. */
export interface ProxiedPort {
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly containerAddress: string;
  readonly containerPort: number;
}

/** An engine that makes a container from a large image answers late. */
const LOOKUP_MS = 2_000;
const LONGEST_FOLDER = 300;
/** How long the container gets before it is killed. */
export const STOP_GRACE_S = 10;
const STOP_MS = (STOP_GRACE_S + 5) * 1000;

/** The running container that publishes the TCP port on this machine. Asks every engine at once; takes two seconds at most. */
export async function findContainer(
  port: number,
  options: { readonly sockets?: readonly string[] | undefined; readonly timeoutMs?: number } = {},
): Promise<ContainerLookup> {
  const { sockets = engineSockets(process.env), timeoutMs = LOOKUP_MS } = options;
  const deadlineMs = monotonicMs() + timeoutMs;
  const failures: EngineError[] = [];
  for (const answer of await Promise.all(sockets.map((socket) => lookUp(socket, port, deadlineMs)))) {
    if (answer instanceof EngineError) failures.push(answer);
    else if (answer !== undefined) return { container: await withStart(answer, deadlineMs) };
  }
  const problem = failures.find((failure) => !failure.isAbsent);
  if (problem !== undefined) return { container: undefined, reason: problem.message };
  const isNobodyThere = failures.length === sockets.length;
  const reason = isNobodyThere
    ? 'neither Docker nor Podman has a socket on this machine'
    : `no running container publishes port ${port}`;
  return { container: undefined, reason };
}

/** With the time of its start, which lists do not tell; left out when the engine takes too long. */
async function withStart(container: ContainerCard, deadlineMs: number): Promise<ContainerCard> {
  const { socket, id } = container;
  const timeoutMs = Math.max(1, Math.round(deadlineMs - monotonicMs()));
  try {
    const answer = await askEngine({ socket, method: 'GET', path: `/containers/${id}/json`, timeoutMs });
    const startedAt = readContainer(parseJson(answer.body))?.startedAt;
    return startedAt === undefined ? container : { ...container, startedAt };
  } catch (error) {
    if (error instanceof EngineError) return container;
    throw error;
  }
}

/** Stops the container as `docker stop` does: its stop signal, ten seconds, then a kill. Never rejects. */
export async function stopContainer(
  { id, name, socket, runtime }: ContainerCard,
  options: { readonly timeoutMs?: number } = {},
): Promise<StopOutcome> {
  const path = `/containers/${encodeURIComponent(id)}/stop?t=${STOP_GRACE_S}`;
  try {
    const answer = await askEngine({ socket, method: 'POST', path, timeoutMs: options.timeoutMs ?? STOP_MS });
    return stopOutcome(answer, name);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return {
      stopped: false,
      message: `Container ${name} was not stopped: ${error.message}. Try: ${runtime} stop ${name}`,
    };
  }
}

/**
 * The port that a docker-proxy passes on, by its arguments; undefined for other programs.
 * Source: moby, cmd/docker-proxy: `-proto tcp -host-ip IP -host-port N -container-ip IP -container-port N`.
 */
export function parseProxyArguments(argv: readonly string[]): ProxiedPort | undefined {
  const [program = '', ...args] = argv;
  if (!basename(program).endsWith('docker-proxy')) return undefined;
  const value = (name: string) => flagValue(args, name);
  const [hostPort, containerPort] = [readPort(value('host-port')), readPort(value('container-port'))];
  if ((value('proto') ?? 'tcp') !== 'tcp' || hostPort === undefined || containerPort === undefined) return undefined;
  return {
    hostAddress: printable(value('host-ip') ?? ''),
    hostPort,
    containerAddress: printable(value('container-ip') ?? ''),
    containerPort,
  };
}

async function lookUp(
  socket: string,
  port: number,
  deadlineMs: number,
): Promise<ContainerCard | EngineError | undefined> {
  const ask = (query: string) => {
    const timeoutMs = Math.max(1, Math.round(deadlineMs - monotonicMs()));
    return askEngine({ socket, method: 'GET', path: `/containers/json${query}`, timeoutMs });
  };
  try {
    const filters = encodeURIComponent(JSON.stringify({ publish: [String(port)] }));
    const filtered = await ask(`?filters=${filters}`);
    const answer = filtered.status === 200 ? filtered : await ask('');
    if (answer.status !== 200)
      return new EngineError(`${socket} refused to list its containers (HTTP ${answer.status})`);
    return readContainers(answer, socket).find(({ publishes }) => publishes.some((one) => one.port === port));
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

function readContainers({ body, headers }: EngineAnswer, socket: string): readonly ContainerCard[] {
  const rows = parseJson(body);
  if (!Array.isArray(rows)) throw new EngineError(`${socket} did not answer with a list of containers`);
  const isPodman = 'libpod-api-version' in headers || /libpod/i.test(String(headers['server']));
  return (rows as readonly unknown[]).flatMap((row) => {
    const { Id, Names: names, Image: image, Labels: labels, Ports: ports } = fieldsOf(row);
    const id = idOf(Id);
    if (id === undefined) return [];
    const label = (name: string, limit?: number) => textOf(fieldsOf(labels)[name], limit);
    const container: ContainerCard = {
      id,
      name: containerName(listOf(names)[0]) ?? id.slice(0, 12),
      image: textOf(image) ?? '?',
      composeProject: label(LABEL.composeProject) ?? label('io.podman.compose.project') ?? null,
      composeService: label(LABEL.composeService) ?? null,
      composeFolder: label(LABEL.composeFolder, LONGEST_FOLDER) ?? null,
      devdeck: devdeckService(label(LABEL.root, LONGEST_FOLDER), label(LABEL.service)),
      startedAt: null,
      publishes: withoutTwins(listOf(ports).flatMap(publication)),
      runtime: isPodman ? 'podman' : 'docker',
      socket,
    };
    return [container];
  });
}

function devdeckService(root: string | undefined, service: string | undefined): ContainerCard['devdeck'] {
  return root === undefined || service === undefined ? null : { root, service };
}

/** One of a container's TCP ports, when it is published. */
function publication(row: unknown): ContainerCard['publishes'] {
  const { PublicPort: port, PrivatePort: inside, Type: type } = fieldsOf(row);
  return typeof port === 'number' && typeof inside === 'number' && type === 'tcp' ? [{ port, inside }] : [];
}

/** Newer Docker lists a port once for each family of addresses. */
function withoutTwins(publishes: ContainerCard['publishes']): ContainerCard['publishes'] {
  return publishes.filter(({ port }, index) => publishes.findIndex((other) => other.port === port) === index);
}

function stopOutcome({ status, body }: EngineAnswer, name: string): StopOutcome {
  switch (status) {
    case 204:
      return { stopped: true, message: `Container ${name} has stopped.` };
    case 304:
      return { stopped: true, message: `Container ${name} had stopped already.` };
    case 404:
      return { stopped: true, message: `Container ${name} is no longer there.` };
    default: {
      const why = textOf(fieldsOf(parseJson(body))['message'], 200) ?? `HTTP ${status}`;
      return { stopped: false, message: `Container ${name} was not stopped: ${why}.` };
    }
  }
}

/** `-name value` or `-name=value`, with one dash or two, as Go's flag package reads them. */
function flagValue(args: readonly string[], name: string): string | undefined {
  for (const [index, argument] of args.entries()) {
    const [flag, value] = argument.split('=', 2);
    if (flag === `-${name}` || flag === `--${name}`) return value ?? args[index + 1];
  }
  return undefined;
}

function readPort(text: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0;
  return port > 0 && port < 65_536 ? port : undefined;
}
