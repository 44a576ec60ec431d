// Finds a port for a service that must move. The kernel's table shows which ones are worth a try.

import { readFileSync } from 'node:fs';
import getPort, { clearLockedPorts, portNumbers } from 'get-port';

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Where to look once the service's own range is used up: below the ephemeral range of every common system. */
const ANYWHERE: PortRange = { from: 10_000, to: 32_767 };

/** Linux' default, and near enough elsewhere. */
const USUAL_EPHEMERAL: PortRange = { from: 32_768, to: 60_999 };

/** See `Ports.nextFree`. `listening` are the ports with a listener on any address. */
export async function nextFreePort(
  wanted: number,
  range: PortRange,
  unavailable: {
    readonly taken: ReadonlySet<number>;
    readonly listening: ReadonlySet<number>;
    /** Whether this user may listen there at all. */
    readonly mayListen: (port: number) => boolean;
  },
): Promise<number> {
  const { taken, listening, mayListen } = unavailable;
  const isOpen = (port: number) => !taken.has(port) && !listening.has(port) && mayListen(port);
  for (const port of candidates(wanted, range)) {
    if (isOpen(port)) return port;
  }
  return anyPort(isOpen, [...unavailable.taken, ...unavailable.listening]);
}

/** Ports to try one after the other: as `nextFreePort` prefers them, then any that no system lends out. */
export function* portCandidates(wanted: number, range: PortRange): Generator<number> {
  yield* candidates(wanted, range);
  yield* portNumbers(ANYWHERE.from, ANYWHERE.to);
}

/** `wanted`, then upward from it and around; what the system may lend to outgoing connections comes last. */
function candidates(wanted: number, { from, to }: PortRange): number[] {
  const ephemeral = ephemeralRange();
  const inRange = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  const around = [...inRange.filter((port) => port > wanted), ...inRange.filter((port) => port < wanted)];
  const isLent = (port: number) => port >= ephemeral.from && port <= ephemeral.to;
  return [wanted, ...around.filter((port) => !isLent(port)), ...around.filter(isLent)];
}

/**
 * get-port tests each port on every local address. It remembers for a while what it gave and would not give it twice;
 * asked twice, we want the same answer, so it is told to forget.
 */
async function anyPort(isOpen: (port: number) => boolean, exclude: readonly number[]): Promise<number> {
  for (;;) {
    clearLockedPorts();
    const port = await getPort({ port: portNumbers(ANYWHERE.from, ANYWHERE.to), exclude });
    if (isOpen(port)) return port;
  }
}

function ephemeralRange(): PortRange {
  try {
    const [from, to] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
    return from !== undefined && to !== undefined ? { from, to } : USUAL_EPHEMERAL;
  } catch {
    return USUAL_EPHEMERAL;
  }
}
