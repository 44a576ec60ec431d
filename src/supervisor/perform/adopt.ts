// Proves that the server on a port can replace a service: it is the server that the person saw, and it answers the
// service's probe. Only then devdeck watches it in the service's place.

import type { EffectOf } from '../../core/messages/effects.ts';
import type { Observation } from '../../core/messages/inputs.ts';
import type { Probe, ServiceSpec } from '../../core/model/project.ts';
import type { OwnerCard } from '../../core/model/port-owner.ts';
import { assertNever } from '../../errors.ts';
import type { OwnerContext, System } from '../../system/system.ts';
import { attemptProbe, type ProbeContext } from './attempt-probe.ts';
import type { Externals } from '../runs/externals.ts';

interface AdoptContext extends ProbeContext {
  readonly system: Pick<System, 'processes' | 'probes' | 'ports'>;
  readonly externals: Externals;
  readonly ownerContext: () => OwnerContext;
}

/** Reports `adopted`, or `reuseRefused` with the reason. */
export async function adopt(
  context: AdoptContext,
  spec: ServiceSpec,
  effect: EffectOf<'adopt'>,
): Promise<Extract<Observation, { type: 'adopted' | 'reuseRefused' }>> {
  const { service, epoch, run, port, probe } = effect;
  const refused = (message: string) => ({ type: 'reuseRefused', service, epoch, message }) as const;
  const use = await context.system.ports.use(port, context.ownerContext());
  const owners = use.owners.filter((owner) => effect.owners.some((seen) => isSame(seen, owner)));
  if (owners.length === 0) return refused(`the process that you saw no longer has port ${port}`);
  // A token that no process has: only its tree shows what belongs to the server.
  const token = { DEV_SESSION: context.environment.sessionId, DEV_SERVICE: service };
  const roots = topmost(owners).map(({ pid, startTicks }) => ({ leader: { pid, startTicks }, token }));
  const health = probe === undefined ? undefined : await attemptProbe(context, spec, probe, roots);
  if (probe !== undefined && health?.ok === false) {
    return refused(`it does not answer ${questionOf(probe)}: ${health.message}`);
  }
  const named = topmost(owners).map(({ pid, startTicks, name }) => ({ pid, startTicks, name }));
  context.externals.add({ service, number: run, port, owners: named, roots });
  return { type: 'adopted', service, epoch, run, owners: named, health };
}

/** Workers are in the tree of their starter. */
function topmost(owners: readonly OwnerCard[]): readonly OwnerCard[] {
  return owners.filter(({ parents }) => !parents.some(({ pid }) => owners.some((owner) => owner.pid === pid)));
}

function isSame(
  a: { readonly pid: number; readonly startTicks: number },
  b: { readonly pid: number; readonly startTicks: number },
): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks;
}

function questionOf({ check }: Probe): string {
  switch (check.kind) {
    case 'http':
      return `GET ${check.url}`;
    case 'tcp':
      return `on ${check.target ?? 'its port'}`;
    case 'command':
      return 'the health command';
    case 'log':
      return 'by a line of its log';
    case 'healthcheck':
      return 'the check of its image';
    default:
      return assertNever(check);
  }
}
