// One connection to a supervisor: says hello, pairs answers with requests, and notices a missing answer.
// Trap: the first request goes out right after the hello, so a refusal reaches the caller of that request.

import type { ClientClaim } from '../core/model/actor.ts';
import type { SessionRole } from '../core/model/vocabulary.ts';
import { lstatSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { SessionEvent } from '../core/session/session.ts';
import { DevError, EXIT } from '../errors.ts';
import { pathProblem, privacyProblem } from '../system/state/private-folder.ts';
import { notPrivate } from '../system/state/runtime-dir.ts';
import { encodeFrame, FrameError, FrameReader } from './frames.ts';
import {
  ANSWER_LIMIT_MS,
  fromWireError,
  MAX_CLIENT_FRAME_BYTES,
  MAX_SERVER_FRAME_BYTES,
  parseServerFrame,
  PROTOCOL,
  type ServerFrame,
  type Welcome,
  type WireTerminalEvent,
} from './protocol.ts';

export interface ConnectOptions {
  readonly socketPath: string;
  readonly role: SessionRole;
  /** The description of the client for the session. */
  readonly client?: ClientClaim;
  /** Of this devdeck. */
  readonly version: string;
  /** `end`: only `shutdown` will be called, which a session of every other version understands as well. */
  readonly purpose?: 'use' | 'end';
  /** The expected listener, for the message without an answer. */
  readonly findPid?: () => Promise<number | undefined>;
  /** How long the supervisor may be silent while an answer is due; 4 s unless given. */
  readonly answerLimitMs?: number;
}

/**
 * Undefined when no supervisor listens: no socket, or one of a dead supervisor. Does not wait for the answer to the hello.
 * @throws DevError `permission` when the socket may be somebody else's, `session_unreachable` when it cannot be opened
 */
export async function openConnection(options: ConnectOptions): Promise<Connection | undefined> {
  if (!isOwnSocket(options.socketPath)) return undefined;
  const socket = await openSocket(options.socketPath);
  return socket === undefined ? undefined : new Connection(socket, options);
}

export interface ConnectionHandlers {
  onEvent(event: SessionEvent): void;
  onTerminal(terminal: number, said: WireTerminalEvent): void;
  /** Once, unless `close` was called. No answer and no event follows. */
  onBroken(): void;
}

interface PendingRequest {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: DevError) => void;
}

export class Connection {
  /** Resolves when the supervisor has accepted us. */
  readonly welcome: Promise<Welcome>;
  private readonly socket: Socket;
  private readonly options: ConnectOptions;
  private readonly answerLimitMs: number;
  private readonly reader = new FrameReader(MAX_SERVER_FRAME_BYTES);
  private readonly pending = new Map<number, PendingRequest>();
  private handlers: ConnectionHandlers | undefined;
  private nextId = 1;
  private failure: DevError | undefined;
  private pid: number | undefined;
  private isGreeted = false;
  private heard = false;
  private silence: NodeJS.Timeout | undefined;
  private isPinged = false;
  private readonly settleWelcome: { resolve: (welcome: Welcome) => void; reject: (error: DevError) => void };

  constructor(socket: Socket, options: ConnectOptions) {
    this.socket = socket;
    this.options = options;
    this.answerLimitMs = options.answerLimitMs ?? ANSWER_LIMIT_MS;
    const { promise, resolve, reject } = Promise.withResolvers<Welcome>();
    this.welcome = promise;
    this.settleWelcome = { resolve, reject };
    // The caller of a method gets the failure there; the welcome need not be awaited.
    this.welcome.catch(() => undefined);
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.fail(this.brokenOff()));
    const { version, role, client } = options;
    socket.write(encodeFrame({ hello: { protocol: PROTOCOL, version, role, client } }));
    this.watchSilence();
  }

  handle(handlers: ConnectionHandlers): void {
    this.handlers = handlers;
  }

  request(method: string, params: readonly unknown[]): Promise<unknown> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const id = this.nextId;
    const frame = encodeFrame({ id, method, params });
    if (frame.length > MAX_CLIENT_FRAME_BYTES) return Promise.reject(tooLong(method, frame.length));
    this.nextId += 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.pending.set(id, { resolve, reject });
    this.socket.write(frame);
    this.watchSilence();
    return promise;
  }

  close(): void {
    this.handlers = undefined;
    this.fail(
      new DevError({
        code: 'session_unreachable',
        exitCode: EXIT.noSession,
        message: 'The connection to the session was closed before the answer came.',
      }),
    );
  }

  private receive(chunk: Buffer): void {
    this.heard = true;
    try {
      this.reader.push(chunk, (frame) => {
        const known = parseServerFrame(frame);
        if (known !== undefined) this.accept(known);
      });
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.fail(this.brokenOff(error));
    }
  }

  private accept(frame: ServerFrame): void {
    if (this.failure !== undefined) return;
    if ('event' in frame) {
      this.handlers?.onEvent(frame.event);
    } else if ('terminal' in frame) {
      this.handlers?.onTerminal(frame.terminal, frame.said);
    } else if ('welcome' in frame) {
      this.isGreeted = true;
      this.pid = frame.welcome.pid;
      this.settleWelcome.resolve(frame.welcome);
    } else if ('refused' in frame) {
      this.isGreeted = true;
      const refusal = fromWireError(frame.refused);
      this.settleWelcome.reject(refusal);
      if (this.options.purpose !== 'end') this.fail(refusal);
    } else {
      this.settle(frame);
    }
  }

  private settle(frame: Extract<ServerFrame, { readonly id: number }>): void {
    const request = this.pending.get(frame.id);
    this.pending.delete(frame.id);
    if ('error' in frame) request?.reject(fromWireError(frame.error));
    else request?.resolve(frame.result);
  }

  /**
   * As long as an answer is due, the supervisor must be heard within the limit: half of it goes by in silence, then it is
   * asked for a sign of life. A slow answer (a stop within its grace period) is thus no failure, a supervisor that hangs is one.
   */
  private watchSilence(): void {
    if (this.silence !== undefined || this.failure !== undefined) return;
    if (this.isGreeted && this.pending.size === 0) return;
    this.heard = false;
    this.silence = setTimeout(() => {
      // What arrived while this process was stopped is read first.
      setImmediate(() => void this.judgeSilence());
    }, this.answerLimitMs / 2);
  }

  private async judgeSilence(): Promise<void> {
    this.silence = undefined;
    if (this.failure !== undefined) return;
    if (!this.heard && this.isPinged) {
      const pid = this.pid ?? (await this.options.findPid?.());
      this.fail(silent(pid, this.answerLimitMs));
      return;
    }
    this.isPinged = !this.heard;
    // An unknown method is answered at once by every version, and does nothing.
    if (this.isPinged && this.isGreeted) this.socket.write(encodeFrame({ id: 0, method: 'ping', params: [] }));
    this.watchSilence();
  }

  private fail(error: DevError): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    clearTimeout(this.silence);
    this.socket.destroy();
    this.settleWelcome.reject(error);
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
    this.handlers?.onBroken();
  }

  private brokenOff(cause?: unknown): DevError {
    const who = this.pid === undefined ? 'The session' : `The session (pid ${this.pid})`;
    return new DevError({
      code: 'session_unreachable',
      exitCode: EXIT.noSession,
      message: `${who} ended or closed the connection.`,
      hint: this.isGreeted
        ? './dev status shows whether it still runs, ./dev starts it again'
        : 'try again; a supervisor with too many open files accepts no connection: .devdeck/supervisor.log says so',
      cause,
    });
  }
}

/**
 * Before each connect: a foreign listener could answer anything, and would get everything that a person types.
 * See private-folder for why the owner of the file proves the listener.
 */
function isOwnSocket(socketPath: string): boolean {
  const folder = dirname(socketPath);
  const problem = privacyProblem(folder) ?? pathProblem(folder);
  if (problem !== undefined) throw notPrivate(problem);
  const found = lstatSync(socketPath, { throwIfNoEntry: false });
  if (found === undefined || !found.isSocket()) return false;
  if (found.uid === process.getuid?.()) return true;
  throw new DevError({
    code: 'permission',
    exitCode: EXIT.noSession,
    message: `The socket ${socketPath} belongs to user ${found.uid}, so the session is not yours.`,
    hint: `have it removed: ls -l ${socketPath}`,
  });
}

function openSocket(socketPath: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const onError = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(cannotOpen(socketPath, error));
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

function cannotOpen(socketPath: string, cause: NodeJS.ErrnoException): DevError {
  const isForbidden = cause.code === 'EACCES' || cause.code === 'EPERM';
  return new DevError({
    code: isForbidden ? 'permission' : 'session_unreachable',
    exitCode: EXIT.noSession,
    message: `Cannot connect to the session at ${socketPath}: ${cause.code ?? cause.message}.`,
    hint: isForbidden ? `it belongs to another user: ls -l ${socketPath}` : 'try again in a moment',
    cause,
  });
}

function silent(pid: number | undefined, limitMs: number): DevError {
  const whose = pid === undefined ? 'The session' : `The session of pid ${pid}`;
  return new DevError({
    code: 'session_unreachable',
    exitCode: EXIT.timeout,
    message: `${whose} does not answer: no reply for ${limitMs / 1000} s.`,
    hint: 'try again; if that does not help, ./dev stop --force kills it and its processes',
  });
}

function tooLong(method: string, bytes: number): DevError {
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `The arguments of ${method} take ${bytes} bytes; the session accepts ${MAX_CLIENT_FRAME_BYTES}.`,
    hint: 'name fewer services at once',
  });
}
