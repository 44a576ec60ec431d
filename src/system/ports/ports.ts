// The owners of a port, whether it is free, the next free one, and freeing it: the Ports of system.ts.
// Puts the parts together.

import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import { tryBind } from './bind-test.ts';
import { nextFreePort, portCandidates } from './free-port.ts';
import { ownerCards } from './owner-card.ts';
import { portObstacles } from './port-obstacles.ts';
import type { Listener, Platform } from '../platform.ts';
import type { OwnerContext, Ports, PortUse } from '../system.ts';

const ENDING_OWNER_MS = 1_000;
const ENDING_OWNER_LOOK_MS = 20;

/** @param options.engineSockets replaces where Docker and Podman usually listen */
export function createPorts(
  platform: Platform,
  { engineSockets }: { readonly engineSockets?: readonly string[] } = {},
): Ports {
  const { sockets } = platform;

  const look = async (port: number, context: OwnerContext): Promise<PortUse> => {
    const listeners = await sockets.listeners(port);
    const addresses = listeners.filter((listener) => listener.port === port).map((listener) => listener.address);
    const datagrams = addresses.length > 0 ? [] : sockets.datagramListeners(port);
    return {
      port,
      addresses: [...new Set(addresses)].sort(),
      owners: await ownerCards(platform.processes, port, listeners, context),
      ...(datagrams.length === 0 ? {} : { udp: await lookAtDatagrams(port, datagrams, context) }),
    };
  };

  const lookAtDatagrams = async (port: number, sockets: readonly Listener[], context: OwnerContext) => {
    const owners = await ownerCards(platform.processes, port, sockets, context);
    return {
      addresses: [...new Set(sockets.map(({ address }) => address))].sort(),
      owners: owners.map((owner) => ({
        ...owner,
        listening: owner.listening.map((socket) => ({ ...socket, protocol: 'udp' as const })),
      })),
    };
  };

  const lookByUdp = async (port: number, context: OwnerContext): Promise<PortUse> => ({
    port,
    protocol: 'udp',
    ...(await lookAtDatagrams(port, sockets.datagramListeners(port), context)),
  });

  /** An owner that is ending has given up its descriptors before the kernel gives up its sockets: nobody seems to hold them. */
  const lookOnceSettled = async (port: number, context: OwnerContext): Promise<PortUse> => {
    const giveUpAtMs = monotonicMs() + ENDING_OWNER_MS;
    for (;;) {
      const use = await look(port, context);
      const isNobodys = use.addresses.length > 0 && use.owners.length === 0;
      if (!isNobodys || monotonicMs() > giveUpAtMs) return use;
      await delay(ENDING_OWNER_LOOK_MS);
    }
  };

  const lookBehind = async (port: number, context: OwnerContext, lookAt = look): Promise<PortUse> => {
    const use = await lookAt(port, context);
    if (!mayHaveContainer(use)) return use;
    const { findContainer } = await import('./container-owner.ts');
    return { ...use, behind: await findContainer(port, { sockets: engineSockets }) };
  };

  return {
    use: (port, context) => lookBehind(port, context),
    examine: async (port, context, { host, thorough = false, protocol = 'tcp' }) => {
      if (protocol === 'udp') return lookByUdp(port, context);
      const occupation = sockets.occupation(port);
      const use =
        occupation === 'listening'
          ? await lookBehind(port, context, lookOnceSettled)
          : { port, addresses: [], owners: [] };
      if (use.owners.length > 0) return use;
      const byUdp = protocol === 'either' && use.addresses.length === 0 ? await lookByUdp(port, context) : undefined;
      if (byUdp !== undefined && byUdp.addresses.length > 0) return byUdp;
      if (occupation === 'free' && !thorough) return use;
      return { ...use, obstacles: await portObstacles(use, { sockets, host }) };
    },
    stopContainer: async (port, container, { onStep } = {}) => {
      const { stopBehind } = await import('./container-port.ts');
      return stopBehind(port, container, { isListening: () => sockets.isListening(port), onStep });
    },
    isListening: (port) => sockets.isListening(port),
    ...(sockets.knock && { knock: sockets.knock }),
    candidates: function* (wanted, range) {
      for (const port of portCandidates(wanted, range))
        if (sockets.mayListen(port) && sockets.datagramListeners(port).length === 0) yield port;
    },
    isFree: async (port) => !sockets.isListening(port) && (await tryBind(port)) === 'free',
    nextFree: async (wanted, range, taken) =>
      nextFreePort(wanted, range, {
        taken,
        listening: await sockets.listeningPorts(),
        mayListen: (port) => sockets.mayListen(port),
      }),
    kill: async (...kill) => {
      const { killOwners } = await import('./kill-owners.ts');
      return killOwners({ platform, look, lookOnceSettled, lookByUdp }, ...kill);
    },
  };
}

/** A front end of containers has the port, or nobody whom we can see. */
function mayHaveContainer({ addresses, owners }: PortUse): boolean {
  if (addresses.length === 0) return false;
  return owners.length === 0 || owners.some(({ verdict }) => verdict === 'container');
}
