// Offers a session on a private Unix socket, no TCP, and keeps it where clients find it for as long as the session lives.
// The supervisor decides which client keeps a session alive, and what a hang-up means.

import type { SessionRole } from '../core/model/vocabulary.ts';
import type { Server } from 'node:net';
import { dirname } from 'node:path';
import type { Session, SessionEvent } from '../core/session/session.ts';
import { makePrivate } from '../system/state/runtime-dir.ts';
import { encodeFrame } from './frames.ts';
import { type Admission, Peer } from './peer.ts';
import type { Hello } from './protocol.ts';
import { listenAt, removeSocket, whyLost } from './private-socket.ts';

const MAX_CLIENTS = 256;
const GOODBYE_LIMIT_MS = 1_000;

export interface ServeOptions {
  /** At most 100 bytes. Its folder exists, is ours, and has mode 0700. */
  readonly socketPath: string;
  /** Where else it may listen, best first, once the socket is lost. Asked again each time. Only `socketPath` unless given. */
  readonly otherPaths?: () => Iterable<string>;
  readonly session: Session;
  /** The session as this client may use it; the same for all unless given. */
  readonly admit?: (hello: Hello) => Admission;
  readonly version: string;
  /** For errors, which may quote a config or a command. Answers and events come masked from the session. */
  readonly mask: (text: string) => string;
  /** All clients that have said hello, whenever one comes or goes. */
  readonly onClients: (clients: readonly { readonly role: SessionRole }[]) => void;
  /** Called after `onClients`. Without a goodbye (detach or shutdown) it is a hang-up. */
  readonly onClientGone: (client: { readonly role: SessionRole; readonly saidGoodbye: boolean }) => void;
  /** The socket was lost, and the session listens again, at the same path or elsewhere. */
  readonly onRestored?: (socket: { readonly path: string; readonly why: string }) => void;
  /** The socket was lost, and the session cannot listen anywhere. It tries again. Called once for a loss. */
  readonly onLost?: (why: string) => void;
  /** An unexpected error; the client has been notified. */
  readonly onBug: (error: unknown) => void;
}

export interface SessionServer {
  /**
   * Looks whether clients still find the socket, and makes it again if not. For the timer that looks after all that the
   * session keeps: one of its own would wake the machine once more. Resolves when that is done.
   */
  check(): Promise<void>;
  /** Sends what is queued to each client, ends the connections, and removes the socket if it is still ours. */
  close(): Promise<void>;
}

/**
 * Listens from the moment the promise resolves. A socket that is lost later (its folder was removed, replaced, or opened to
 * others) is made again by the next `check`, elsewhere if it must be; clients that are connected do not notice.
 * @throws DevError `permission` when something at the path is not a socket of ours
 */
export async function serveSession(options: ServeOptions): Promise<SessionServer> {
  const { socketPath, otherPaths = () => [] } = options;
  const clients = new ConnectedClients(options);
  const listen = (path: string) => listenAt(path, (server) => clients.accept(server));
  let socket = await listen(socketPath);
  let isRestoring = false;
  let isLost = false;
  let isClosed = false;

  async function restore(why: string): Promise<void> {
    const refusals: string[] = [];
    for (const path of [socketPath, ...otherPaths()]) {
      try {
        makePrivate(dirname(path));
        const restored = await listen(path);
        const lost = socket;
        socket = restored;
        lost.server.close();
        if (isClosed) restored.server.close(() => removeSocket(restored));
        isLost = false;
        options.onRestored?.({ path, why });
        return;
      } catch (error) {
        // The next folder may do. What keeps one from being used is not our doing, and may be over the next time.
        refusals.push(String(error));
      }
    }
    if (!isLost) options.onLost?.([why, ...refusals].join('; '));
    isLost = true;
  }

  return {
    async check() {
      const why = whyLost(socket);
      if (why === undefined || isRestoring) return;
      isRestoring = true;
      await restore(why).catch(options.onBug);
      isRestoring = false;
    },
    async close() {
      isClosed = true;
      removeSocket(socket);
      const closed = new Promise((resolve) => socket.server.close(resolve));
      // One turn of the loop for answers that are being written: that to the shutdown which led here.
      await new Promise(setImmediate);
      clients.end();
      await closed;
    },
  };
}

/** The connected clients, and one subscription to the session for all of them. */
class ConnectedClients {
  private readonly peers = new Set<Peer>();
  private unsubscribe: (() => void) | undefined;
  private readonly options: ServeOptions;

  constructor(options: ServeOptions) {
    this.options = options;
  }

  accept(server: Server): void {
    server.maxConnections = MAX_CLIENTS;
    // Too many open files and the like: this client is lost, the server is not.
    server.on('error', this.options.onBug);
    server.on('connection', (socket) => {
      this.peers.add(
        new Peer(socket, {
          admit: this.options.admit ?? (() => ({ session: this.options.session, leave: () => undefined })),
          version: this.options.version,
          mask: this.options.mask,
          onBug: this.options.onBug,
          onHello: () => this.options.onClients(this.present()),
          onSubscribe: () => {
            this.unsubscribe ??= this.options.session.subscribe((event) => this.broadcast(event));
          },
          onClose: (peer) => this.forget(peer),
        }),
      );
    });
  }

  end(): void {
    this.unsubscribe?.();
    for (const peer of this.peers) peer.end(GOODBYE_LIMIT_MS);
  }

  private broadcast(event: SessionEvent): void {
    const frame = encodeFrame({ event });
    for (const peer of this.peers) peer.push(event, frame);
  }

  private forget(peer: Peer): void {
    this.peers.delete(peer);
    if (![...this.peers].some((other) => other.isSubscribed)) {
      this.unsubscribe?.();
      this.unsubscribe = undefined;
    }
    if (peer.role === undefined) return;
    this.options.onClients(this.present());
    this.options.onClientGone({ role: peer.role, saidGoodbye: peer.saidGoodbye });
  }

  private present(): { readonly role: SessionRole }[] {
    return [...this.peers].flatMap(({ role }) => (role === undefined ? [] : [{ role }]));
  }
}
