// Why a port cannot be used, or not by everybody, although no visible process listens on it: a sentence about the
// obstacle, and what to do. Ports.use reports the listeners; this explains the other obstacles. Trap: TIME_WAIT is
// ignored only if both the old and the new socket set SO_REUSEADDR (Node does, a plain Python socket does not). Our
// bind may work where another server's fails, so the obstacle is reported even then.

import type { Obstacle } from '../../core/model/port-owner.ts';
import { isIP } from 'node:net';
import type { PortUse } from '../../core/model/port-facts.ts';
import { tryBind, type BindResult } from './bind-test.ts';
import type { ObstacleFacts, SocketReader } from '../platform.ts';

/** What keeps a service from the port, blocking obstacles first. Binds the port for a moment when no process listens. */
export async function portObstacles(
  use: PortUse,
  { sockets, host }: { readonly sockets: SocketReader; readonly host: string | undefined },
): Promise<Obstacle[]> {
  const bind = use.addresses.length > 0 ? 'taken' : await tryBind(use.port, addressesOf(host));
  return judgeObstacles(use, bind, sockets.obstacleFacts(use.port));
}

/** @param facts undefined where the system tells no more than the result of the bind */
export function judgeObstacles(use: PortUse, bind: BindResult, facts: ObstacleFacts | undefined): Obstacle[] {
  const { port } = use;
  if (use.addresses.length > 0) return use.owners.length > 0 ? [] : [hidden(use, facts)];
  const found: Obstacle[] = [];
  if (facts !== undefined && port < facts.unprivilegedFrom && !facts.isPrivileged) {
    found.push(privileged(port, facts.unprivilegedFrom));
  } else if (bind === 'not permitted') {
    found.push(forbidden(port));
  }
  if (bind === 'taken') found.push(facts === undefined ? bound(port) : taken(port, facts));
  else if (facts?.timeWaitMs !== undefined) found.push(harmlessTimeWait(port, facts.timeWaitMs));
  if (facts?.isReserved === true) found.push(reserved(port));
  return found;
}

function taken(port: number, facts: ObstacleFacts): Obstacle {
  const connection = facts.connections[0];
  if (connection !== undefined) return outgoing(port, connection, facts.ephemeral);
  return facts.timeWaitMs === undefined ? bound(port) : blockingTimeWait(port, facts.timeWaitMs);
}

function hidden({ port, addresses }: PortUse, facts: ObstacleFacts | undefined): Obstacle {
  const where = addresses.join(' and ');
  const stranger = facts?.hiddenUids.find((uid) => uid !== facts.ourUid);
  if (facts === undefined || (stranger !== undefined && facts.ourUid !== 0)) {
    const whose = stranger === undefined ? 'another user' : stranger === 0 ? 'root' : `the user with uid ${stranger}`;
    return {
      kind: 'hidden',
      blocks: true,
      message: `A process of ${whose} listens on ${where}, which this user may not inspect.`,
      wayOut: `Take another port, or look up the owner: sudo ${facts === undefined ? `lsof -nP -iTCP:${port} -sTCP:LISTEN` : `ss -ltnp "sport = :${port}"`}`,
    };
  }
  return {
    kind: 'hidden',
    blocks: true,
    message: `A process outside of this container, or in another one, listens on ${where}: it has no pid here.`,
    wayOut: `Take another port, or look from the machine itself: sudo ss -ltnp "sport = :${port}"`,
  };
}

function privileged(port: number, unprivilegedFrom: number): Obstacle {
  return {
    kind: 'privileged',
    blocks: true,
    message: `Port ${port} is privileged: this user may listen on ${unprivilegedFrom} and above only.`,
    wayOut: `Take a port from ${unprivilegedFrom} up, or allow it until the next boot: sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}`,
  };
}

function forbidden(port: number): Obstacle {
  return {
    kind: 'forbidden',
    blocks: true,
    message: `The system does not let this user listen on port ${port}, although nothing uses it: a policy such as SELinux or a sandbox forbids it.`,
    wayOut: 'Take another port.',
  };
}

function outgoing(
  port: number,
  { remote, program }: ObstacleFacts['connections'][number],
  { from, to }: ObstacleFacts['ephemeral'],
): Obstacle {
  const who = program === undefined ? 'a process hidden from this user' : `${program.name} (pid ${program.pid})`;
  const isLent = port >= from && port <= to;
  const why = isLent ? `; the system lends the ports ${from}–${to} to such connections` : '';
  return {
    kind: 'outgoing',
    blocks: true,
    message: `Port ${port} is the local end of a connection from ${who} to ${remote}${why}.`,
    wayOut: isLent
      ? `It is free when that connection ends: try again, or take a port outside of ${from}–${to}.`
      : 'It is free when that connection ends: try again, or take another port.',
  };
}

function bound(port: number): Obstacle {
  return {
    kind: 'bound',
    blocks: true,
    message: `A program has bound port ${port} without listening on it, so the system does not say which one.`,
    wayOut: 'Try again in case it is just starting or ending, or take another port.',
  };
}

function blockingTimeWait(port: number, timeWaitMs: number): Obstacle {
  return {
    kind: 'time wait',
    blocks: true,
    message: `Connections of port ${port} were closed just now, and the system holds it for ${inSeconds(timeWaitMs)} more.`,
    wayOut: `Try again in ${inSeconds(timeWaitMs)}, or take another port.`,
  };
}

function harmlessTimeWait(port: number, timeWaitMs: number): Obstacle {
  return {
    kind: 'time wait',
    blocks: false,
    message: `Connections of port ${port} were closed just now; a server that does not set SO_REUSEADDR cannot use it for ${inSeconds(timeWaitMs)} more.`,
    wayOut: `Most servers set it and start at once; for others, try again in ${inSeconds(timeWaitMs)}.`,
  };
}

function reserved(port: number): Obstacle {
  return {
    kind: 'reserved',
    blocks: false,
    message: `The administrator has reserved port ${port} for a program (net.ipv4.ip_local_reserved_ports).`,
    wayOut: 'It works as long as that program does not run; another port is safer.',
  };
}

function inSeconds(durationMs: number): string {
  return `${Math.max(1, Math.ceil(durationMs / 1000))} s`;
}

function addressesOf(host: string | undefined): readonly string[] | undefined {
  if (host === 'localhost') return ['127.0.0.1', '::1'];
  return host !== undefined && isIP(host) !== 0 ? [host] : undefined;
}
