// Whether a container is the work of a service's own command, such as `docker run` or `docker compose up`. Proven, never
// guessed: by Compose's labels, by a name or id file on the command line, or by the published port of a container that began
// after the service did, while a client of an engine lives in its tree. Left to others: looking at processes and engines.

import type { ContainerCard } from '../model/port-owner.ts';

/** A process in the tree of the service. */
export interface TreeProcess {
  readonly argv: readonly string[];
  /** Undefined when it is hidden. */
  readonly cwd: string | undefined;
}

export interface ProofRequest {
  readonly processes: readonly TreeProcess[];
  readonly container: ContainerCard;
  /** The service's own port, which the container publishes. */
  readonly port: number;
  /** Milliseconds since the epoch. */
  readonly runBeganAtMs: number;
  /** What the files hold that a client was to write the id of its container to. */
  readonly idFiles: ReadonlyMap<string, string>;
}

const CLIENTS = new Set(['docker', 'docker-compose', 'podman', 'podman-compose', 'nerdctl']);
/** The engine tells the second of a start, and the clocks of a virtual machine drift. */
const CLOCK_SLACK_MS = 1_500;

/** Whether a process is a client of a container engine, by its name. */
export function isEngineClient(name: string): boolean {
  return CLIENTS.has(name);
}

export function isProven(request: ProofRequest): boolean {
  const clients = request.processes.filter(({ argv: [program = ''] }) => isEngineClient(basename(program)));
  return (
    clients.some((client) => namesIt(client, request) || composesIt(client, request)) ||
    (clients.length > 0 && publishedSince(request))
  );
}

/** Where clients were told to write the ids of their containers, by absolute path. */
export function idFilePaths(processes: readonly TreeProcess[]): readonly string[] {
  return processes.flatMap(({ argv, cwd }) => {
    const path = optionOf(argv, '--cidfile');
    return path === undefined ? [] : [inFolder(cwd, path)];
  });
}

function namesIt({ argv, cwd }: TreeProcess, { container, idFiles }: ProofRequest): boolean {
  if (optionOf(argv, '--name') === container.name) return true;
  const path = optionOf(argv, '--cidfile');
  return path !== undefined && idFiles.get(inFolder(cwd, path)) === container.id;
}

/** The same project and folder. Which of its services does not matter: Compose starts those that are needed as well. */
function composesIt({ argv, cwd }: TreeProcess, { container }: ProofRequest): boolean {
  const { composeProject, composeFolder } = container;
  const isCompose = argv.includes('compose') || basename(argv[0] ?? '').endsWith('-compose');
  if (!isCompose || composeProject === null || composeFolder === null) return false;
  const project = optionOf(argv, '--project-name', '-p');
  if (project !== undefined && project !== composeProject) return false;
  const file = optionOf(argv, '--file', '-f');
  const named = optionOf(argv, '--project-directory') ?? (file === undefined ? undefined : folderOf(file));
  if (named !== undefined) return inFolder(cwd, named) === composeFolder;
  // Without a file on the command line, Compose looks for it upwards from where it runs.
  return cwd === composeFolder || cwd?.startsWith(`${composeFolder}/`) === true;
}

function publishedSince({ container, port, runBeganAtMs }: ProofRequest): boolean {
  if (container.startedAt === null || !container.publishes.some((one) => one.port === port)) return false;
  return Date.parse(container.startedAt) >= runBeganAtMs - CLOCK_SLACK_MS;
}

/** `--name value`, `--name=value`, `-p value`. */
function optionOf(argv: readonly string[], long: string, short = long): string | undefined {
  for (const [index, word] of argv.entries()) {
    if (word === long || word === short) return argv[index + 1];
    if (word.startsWith(`${long}=`)) return word.slice(long.length + 1);
  }
  return undefined;
}

function inFolder(cwd: string | undefined, path: string): string {
  if (path.startsWith('/') || cwd === undefined) return path;
  const parts: string[] = [];
  for (const part of `${cwd}/${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end === -1 ? '.' : path.slice(0, end) || '/';
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
