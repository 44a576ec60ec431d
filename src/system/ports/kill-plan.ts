// Decides whether the owners that a person named may be stopped, by a fresh look at the port. All or nothing: when one
// of them is protected, or another process holds the port too, stopping the rest would do harm and free nothing.

import type { OwnerCard } from '../../core/model/port-owner.ts';
import type { PortUse, ProcessIdentity } from '../system.ts';

export type KillPlan =
  | { readonly kind: 'free' }
  | { readonly kind: 'refused'; readonly message: string }
  /** Roots of the trees to stop; owners that descend from one of them are in its tree. */
  | { readonly kind: 'stop'; readonly roots: readonly OwnerCard[] };

const NOTHING_STOPPED = 'Nothing was stopped.';

export function planKill(use: PortUse, named: readonly ProcessIdentity[]): KillPlan {
  if (use.addresses.length === 0) return { kind: 'free' };
  const targets = use.owners.filter((owner) => named.some((identity) => isSame(identity, owner)));
  const message =
    whyNotTheSame(use, named, targets) ?? whyProtected(targets) ?? whyOthersToo(use, targets) ?? whyHiddenToo(use);
  if (message !== undefined) return { kind: 'refused', message: `${message} ${NOTHING_STOPPED}` };
  return { kind: 'stop', roots: targets.filter((target) => !descendsFromAny(target, targets)) };
}

/** `node (pid 812)`, `node (pid 812) and node (pid 813)`, and a count when there are many. */
export function namesOf(processes: readonly { readonly pid: number; readonly name: string }[]): string {
  const names = processes.slice(0, 3).map(({ pid, name }) => `${name} (pid ${pid})`);
  if (processes.length > names.length) names.push(`${processes.length - names.length} more`);
  const last = names.pop() ?? 'nobody';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

/** Addresses of the port whose owner is hidden from us. */
function hiddenAddresses({ port, addresses, owners }: PortUse): string[] {
  const seen = owners.flatMap((owner) => owner.listening.filter((socket) => socket.port === port));
  return addresses.filter((address) => !seen.some((socket) => socket.address === address));
}

export function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks;
}

function whyNotTheSame(
  use: PortUse,
  named: readonly ProcessIdentity[],
  targets: readonly OwnerCard[],
): string | undefined {
  const replaced = use.owners.find((owner) =>
    named.some(({ pid, startTicks }) => pid === owner.pid && startTicks !== owner.startTicks),
  );
  if (replaced) {
    return `Port ${use.port} is held by another process now: pid ${replaced.pid} ended, and its number was given to ${replaced.name}.`;
  }
  if (targets.length > 0) return undefined;
  return use.owners.length > 0
    ? `Port ${use.port} changed hands: ${namesOf(use.owners)} holds it now.`
    : `Port ${use.port} is held by a process that is hidden from us (another user's, or in a container).`;
}

function whyProtected(targets: readonly OwnerCard[]): string | undefined {
  const target = targets.find(({ refusal }) => refusal !== null);
  return target && `${namesOf([target])} is never stopped: ${target.refusal}.`;
}

function whyOthersToo({ port, owners }: PortUse, targets: readonly OwnerCard[]): string | undefined {
  const others = owners.filter((owner) => !targets.includes(owner) && !descendsFromAny(owner, targets));
  return others.length === 0
    ? undefined
    : `Port ${port} is held by ${namesOf(others)} too: look at all its owners first.`;
}

function whyHiddenToo(use: PortUse): string | undefined {
  const hidden = hiddenAddresses(use);
  if (hidden.length === 0) return undefined;
  return `Port ${use.port} is also held on ${hidden.join(', ')} by a process that is hidden from us, so this would not free it.`;
}

function descendsFromAny(owner: OwnerCard, ancestors: readonly OwnerCard[]): boolean {
  return owner.parents.some(({ pid }) => ancestors.some((ancestor) => ancestor.pid === pid));
}
