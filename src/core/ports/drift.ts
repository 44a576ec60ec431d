// Judges where a service listens against the port that it was given: there, elsewhere because it moved by itself,
// elsewhere because it ignores its port, or as asked with a foreign process beside it.
// Left to others: looking (system), the line that would mend it (core/port-advice), and what follows from a verdict.
// Trap: programs open more ports than their own (debuggers, live reload, workers), often before their own. Those never
// count, and what is elsewhere counts only once it is seen in two looks.

import type { Listening } from '../session/snapshot.ts';

/** A listener of a process outside the service's tree; the pid is unknown when its owner is hidden from us. */
export interface ForeignListener {
  readonly address: string;
  readonly port: number;
  readonly pid: number | undefined;
}

export interface ListenerLook {
  /** The current port of the service. */
  readonly asked: number;
  /** Listeners of the service's tree, at this look and at the one before of the same run. */
  readonly now: readonly Listening[];
  readonly before: readonly Listening[];
  /** Listeners of all others; those on other ports than `asked` do not matter. */
  readonly foreign: readonly ForeignListener[];
  /** How long the run has been up. */
  readonly upMs: number;
}

export type ListenerVerdict =
  /** Nothing relevant listens, or not for long enough. Also while a server reloads. */
  | { readonly kind: 'not yet' }
  | { readonly kind: 'as asked' }
  /** It listened as asked, and since then nothing of it does, at two looks in a row: a reloader whose server is dead. */
  | { readonly kind: 'silent' }
  /** The socket is open in its processes, and none of them takes what arrives: its server has ended, the reloader has not. */
  | { readonly kind: 'deserted' }
  /** It found its port taken and took another by itself. */
  | { readonly kind: 'moved'; readonly from: number; readonly to: number }
  /** It could have had its port, and listens on these. */
  | { readonly kind: 'ignores its port'; readonly listening: readonly number[] }
  /** It listens as asked, and a foreign process listens where the same clients may arrive. */
  | { readonly kind: 'second listener'; readonly address: string; readonly pid: number | undefined };

/** Programs that look for a free port count upwards, and few give up later. */
const FARTHEST_MOVE = 20;
/** A service that still does not listen on its port after so long, but on another, did not read it. */
const IGNORES_AFTER_MS = 5_000;

/** Ports of helpers, from the documentation of: debugpy, delve, JDWP, JMX, Xdebug, LiveReload, Vite's HMR, Bun's inspector. */
const SIDE_PORTS = new Set([5678, 2345, 5005, 1099, 9003, 35_729, 24_678, 6499]);
/** Node's inspector and Chrome's: each further process takes the next. */
const INSPECTORS = { from: 9222, to: 9249 };
/** Kernels pick ports from here on (Linux 32768, macOS 49152): workers talk to each other there. */
const FIRST_EPHEMERAL = 32_768;

/** What the listeners say at this look. Verdicts last as long as their cause: ask again at each look. */
export function judgeListeners(look: ListenerLook): ListenerVerdict {
  const { asked, now, before, foreign, upMs } = look;
  if (now.some(({ port }) => port === asked)) {
    const stranger = foreign.find((other) => other.port === asked && sharesClients(other, now, asked));
    if (stranger === undefined) return { kind: 'as asked' };
    return { kind: 'second listener', address: stranger.address, pid: stranger.pid };
  }
  const listening = ownPorts(look).filter((port) => before.some((earlier) => earlier.port === port));
  if (listening.length === 0) return { kind: 'not yet' };
  const to = movedTo(look, listening);
  if (to !== undefined) return { kind: 'moved', from: asked, to };
  return upMs < IGNORES_AFTER_MS ? { kind: 'not yet' } : { kind: 'ignores its port', listening };
}

/** The one port that a service took in place of its own: any one, if a foreign process has its own; else a near one. */
function movedTo({ asked, foreign }: ListenerLook, listening: readonly number[]): number | undefined {
  const near = listening.filter((port) => port > asked && port <= asked + FARTHEST_MOVE);
  if (near.length === 1) return near[0];
  const hadToMove = foreign.some(({ port }) => port === asked);
  return hadToMove && listening.length === 1 ? listening[0] : undefined;
}

/** The ports on which the service itself may be meant to be reached, ascending. */
function ownPorts({ asked, now }: ListenerLook): number[] {
  const own = now.filter(({ port, address }) => {
    const isInspector = port >= INSPECTORS.from && port <= INSPECTORS.to;
    const isWorker = asked < FIRST_EPHEMERAL && port >= FIRST_EPHEMERAL && isLoopback(address);
    return !isInspector && !isWorker && !SIDE_PORTS.has(port);
  });
  return [...new Set(own.map(({ port }) => port))].sort((a, b) => a - b);
}

/** Whether a client of this machine, or of an address that both have, may reach the one or the other. */
function sharesClients(other: ForeignListener, now: readonly Listening[], asked: number): boolean {
  if (isLoopback(other.address) || isWildcard(other.address)) return true;
  return now.some(({ address, port }) => port === asked && address === other.address);
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./i.test(address);
}

function isWildcard(address: string): boolean {
  return address === '::' || /^(?:::ffff:)?0\.0\.0\.0$/i.test(address);
}
