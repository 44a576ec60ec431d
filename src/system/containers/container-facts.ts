// The answer of an engine about a container, image or event → the facts of engine.ts.

import { containerName, fieldsOf, idOf, listOf, numberOf, textOf, type Fields } from './answers.ts';
import type {
  ContainerEvent,
  ContainerFacts,
  ContainerHealth,
  ContainerUsage,
  ImageFacts,
  PublishedPort,
} from '../container-engine.ts';

const LONGEST_HEALTH_OUTPUT = 500;

/** Of `GET /containers/ID/json`; undefined when it is none. */
export function readContainer(answer: unknown): ContainerFacts | undefined {
  const { Id, Name, State, Config, HostConfig, NetworkSettings } = fieldsOf(answer);
  const id = idOf(Id);
  if (id === undefined) return undefined;
  const state = fieldsOf(State);
  const config = fieldsOf(Config);
  const isRunning = state['Running'] === true;
  const pid = numberOf(state['Pid']);
  const limit = numberOf(fieldsOf(HostConfig)['Memory']);
  return {
    id,
    name: containerName(Name) ?? id.slice(0, 12),
    image: textOf(config['Image']) ?? '?',
    isRunning,
    isPaused: state['Paused'] === true,
    pid: isRunning && pid !== undefined && pid > 0 ? pid : undefined,
    startedAt: instantOf(state['StartedAt']),
    finishedAt: instantOf(state['FinishedAt']),
    exitCode: numberOf(state['ExitCode']) ?? 0,
    isOutOfMemory: state['OOMKilled'] === true,
    memoryLimitBytes: limit === undefined || limit === 0 ? undefined : limit,
    health: healthOf(state),
    hasTerminal: config['Tty'] === true,
    stopSignal: textOf(config['StopSignal'], 20),
    isRestartedByEngine: !['', 'no', undefined].includes(restartPolicyOf(HostConfig)),
    published: publishedOf(fieldsOf(NetworkSettings)['Ports'] ?? fieldsOf(HostConfig)['PortBindings']),
    labels: labelsOf(config['Labels']),
  };
}

function restartPolicyOf(hostConfig: unknown): string | undefined {
  const { Name } = fieldsOf(fieldsOf(hostConfig)['RestartPolicy']);
  return typeof Name === 'string' ? Name : undefined;
}

/** Of `GET /images/NAME/json`. */
export function readImage(answer: unknown): ImageFacts | undefined {
  const { Id, Config } = fieldsOf(answer);
  if (typeof Id !== 'string') return undefined;
  const config = fieldsOf(Config);
  const tcp = Object.keys(fieldsOf(config['ExposedPorts'])).flatMap((key) => insidePort(key) ?? []);
  return {
    id: textOf(Id) ?? '',
    exposedPorts: tcp.sort((a, b) => a - b),
    volumes: Object.keys(fieldsOf(config['Volumes'])),
  };
}

/** Of `GET /containers/ID/stats`. The page cache is not counted: the kernel gives it back when it is needed. */
export function readUsage(answer: unknown): ContainerUsage | undefined {
  const { cpu_stats: cpu, memory_stats: memory, pids_stats: pids } = fieldsOf(answer);
  const cpuNs = numberOf(fieldsOf(fieldsOf(cpu)['cpu_usage'])['total_usage']);
  const bytes = numberOf(fieldsOf(memory)['usage']);
  if (cpuNs === undefined || bytes === undefined) return undefined;
  const details = fieldsOf(fieldsOf(memory)['stats']);
  // Called inactive_file by version 2 of cgroups, total_inactive_file by version 1.
  const cache = numberOf(details['total_inactive_file']) ?? numberOf(details['inactive_file']) ?? 0;
  return { cpuNs, memoryBytes: Math.max(0, bytes - cache), pids: numberOf(fieldsOf(pids)['current']) ?? 1 };
}

/** Of `GET /events`; undefined for an irrelevant event. */
export function readEvent(answer: unknown): ContainerEvent | undefined {
  const { Type, Action, Actor, id: oldId, status } = fieldsOf(answer);
  if (Type !== undefined && Type !== 'container') return undefined;
  const actor = fieldsOf(Actor);
  const id = idOf(actor['ID']) ?? idOf(oldId);
  const action = actionOf(textOf(Action) ?? textOf(status) ?? '');
  if (id === undefined || action === undefined) return undefined;
  const attributes = fieldsOf(actor['Attributes']);
  const code = Number.parseInt(textOf(attributes['exitCode']) ?? textOf(attributes['containerExitCode']) ?? '', 10);
  return { id, action, exitCode: Number.isNaN(code) ? undefined : code, signal: textOf(attributes['signal'], 20) };
}

/** Podman says `died` and `remove`, and each engine puts the result of a check behind a colon. */
function actionOf(text: string): ContainerEvent['action'] | undefined {
  const [word = ''] = text.split(':');
  switch (word) {
    case 'start':
    case 'die':
    case 'oom':
    case 'kill':
    case 'pause':
    case 'unpause':
    case 'destroy':
      return word;
    case 'died':
      return 'die';
    case 'remove':
      return 'destroy';
    case 'health_status':
      return 'health';
    default:
      return undefined;
  }
}

/** Docker: `Health`; Podman before 5: `Healthcheck`, with empty fields where there is none. */
function healthOf(state: Fields): ContainerHealth | undefined {
  const health = fieldsOf(state['Health'] ?? state['Healthcheck']);
  const { Status: status, Log: log } = health;
  if (status !== 'starting' && status !== 'healthy' && status !== 'unhealthy') return undefined;
  const output = textOf(fieldsOf(listOf(log).at(-1))['Output'], LONGEST_HEALTH_OUTPUT);
  return { status, output: output?.trim() ?? '' };
}

function publishedOf(ports: unknown): readonly PublishedPort[] {
  return Object.entries(fieldsOf(ports)).flatMap(([key, bindings]) => {
    const inside = insidePort(key);
    if (inside === undefined) return [];
    return listOf(bindings).flatMap((binding) => {
      const { HostIp, HostPort } = fieldsOf(binding);
      const port = Number(HostPort);
      return Number.isInteger(port) && port > 0 ? [{ address: textOf(HostIp) ?? '', port, inside }] : [];
    });
  });
}

/** `5432/tcp` → 5432; undefined for UDP. */
function insidePort(key: string): number | undefined {
  const match = /^(\d{1,5})\/tcp$/.exec(key);
  return match === null ? undefined : Number(match[1]);
}

function labelsOf(labels: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(fieldsOf(labels)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}

/** The engine writes the year 1 for what never was. */
function instantOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[1-9]\d{3}-/.test(value) ? textOf(value, 40) : undefined;
}
