// Frees a port by stopping the given owners, after a fresh look at them. Loaded for a decision to kill.

import { tryBind } from './bind-test.ts';
import { killOutcome } from './kill-outcome.ts';
import { planKill } from './kill-plan.ts';
import { stopOwners } from './port-kill.ts';
import type { Platform, SocketReader } from '../platform.ts';
import type { OwnerContext, Ports, PortUse } from '../system.ts';

type Look = (port: number, context: OwnerContext) => Promise<PortUse>;
type Kill = Ports['kill'];

interface Looks {
  readonly look: Look;
  /** Like `look`, once an ending owner is gone. */
  readonly lookOnceSettled: Look;
  /** At those who take datagrams. */
  readonly lookByUdp: Look;
}

export async function killOwners(
  { platform, look, lookOnceSettled, lookByUdp }: Looks & { readonly platform: Platform },
  ...[port, owners, { graceMs, context, isUdp = false, onStep }]: Parameters<Kill>
): ReturnType<Kill> {
  const plan = planKill(await (isUdp ? lookByUdp : look)(port, context), owners);
  if (plan.kind === 'free') return { freed: true, message: `Port ${port} is free already.`, signalled: [] };
  if (plan.kind === 'refused') return { freed: false, message: plan.message, signalled: [] };
  const held = isUdp ? { ...platform, sockets: datagramSockets(platform.sockets) } : platform;
  const run = await stopOwners(held, port, plan.roots, { graceMs, ...(onStep && { onStep }) });
  onStep?.({ step: 'verifying' });
  if (isUdp) return killOutcome(run, await lookByUdp(port, context), 'free');
  const left = await lookOnceSettled(port, context);
  return killOutcome(run, left, left.addresses.length > 0 ? 'taken' : await tryBind(port));
}

/** The same questions about datagrams. */
function datagramSockets(sockets: SocketReader): SocketReader {
  const holders = (port: number): readonly number[] => sockets.datagramListeners(port).flatMap(({ pids }) => pids);
  return {
    ...sockets,
    isListening: (port) => sockets.datagramListeners(port).length > 0,
    listeners: async (port) => sockets.datagramListeners(port),
    holders: async (port, among) => among.filter((pid) => holders(port).includes(pid)),
  };
}
