// One client as the server sees it: its hello, its requests, and how much may wait for it.
// A client that reads slowly costs at most MAX_QUEUED_BYTES and a frame: its events are dropped and replaced by
// the newest state once it has caught up, and its requests wait. Answers are never dropped.
// A frame that cannot be read ends this client and no other.

import type { SessionRole } from '../core/model/vocabulary.ts';
import type { Socket } from 'node:net';
import type { FoldedNext, Session, SessionEvent } from '../core/session/session.ts';
import { DevError, EXIT } from '../errors.ts';
import { encodeFrame, FrameError, FrameReader } from './frames.ts';
import { callMethod } from './methods.ts';
import { isTerminalMethod, PeerTerminals } from './peer-terminals.ts';
import {
  ANSWER_LIMIT_MS,
  MAX_CLIENT_FRAME_BYTES,
  MAX_SERVER_FRAME_BYTES,
  PROTOCOL,
  parseHello,
  parseRequest,
  toWireError,
  type Hello,
  type Request,
  type ServerFrame,
  type WireError,
} from './protocol.ts';

const MAX_QUEUED_BYTES = 1024 * 1024;
const MAX_UNANSWERED = 32;

/** What events would have told while they were dropped. */
interface Missed {
  services: boolean;
  readonly logs: Record<string, number>;
  folded: FoldedNext;
}

/** A client's own session; `leave` when its connection is over. */
export interface Admission {
  readonly session: Session;
  leave(): void;
}

export interface PeerHost {
  /** What this client may ask for; asked once, with its hello. */
  readonly admit: (hello: Hello) => Admission;
  readonly version: string;
  readonly mask: (text: string) => string;
  onHello(peer: Peer): void;
  onSubscribe(): void;
  onClose(peer: Peer): void;
  /** An unexpected error, thrown by the session. */
  onBug(error: unknown): void;
}

export class Peer {
  /** Undefined before the hello. */
  role: SessionRole | undefined;
  /** True once the client detached or ended the session: what follows is not a hang-up. */
  saidGoodbye = false;
  isSubscribed = false;
  private readonly reader = new FrameReader(MAX_CLIENT_FRAME_BYTES);
  private readonly waiting: Request[] = [];
  private unanswered = 0;
  private refusal: DevError | undefined;
  private missed: Missed | undefined;
  private isCatchingUp = false;
  private readonly helloLimit: NodeJS.Timeout;
  private admission: Admission | undefined;
  private terminals: PeerTerminals | undefined;
  private readonly socket: Socket;
  private readonly host: PeerHost;

  constructor(socket: Socket, host: PeerHost) {
    this.socket = socket;
    this.host = host;
    // When this process is late, the hello is unread: it is read before the limit counts.
    this.helloLimit = setTimeout(() => setImmediate(() => this.requireHello()), ANSWER_LIMIT_MS);
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('drain', () => {
      this.serveWaiting();
      this.terminals?.catchUp();
      void this.catchUp();
    });
    // A client that died in the middle of an answer; 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(this.helloLimit);
      this.waiting.length = 0;
      this.terminals?.close();
      this.admission?.leave();
      host.onClose(this);
    });
  }

  /** @param frame the event encoded, once for all clients */
  push(event: SessionEvent, frame: Buffer): void {
    if (!this.isSubscribed) return;
    if (event.type === 'ended') {
      this.isSubscribed = false;
      this.write(frame);
      return;
    }
    if (this.missed === undefined && this.socket.writableLength <= MAX_QUEUED_BYTES) {
      this.write(frame);
      return;
    }
    this.missed ??= nothingMissed();
    if (event.type === 'services') this.missed.services = true;
    else {
      Object.assign(this.missed.logs, event.next);
      this.missed.folded = { ...this.missed.folded, ...event.folded };
    }
  }

  /** Sends what is queued and then ends the connection, `limitMs` from now at the latest. */
  end(limitMs: number): void {
    const limit = setTimeout(() => this.socket.destroy(), limitMs);
    this.socket.on('close', () => clearTimeout(limit));
    this.socket.end();
  }

  private requireHello(): void {
    if (this.role === undefined) this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    try {
      this.reader.push(chunk, (frame) => this.accept(frame));
      this.serveWaiting();
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.socket.destroy();
    }
  }

  private accept(frame: unknown): void {
    if (this.role === undefined) {
      const hello = parseHello(frame);
      if (hello === undefined) throw new FrameError('the first frame is no hello');
      this.greet(hello);
      return;
    }
    const request = parseRequest(frame);
    if (request === undefined) throw new FrameError('a frame is no request');
    this.waiting.push(request);
  }

  private greet(hello: Hello): void {
    const { protocol, version, role } = hello;
    clearTimeout(this.helloLimit);
    this.role = role;
    this.admission = this.host.admit(hello);
    this.terminals = new PeerTerminals({
      session: this.admission.session,
      send: (frame) => this.send(frame),
      isBehind: () => this.socket.writableLength > MAX_QUEUED_BYTES,
    });
    if (protocol === PROTOCOL) {
      this.send({ welcome: { protocol: PROTOCOL, version: this.host.version, pid: process.pid } });
    } else {
      this.refusal = new DevError({
        code: 'version_mismatch',
        exitCode: EXIT.conflict,
        message:
          `The running session (pid ${process.pid}) is of devdeck ${this.host.version} and speaks protocol ${PROTOCOL}; ` +
          `this is devdeck ${version}, which speaks protocol ${protocol}.`,
        hint: './dev stop, then ./dev',
      });
      this.send({ refused: toWireError(this.refusal) });
    }
    this.host.onHello(this);
  }

  /** Takes up requests in order, as long as their answers do not pile up; beyond that the client has to wait. */
  private serveWaiting(): void {
    while (this.unanswered < MAX_UNANSWERED && this.socket.writableLength <= MAX_QUEUED_BYTES) {
      const request = this.waiting.shift();
      if (request === undefined) break;
      void this.answer(request);
    }
    if (this.waiting.length > 0) this.socket.pause();
    else this.socket.resume();
  }

  private async answer({ id, method, params }: Request): Promise<void> {
    this.unanswered += 1;
    try {
      this.sendResult(id, method, await this.perform(method, params));
    } catch (error) {
      if (!(error instanceof DevError)) this.host.onBug(error);
      this.send({ id, error: this.masked(toWireError(error)) });
    } finally {
      this.unanswered -= 1;
      this.serveWaiting();
    }
  }

  private masked({ message, hint, ...error }: WireError): WireError {
    const { mask } = this.host;
    return { ...error, message: mask(message), hint: hint === null ? null : mask(hint) };
  }

  private async perform(method: string, params: readonly unknown[]): Promise<unknown> {
    const { admission, terminals } = this;
    // Requests are read only behind a hello.
    if (admission === undefined || terminals === undefined) return null;
    if (this.refusal !== undefined && method !== 'shutdown') throw this.refusal;
    if (method === 'subscribe') {
      this.isSubscribed = true;
      this.host.onSubscribe();
      return null;
    }
    if (isTerminalMethod(method)) return (await terminals.call(method, params)) ?? null;
    if (method === 'detach' || method === 'shutdown') this.saidGoodbye = true;
    return (await callMethod(admission.session, method, params)) ?? null;
  }

  private sendResult(id: number, method: string, result: unknown): void {
    const frame = encodeFrame({ id, result });
    if (frame.length > MAX_SERVER_FRAME_BYTES) throw tooLong(method, frame.length);
    this.write(frame);
  }

  /** Replaces the events that were dropped by the state of now. Drops more meanwhile, so that nothing old comes last. */
  private async catchUp(): Promise<void> {
    const { admission } = this;
    if (this.isCatchingUp || admission === undefined) return;
    this.isCatchingUp = true;
    try {
      while (this.missed !== undefined && this.socket.writableLength <= MAX_QUEUED_BYTES) {
        const { services, logs, folded } = this.missed;
        this.missed = nothingMissed();
        if (services) {
          const snapshot = await admission.session.snapshot();
          if (!this.isSubscribed) return;
          const names = snapshot.services.map(({ name }) => name);
          this.send({ event: { type: 'services', services: snapshot.services, session: snapshot.session, names } });
        }
        if (Object.keys(logs).length > 0) this.send({ event: { type: 'logs', next: logs, folded } });
        if (!this.missed.services && Object.keys(this.missed.logs).length === 0) this.missed = undefined;
      }
    } catch (error) {
      this.missed = undefined;
      this.host.onBug(error);
    } finally {
      this.isCatchingUp = false;
    }
  }

  private send(frame: ServerFrame): void {
    this.write(encodeFrame(frame));
  }

  private write(bytes: Buffer): void {
    if (this.socket.writable) this.socket.write(bytes);
  }
}

function nothingMissed(): Missed {
  return { services: false, logs: Object.create(null) as Record<string, number>, folded: {} };
}

function tooLong(method: string, bytes: number): DevError {
  const [size, most] = [bytes, MAX_SERVER_FRAME_BYTES].map((count) => `${Math.ceil(count / 1024 / 1024)} MiB`);
  return new DevError({
    code: 'refused',
    exitCode: EXIT.notReady,
    message: `The answer to ${method} has ${size}, and the session sends at most ${most}.`,
  });
}
