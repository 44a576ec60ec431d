// Frees a port by stopping the owners that are meant, after a fresh look at who they are. Loaded when somebody decides so.

import { tryBind } from './bind-test.ts';
import { killOutcome } from './kill-outcome.ts';
import { planKill } from './kill-plan.ts';
import { stopOwners } from './port-kill.ts';
import type { Platform } from '../platform.ts';
import type { OwnerContext, Ports, PortUse } from '../system.ts';

type Look = (port: number, context: OwnerContext) => Promise<PortUse>;
type Kill = Ports['kill'];

export async function killOwners(
  { platform, look, lookOnceSettled }: { platform: Platform; look: Look; lookOnceSettled: Look },
  ...[port, owners, { graceMs, context, onStep }]: Parameters<Kill>
): ReturnType<Kill> {
  const plan = planKill(await look(port, context), owners);
  if (plan.kind === 'free') return { freed: true, message: `Port ${port} is free already.`, signalled: [] };
  if (plan.kind === 'refused') return { freed: false, message: plan.message, signalled: [] };
  const run = await stopOwners(platform, port, plan.roots, { graceMs, ...(onStep && { onStep }) });
  onStep?.({ step: 'verifying' });
  const left = await lookOnceSettled(port, context);
  return killOutcome(run, left, left.addresses.length > 0 ? 'taken' : await tryBind(port));
}
