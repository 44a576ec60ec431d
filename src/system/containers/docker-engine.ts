// A container engine over Docker's HTTP interface, which Podman also offers. Paths without a version mean the newest
// that the engine knows: everything used here has been the same since Docker 20.10.

import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import { DevError, EXIT } from '../../errors.ts';
import { asDocker, fieldsOf, idOf, listOf, parseJson, refusalOf, textOf } from './answers.ts';
import { readContainer, readEvent, readImage, readUsage } from './container-facts.ts';
import type {
  ContainerEngine,
  ContainerFacts,
  ContainerRequest,
  Follower,
  FollowOptions,
  ContainerTerminal,
  LogRecord,
  TerminalRequest,
} from '../container-engine.ts';
import { askEngine, EngineError, openEngineStream, readBody, type EngineAnswer } from './engine-client.ts';
import { authHeaders, PullProgress, pullPath } from './image-pull.ts';
import { jsonLines } from './json-lines.ts';
import { frameReader, lineReader } from './log-records.ts';

interface EngineOptions {
  readonly name: string;
  readonly command: string;
  readonly nameOfHost: string;
  readonly socket: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A private folder of the user's. */
  readonly lockDir: string;
  /** Says in one sentence that the engine does not answer, and what to do. */
  readonly unavailable: (error: EngineError) => DevError;
}

/** A busy engine is slow; a hanging one must not delay us. */
const ANSWER_MS = 10_000;
/** To make or remove a container the engine may copy its whole image. */
const LABOUR_MS = 120_000;
export const DOCKER_HOST_NAME = 'host.docker.internal';
const REMOVAL_LOOK_MS = 50;
const LONGEST_OUTPUT = 64 * 1024;
const EVENTS = ['start', 'die', 'oom', 'kill', 'pause', 'unpause', 'destroy', 'health_status', 'died', 'remove'];

export class DockerEngine implements ContainerEngine {
  readonly name: string;
  readonly command: string;
  readonly nameOfHost: string;
  readonly #options: EngineOptions;
  /** By their names. Two calls at once would make two networks of one name. */
  readonly #networks = new Map<string, Promise<void>>();

  constructor(options: EngineOptions) {
    this.name = options.name;
    this.command = options.command;
    this.nameOfHost = options.nameOfHost;
    this.#options = options;
  }

  async findImage(image: string) {
    const answer = await this.#ask('GET', `/images/${encodeURIComponent(image)}/json`, { allowed: [404] });
    return answer.status === 404 ? undefined : readImage(parseJson(answer.body));
  }

  async pull(image: string, { platform, onProgress, signal }: Parameters<ContainerEngine['pull']>[1]): Promise<void> {
    const { socket, env } = this.#options;
    const headers = await authHeaders(image, env);
    const path = pullPath(image, platform);
    const response = await this.#reach(() =>
      openEngineStream({ socket, method: 'POST', path, headers, timeoutMs: undefined, signal }),
    );
    if (response.statusCode !== 200) {
      throw notPulled(image, refusalOf({ status: response.statusCode ?? 0, body: await readBody(response, socket) }));
    }
    const progress = new PullProgress();
    for await (const message of jsonLines(response)) {
      const problem = progress.add(message);
      if (problem !== undefined) throw notPulled(image, problem);
      onProgress(progress.share);
    }
  }

  async list(labels: Readonly<Record<string, string>>): Promise<readonly ContainerFacts[]> {
    const answer = await this.#ask('GET', `/containers/json?all=1&filters=${labelFilter(labels)}`);
    const ids = listOf(parseJson(answer.body)).flatMap((row) => idOf(fieldsOf(row)['Id']) ?? []);
    const found = await Promise.all(ids.map((id) => this.inspect(id)));
    return found.flatMap((facts) => facts ?? []);
  }

  async hasVolume(labels: Readonly<Record<string, string>>): Promise<boolean> {
    const answer = await this.#ask('GET', `/volumes?filters=${labelFilter(labels)}`);
    return listOf(fieldsOf(parseJson(answer.body))['Volumes']).length > 0;
  }

  async inspect(container: string): Promise<ContainerFacts | undefined> {
    const answer = await this.#ask('GET', `/containers/${encodeURIComponent(container)}/json`, { allowed: [404] });
    return answer.status === 404 ? undefined : readContainer(parseJson(answer.body));
  }

  async ensureNetwork(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    const made = this.#networks.get(name) ?? this.#makeNetwork(name, labels);
    this.#networks.set(name, made);
    await made.finally(() => this.#networks.delete(name));
  }

  async #makeNetwork(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    const found = await this.#ask('GET', `/networks/${encodeURIComponent(name)}`, { allowed: [404] });
    if (found.status !== 404) return;
    const body = { Name: name, Labels: labels, CheckDuplicate: true };
    await this.#ask('POST', '/networks/create', { body, allowed: [409] });
  }

  async removeNetworks(labels: Readonly<Record<string, string>>): Promise<void> {
    const answer = await this.#ask('GET', `/networks?filters=${labelFilter(labels)}`);
    const names = listOf(parseJson(answer.body)).flatMap((row) => textOf(fieldsOf(row)['Name']) ?? []);
    const remove = (name: string) =>
      this.#ask('DELETE', `/networks/${encodeURIComponent(name)}`, { allowed: [403, 404, 409] });
    await Promise.all(names.map(remove));
  }

  async create(request: ContainerRequest): Promise<string> {
    const query = new URLSearchParams({ name: request.name });
    if (request.platform !== undefined) query.set('platform', request.platform);
    const answer = await this.#ask('POST', `/containers/create?${query.toString()}`, {
      body: creationOf(request, this.nameOfHost),
      allowed: [409],
      timeoutMs: LABOUR_MS,
    });
    if (answer.status === 409) throw new DevError({ ...REFUSED, code: 'name_taken', message: refusalOf(answer) });
    const id = idOf(fieldsOf(parseJson(answer.body))['Id']);
    if (id === undefined) throw refused('it did not say which container it made');
    return id;
  }

  async start(id: string): Promise<void> {
    await this.#ask('POST', `/containers/${id}/start`, { allowed: [304], timeoutMs: LABOUR_MS });
  }

  async signal(id: string, signal: string): Promise<void> {
    await this.#ask('POST', `/containers/${id}/kill?signal=${encodeURIComponent(signal)}`, { allowed: [404, 409] });
  }

  async stop(id: string, graceS: number): Promise<void> {
    await this.#ask('POST', `/containers/${id}/stop?t=${graceS}`, { allowed: [304, 404], timeoutMs: LABOUR_MS });
  }

  async unpause(id: string): Promise<void> {
    await this.#ask('POST', `/containers/${id}/unpause`, { allowed: [404, 409, 500] });
  }

  async remove(id: string): Promise<void> {
    const giveUpAtMs = monotonicMs() + LABOUR_MS;
    for (;;) {
      const path = `/containers/${id}?force=1`;
      const answer = await this.#ask('DELETE', path, { allowed: [404, 409], timeoutMs: LABOUR_MS });
      if (answer.status !== 409) return;
      // Somebody else is removing it.
      if (monotonicMs() > giveUpAtMs) throw refused(refusalOf(answer));
      await delay(REMOVAL_LOOK_MS);
    }
  }

  async execute(
    id: string,
    argv: readonly string[],
    { timeoutMs, user }: { readonly timeoutMs: number; readonly user?: string },
  ): Promise<{ readonly code: number; readonly output: string }> {
    const body = { Cmd: argv, AttachStdout: true, AttachStderr: true, ...(user === undefined ? {} : { User: user }) };
    const created = await this.#ask('POST', `/containers/${id}/exec`, { body, timeoutMs });
    const exec = idOf(fieldsOf(parseJson(created.body))['Id']);
    if (exec === undefined) throw refused('it did not say what it runs');
    const output = await this.#outputOf(exec, timeoutMs);
    const { body: text } = await this.#ask('GET', `/exec/${exec}/json`, { timeoutMs });
    const code = fieldsOf(parseJson(text))['ExitCode'];
    return { code: typeof code === 'number' ? code : 1, output };
  }

  async openTerminal(id: string, request: TerminalRequest): Promise<ContainerTerminal> {
    const { openEngineTerminal } = await import('./engine-terminal.ts');
    return this.#reach(() => openEngineTerminal(this.#options.socket, id, request));
  }

  async usage(id: string) {
    const path = `/containers/${id}/stats?stream=false&one-shot=true`;
    const answer = await this.#ask('GET', path, { allowed: [404, 409] });
    return answer.status === 200 ? readUsage(parseJson(answer.body)) : undefined;
  }

  followLogs(id: string, options: FollowOptions): Follower {
    const abort = new AbortController();
    const ended = this.#follow(id, options, abort.signal).catch(() => {}); // an engine that ends ends its answers
    return { ended, close: () => abort.abort() };
  }

  async compose() {
    const { createCompose } = await import('./compose-command.ts');
    return createCompose({ ...this.#options, engine: this });
  }

  async watch({ onEvent, onEnd }: Parameters<ContainerEngine['watch']>[0]): Promise<() => void> {
    const filters = encodeURIComponent(JSON.stringify({ type: ['container'], event: EVENTS }));
    const { socket } = this.#options;
    const abort = new AbortController();
    const response = await this.#reach(() =>
      openEngineStream({
        socket,
        method: 'GET',
        path: `/events?filters=${filters}`,
        timeoutMs: ANSWER_MS,
        signal: abort.signal,
      }),
    );
    const read = async (): Promise<void> => {
      for await (const value of jsonLines(response)) {
        const event = readEvent(value);
        if (event !== undefined) onEvent(event);
      }
    };
    const end = (): void => {
      if (!abort.signal.aborted) onEnd(`${this.name} does not answer any more`);
    };
    read().then(end, end);
    return () => abort.abort();
  }

  async #follow(id: string, { since, onRecord }: FollowOptions, signal: AbortSignal): Promise<void> {
    const facts = await this.inspect(id);
    if (facts === undefined || signal.aborted) return;
    const query = new URLSearchParams({ follow: '1', stdout: '1', stderr: '1', timestamps: '1' });
    if (since !== undefined) query.set('since', secondsOf(since));
    const { socket } = this.#options;
    const path = `/containers/${id}/logs?${query.toString()}`;
    const response = await openEngineStream({ socket, method: 'GET', path, timeoutMs: ANSWER_MS, signal });
    if (response.statusCode !== 200) return void response.destroy();
    const reader = facts.hasTerminal ? lineReader(onRecord) : frameReader(onRecord);
    for await (const chunk of response as AsyncIterable<Buffer>) reader.push(chunk);
  }

  async #outputOf(exec: string, timeoutMs: number): Promise<string> {
    const { socket } = this.#options;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    const chunks: string[] = [];
    try {
      const response = await openEngineStream({
        socket,
        method: 'POST',
        path: `/exec/${exec}/start`,
        body: { Detach: false, Tty: false },
        timeoutMs,
        signal: abort.signal,
      });
      let length = 0;
      const keep = ({ bytes }: Pick<LogRecord, 'bytes'>): void => {
        if (length < LONGEST_OUTPUT) chunks.push(bytes.toString('utf8'));
        length += bytes.length;
      };
      const reader = frameReader(keep);
      for await (const chunk of response as AsyncIterable<Buffer>) reader.push(chunk);
    } catch (error) {
      if (abort.signal.aborted) throw refused(`timed out after ${timeoutMs / 1000} s`);
      throw error instanceof EngineError ? this.#options.unavailable(error) : error;
    } finally {
      clearTimeout(timer);
    }
    return chunks.join('').slice(0, LONGEST_OUTPUT);
  }

  /** @throws DevError for every answer that is neither a success nor `allowed` */
  async #ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    options: { readonly body?: unknown; readonly allowed?: readonly number[]; readonly timeoutMs?: number } = {},
  ): Promise<EngineAnswer> {
    const { body, allowed = [], timeoutMs = ANSWER_MS } = options;
    const { socket } = this.#options;
    const answer = asDocker(await this.#reach(() => askEngine({ socket, method, path, body, timeoutMs })));
    if (answer.status >= 400 && !allowed.includes(answer.status)) throw refused(refusalOf(answer));
    return answer;
  }

  async #reach<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await call();
    } catch (error) {
      throw error instanceof EngineError ? this.#options.unavailable(error) : error;
    }
  }
}

const REFUSED = { code: 'spawn_failed', exitCode: EXIT.notReady } as const;

function refused(message: string): DevError {
  return new DevError({ ...REFUSED, message });
}

function notPulled(image: string, problem: string): DevError {
  return new DevError({
    ...REFUSED,
    message: `the image ${image} is not on this machine and cannot be pulled: ${problem}`,
    hint: 'check its name and the network, or log in to its registry',
  });
}

function labelFilter(labels: Readonly<Record<string, string>>): string {
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return encodeURIComponent(JSON.stringify({ label }));
}

function creationOf(request: ContainerRequest, nameOfHost: string): unknown {
  const { image, args, env, labels, published, binds, user, hasTerminal, network } = request;
  const bindings = new Map<string, { readonly HostIp: string; readonly HostPort: string }[]>();
  for (const { address, port, inside } of published) {
    const key = `${inside}/tcp`;
    bindings.set(key, [...(bindings.get(key) ?? []), { HostIp: address, HostPort: String(port) }]);
  }
  return {
    Image: image,
    ...(args === undefined ? {} : { Cmd: args }),
    ...(user === undefined ? {} : { User: user }),
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: labels,
    Tty: hasTerminal,
    OpenStdin: hasTerminal,
    ExposedPorts: Object.fromEntries([...bindings.keys()].map((key) => [key, {}])),
    HostConfig: {
      PortBindings: Object.fromEntries(bindings),
      Binds: binds,
      // Podman gives it a name by itself; version 4 would write the word host-gateway in place of an address.
      ...(nameOfHost === DOCKER_HOST_NAME ? { ExtraHosts: [`${nameOfHost}:host-gateway`] } : {}),
      ...(network === undefined ? {} : { NetworkMode: network.name }),
    },
    ...(network === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [network.name]: { Aliases: [network.alias] } } } }),
  };
}

/** RFC 3339 → seconds with nanoseconds, as the engine reads them. */
function secondsOf(instant: string): string {
  const fraction = /\.(\d{1,9})/.exec(instant)?.[1] ?? '0';
  return `${Math.floor(Date.parse(instant) / 1000)}.${fraction.padEnd(9, '0')}`;
}
