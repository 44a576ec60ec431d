// The listeners of a port and its obstacles: facts from the system as plain data, and as a sentence.

import type { ContainerCard, Obstacle, OwnerCard } from './port-owner.ts';

const MOST_NAMES = 5;

export interface PortUse {
  readonly port: number;
  /** `udp`: all that is said here is of datagrams, and nobody listens by TCP. Absent for TCP. */
  readonly protocol?: 'udp';
  /** Addresses with a listener of any owner. */
  readonly addresses: readonly string[];
  /** Empty while `addresses` is not: the owner is hidden from us. */
  readonly owners: readonly OwnerCard[];
  /** The processes that take datagrams on it, when none listens by TCP. They do not block a TCP service. */
  readonly udp?: { readonly addresses: readonly string[]; readonly owners: readonly OwnerCard[] };
  /** The container behind the port; looked for when a container's front end has it, or nobody whom we can see. */
  readonly behind?: ContainerLookup;
  /** Looked for only where no owner is seen; absent when it was not asked for. */
  readonly obstacles?: readonly Obstacle[];
}

export type ContainerLookup =
  | { readonly container: ContainerCard }
  /** Why none was found: a clause without a full stop. */
  | { readonly container: undefined; readonly reason: string };

/** A port as a client sees it. */
export interface PortReport {
  readonly port: number;
  /** Empty when the port is free. */
  readonly owners: readonly OwnerCard[];
  /** True when something listens, even if its owner is hidden. */
  readonly inUse: boolean;
  /** Addresses with a listener of any owner. */
  readonly addresses: readonly string[];
  /** The container behind the port, when one was found. */
  readonly container: ContainerCard | null;
  /** The processes that take datagrams on it, when no process listens by TCP. */
  readonly udp?: { readonly addresses: readonly string[]; readonly owners: readonly OwnerCard[] };
}

/** Whether a service may have the port, as far as was looked. */
export function isFree({ addresses, obstacles = [] }: PortUse): boolean {
  return addresses.length === 0 && !obstacles.some(({ blocks }) => blocks);
}

/** The result of a look, for a client that asked about the port. */
export function portReport({ port, addresses, owners, behind, udp }: PortUse): PortReport {
  const report = { port, owners, inUse: addresses.length > 0, addresses, container: behind?.container ?? null };
  return udp === undefined ? report : { ...report, udp };
}

/** Nobody has the port; the kernel remembers closed connections and gives it back by itself, within a minute on Linux. */
export function isKeptBack({ addresses, obstacles = [] }: PortUse): boolean {
  const blocking = obstacles.filter(({ blocks }) => blocks);
  return addresses.length === 0 && blocking.length > 0 && blocking.every(({ kind }) => kind === 'time wait');
}

/** `node (pid 812), node (pid 813)`, and a count of the others when they are many. */
export function namesOf(processes: readonly { readonly pid: number; readonly name: string }[]): string {
  const names = processes.slice(0, MOST_NAMES).map(({ name, pid }) => `${name} (pid ${pid})`);
  const more = processes.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${more} more`;
}

/** Why a port that is not free is not, as a clause: `port 80 is taken by nginx (pid 812)`. */
export function whyNotFree({ port, protocol, addresses, owners, behind, obstacles = [] }: PortUse): string {
  const taken = `port ${port} is taken${protocol === 'udp' ? ' for UDP' : ''}`;
  if (behind?.container !== undefined) return `${taken} by the container ${behind.container.name}`;
  if (owners.length > 0) {
    return `${taken} by ${namesOf(owners)}`;
  }
  const obstacle = obstacles.find(({ blocks }) => blocks);
  if (obstacle === undefined) return `${taken} by a process that is hidden from us`;
  const clause = obstacle.message.charAt(0).toLowerCase() + obstacle.message.slice(1).replace(/\.$/, '');
  return addresses.length > 0 ? `${taken}: ${clause}` : clause;
}
