// A served FakeSession in a folder of its own, with clients that are cleaned up after each test.

import type { SessionRole } from '../../src/core/model/vocabulary.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { encodeFrame, FrameReader } from '../../src/ipc/frames.ts';
import { PROTOCOL } from '../../src/ipc/protocol.ts';
import { connectSession, type RemoteSession } from '../../src/ipc/remote-session.ts';
import { serveSession, type ServeOptions, type SessionServer } from '../../src/ipc/server.ts';
import { FakeSession } from '../fakes/fake-session.ts';

export interface Served {
  readonly socketPath: string;
  readonly session: FakeSession;
  readonly server: SessionServer;
  /** What the supervisor was told, in order: "clients screen,command", "gone screen goodbye", "bug …". */
  readonly told: readonly string[];
}

/** A folder for sockets, removed after the test. */
export function socketFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ipc-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function serveFake(
  session: FakeSession = new FakeSession(),
  overrides: Partial<ServeOptions> = {},
): Promise<Served> {
  const socketPath = overrides.socketPath ?? join(socketFolder(), 'shop.sock');
  const told: string[] = [];
  const server = await serveSession({
    socketPath,
    session,
    version: '1.2.3',
    mask: (text) => text,
    onClients: (clients) => told.push(`clients ${clients.map((client) => client.role).join(',')}`.trim()),
    onClientGone: ({ role, saidGoodbye }) => told.push(`gone ${role} ${saidGoodbye ? 'goodbye' : 'hang-up'}`),
    onBug: (error) => told.push(`bug ${String(error)}`),
    ...overrides,
  });
  onTestFinished(() => server.close());
  return { socketPath, session, server, told };
}

export async function connectTo(
  served: { readonly socketPath: string },
  role: SessionRole = 'command',
): Promise<RemoteSession> {
  const remote = await connectSession({ socketPath: served.socketPath, role, version: '1.2.3' });
  if (remote === undefined) throw new Error('nobody listens');
  onTestFinished(() => remote.close());
  return remote;
}

/** A client without manners: sends any bytes, and reads frames only when asked to. */
export class RawClient {
  readonly frames: Record<string, unknown>[] = [];
  readonly closed: Promise<void>;
  readonly socket: Socket;
  private readonly reader = new FrameReader(8 * 1024 * 1024);
  private onFrame: () => void = () => undefined;

  constructor(socketPath: string, options: { readonly reads?: boolean } = {}) {
    this.socket = connect(socketPath);
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
    this.socket.on('error', () => undefined);
    if (options.reads !== false) this.read();
    onTestFinished(() => {
      this.socket.destroy();
    });
  }

  read(): void {
    this.socket.on('data', (chunk) => {
      this.reader.push(chunk, (frame) => this.frames.push(frame as Record<string, unknown>));
      this.onFrame();
    });
  }

  send(...frames: readonly object[]): void {
    for (const frame of frames) this.socket.write(encodeFrame(frame));
  }

  hello(role: SessionRole = 'command', protocol = PROTOCOL): void {
    this.send({ hello: { protocol, version: '1.2.3', role } });
  }

  /** The first frame that passes, already here or still to come. */
  frame(test: (frame: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      let seen = 0;
      this.onFrame = () => {
        for (; seen < this.frames.length; seen += 1) {
          const frame = this.frames[seen];
          if (frame !== undefined && test(frame)) resolve(frame);
        }
      };
      this.onFrame();
      void this.closed.then(() => reject(new Error(`disconnected after ${this.frames.length} frames`)));
    });
  }
}
