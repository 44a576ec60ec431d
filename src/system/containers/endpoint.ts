// The address of the container engine, found as the docker command does: DOCKER_HOST, the context, the usual socket.
// After those come rootless Docker, Docker Desktop and the like, and Podman. Trap: an engine on another machine
// publishes its ports there, so its containers cannot be services here.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fieldsOf, parseJson } from './answers.ts';
import { engineSockets } from './engine-client.ts';
import { printable } from '../printable.ts';
import { readSmallFile } from '../small-file.ts';

type Env = Readonly<Record<string, string | undefined>>;

export type Endpoint =
  /** `socket` as `askEngine` takes it. */
  | { readonly kind: 'local'; readonly socket: string; readonly chosenBy: string | undefined }
  | { readonly kind: 'remote'; readonly address: string; readonly chosenBy: string }
  /** Something that was asked for and cannot be read. */
  | { readonly kind: 'unknown'; readonly problem: string; readonly chosenBy: string };

const DEFAULT_SOCKET = '/var/run/docker.sock';
const LARGEST_CONFIG_BYTES = 1024 * 1024;

/** Looks at files and at whether sockets exist; connects to nothing. */
export function findEndpoint(env: Env): Endpoint {
  const host = env['DOCKER_HOST'];
  if (host) return endpointAt(host, 'DOCKER_HOST');
  const folder = env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');
  const context = env['DOCKER_CONTEXT'] || currentContext(folder);
  if (context !== undefined && context !== 'default') return endpointOfContext(folder, context);
  const socket = engineSockets({ ...env, DOCKER_HOST: undefined }).find((path) => existsSync(path));
  return { kind: 'local', socket: socket ?? DEFAULT_SOCKET, chosenBy: undefined };
}

/** For a client of the engine, so that it uses the same engine as we do. */
export function clientEnvironment(env: Env): Env {
  const endpoint = findEndpoint(env);
  if (endpoint.kind !== 'local') return env;
  const host = hostOf(endpoint.socket);
  // Podman's command has its own engine, which may differ from the one behind the socket.
  return { ...env, DOCKER_HOST: host, CONTAINER_HOST: host };
}

/** As DOCKER_HOST has it. */
export function hostOf(socket: string): string {
  return socket.startsWith('tcp:') ? socket : `unix://${socket}`;
}

function endpointOfContext(folder: string, context: string): Endpoint {
  const chosenBy = `the docker context ${printable(context)}`;
  // The docker command names the folder of a context by the hash of its name.
  const id = createHash('sha256').update(context).digest('hex');
  const endpoints = fieldsOf(readDockerFile(join(folder, 'contexts/meta', id, 'meta.json'))['Endpoints']);
  const host = fieldsOf(endpoints['docker'])['Host'];
  if (typeof host === 'string' && host !== '') return endpointAt(host, chosenBy);
  return { kind: 'unknown', problem: `${chosenBy} does not exist`, chosenBy };
}

function endpointAt(host: string, chosenBy: string): Endpoint {
  const socket = /^unix:\/\/(\/.+)$/.exec(host)?.[1];
  if (socket !== undefined) return { kind: 'local', socket, chosenBy };
  const [, name = '', port = '2375'] = /^(?:tcp|http):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(host) ?? [];
  if (isLoopback(name)) return { kind: 'local', socket: `tcp://${name.replace(/^\[|\]$/g, '')}:${port}`, chosenBy };
  if (/^(?:tcp|http|https|ssh):\/\//.test(host)) return { kind: 'remote', address: printable(host), chosenBy };
  return {
    kind: 'unknown',
    problem: `${chosenBy} is "${printable(host)}", which is not the address of an engine`,
    chosenBy,
  };
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
}

function currentContext(folder: string): string | undefined {
  const name = readDockerFile(join(folder, 'config.json'))['currentContext'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Empty if the file is missing, unreadable, or not JSON. */
export function readDockerFile(path: string): Readonly<Record<string, unknown>> {
  return fieldsOf(parseJson(readSmallFile(path, LARGEST_CONFIG_BYTES) ?? ''));
}
