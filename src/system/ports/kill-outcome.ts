// The result of a kill: a last look at the port after its owners were stopped, in one or two sentences for a person.

import type { OwnerCard } from '../../core/model/port-owner.ts';
import type { BindResult } from './bind-test.ts';
import { isSame, namesOf } from './kill-plan.ts';
import type { KillRun } from './port-kill.ts';
import type { KillOutcome, PortUse } from '../system.ts';

/** @param bind what a test bind said; asked for only when nothing listens any more */
export function killOutcome(run: KillRun, use: PortUse, bind: BindResult): KillOutcome {
  const { signalled } = run;
  if (use.addresses.length > 0) {
    const comesBack = whyItComesBack(run, use);
    const message = whyStillInUse(run, use);
    return { freed: false, message, signalled, ...(comesBack === undefined ? {} : { comesBack }) };
  }
  if (bind === 'taken') {
    const message = `Nothing listens on port ${use.port} any more, but the system still keeps it (EADDRINUSE), most likely for an open connection. Try again in a minute.`;
    return { freed: false, message, signalled };
  }
  return { freed: true, message: `Port ${use.port} is free: ${howItWent(run)}`, signalled };
}

function howItWent({ roots, survivors, wasForced, tookMs }: KillRun): string {
  const names = namesOf(roots);
  if (wasForced) return `${names} did not stop on SIGTERM within ${seconds(tookMs)} and had to be killed.`;
  if (survivors.length === 0) return `${names} stopped within ${seconds(tookMs)}.`;
  return `${names} released it within ${seconds(tookMs)}. Still shutting down: ${namesOf(survivors)}.`;
}

function whyStillInUse({ roots, denied, survivors }: KillRun, { port, owners, addresses }: PortUse): string {
  if (denied.length > 0) {
    const users = [...new Set(roots.map((root) => root.user))].join(', ');
    return `Port ${port} is still held: the system did not permit a signal to ${namesOf(denied)}, run by ${users}. Stop it as that user.`;
  }
  const kept = owners.filter((owner) => survivors.some(({ pid }) => pid === owner.pid));
  if (kept.length > 0) {
    return `Port ${port} is still held: ${namesOf(kept)} survived SIGKILL, so it hangs inside the kernel. Take another port.`;
  }
  const [taker] = owners;
  if (taker === undefined) {
    return `Port ${port} is taken again on ${addresses.join(', ')}, by a process that is hidden from us (another user's, or in a container).`;
  }
  const starter = starterOf(taker, roots);
  return starter
    ? `Port ${port} is taken again: ${namesOf([taker])} was started by ${namesOf([starter])}. Stop that first.`
    : `Port ${port} is taken again: ${namesOf([taker])} took it first. Look at it before you stop it.`;
}

/** An owner that something starts again is there again after every stop. */
function whyItComesBack({ roots, denied, survivors }: KillRun, { owners }: PortUse): string | undefined {
  const [taker] = owners;
  if (taker === undefined || denied.length > 0 || survivors.some(({ pid }) => pid === taker.pid)) return undefined;
  const starter = starterOf(taker, roots);
  return starter && `${namesOf([starter])} starts it again; stop that first`;
}

/** The process that restarted the owner: the nearest one above the new owner that was above an old one too. */
function starterOf(taker: OwnerCard, roots: readonly OwnerCard[]): OwnerCard['parents'][number] | undefined {
  if (roots.some((root) => isSame(root, taker))) return undefined;
  const above = new Set(roots.flatMap((root) => root.parents.map(({ pid }) => pid)));
  const starter = taker.parents.find(({ pid }) => above.has(pid));
  // Everything descends from pid 1: it is to blame only for what it started itself.
  return starter && (starter.pid > 1 || taker.parents[0]?.pid === starter.pid) ? starter : undefined;
}

function seconds(ms: number): string {
  return `${(Math.ceil(ms / 100) / 10).toFixed(1)} s`;
}
