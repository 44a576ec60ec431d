// The port ledger as one session sees it: the ProjectLedger of system.ts.
// Loads the ledger on first use, because the first service must not wait for it.

import type { Environment } from '../../core/env/environment.ts';
import type { LedgerSession } from './ledger-tables.ts';
import type { PortLedger } from './port-ledger.ts';
import { userStateDir } from '../state/runtime-dir.ts';
import type { ProcessIdentity, ProjectLedger } from '../system.ts';

interface ProjectLedgerOptions {
  readonly session: LedgerSession;
  /** Says where the user's state folder is. */
  readonly env: Environment;
  readonly isAlive: (identity: ProcessIdentity) => boolean;
  /** See Platform.currentBoot. */
  readonly boot: string;
  /** Called with one sentence when the ledger cannot be used, and again only after it could be. */
  readonly onProblem: (problem: string) => void;
}

export function createProjectLedger({ session, env, isAlive, boot, onProblem }: ProjectLedgerOptions): ProjectLedger {
  const { root } = session;
  let opened: Promise<PortLedger> | undefined;
  let hasEntered = false;
  let hasComplained = false;

  const open = async (): Promise<PortLedger> => {
    const { openPortLedger } = await import('./port-ledger.ts');
    return openPortLedger({ dir: userStateDir(env), isAlive, boot });
  };
  const ask = async <T>(work: (ledger: PortLedger) => Promise<T>): Promise<T> => {
    const ledger = await (opened ??= open());
    const result = await work(ledger);
    if (ledger.problem !== undefined && !hasComplained) onProblem(ledger.problem);
    hasComplained = ledger.problem !== undefined;
    return result;
  };
  const enter = async (ledger: PortLedger): Promise<boolean> => {
    if (hasEntered) return true;
    await ledger.enter(session);
    hasEntered = ledger.problem === undefined;
    return hasEntered;
  };

  return {
    enter: () => ask(enter),
    leave: async () => {
      if (!hasEntered) return;
      hasEntered = false;
      await ask((ledger) => ledger.leave(session));
    },
    find: (service) => ask((ledger) => ledger.find(root, service)),
    taken: (service) => ask((ledger) => ledger.taken(root, service)),
    holderOf: (port) =>
      ask(async (ledger) => {
        const entries = await ledger.list();
        const entry = entries.find((candidate) => candidate.port === port && candidate.root !== root);
        return entry && { service: entry.service, root: entry.root };
      }),
    claim: (service, candidates, isFree) =>
      ask(async (ledger) => {
        await enter(ledger);
        return ledger.claim({ root, service, candidates, isFree });
      }),
    hold: (service, port) =>
      ask(async (ledger) => {
        if (!(await enter(ledger))) return false;
        await ledger.hold(root, service, port);
        return ledger.problem === undefined;
      }),
    release: (service) =>
      ask(async (ledger) => {
        await ledger.release(root, service);
        return ledger.problem === undefined;
      }),
  };
}
