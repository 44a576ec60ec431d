// What a project remembers about ports from one session to the next: choices in its own folder, and ports that services
// were moved to, in the ledger of this machine.

import type { PortMemory } from '../../cli/context/context.ts';
import type { Environment } from '../../core/env/environment.ts';
import { openPortLedger, type PortLedger } from '../../system/ledger/port-ledger.ts';
import { isAlive } from '../../system/process/process-tree.ts';
import { createChoices } from '../../system/state/choice-file.ts';
import { userStateDir, type RuntimePaths } from '../../system/state/runtime-dir.ts';
import { createPlatform } from '../platform/platform.ts';

/** The ledger of this machine, for commands. */
export function openLedger(env: Environment): PortLedger {
  const { processes, currentBoot } = createPlatform();
  return openPortLedger({
    dir: userStateDir(env),
    isAlive: (identity) => isAlive(processes, identity),
    boot: currentBoot(),
  });
}

export function createPortMemory(
  { root, rootInode, choicesFile }: Pick<RuntimePaths, 'root' | 'rootInode' | 'choicesFile'>,
  env: Environment,
): PortMemory {
  const ledger = openLedger(env);
  const choices = createChoices(choicesFile, { rootInode });
  const kept = async () => (await ledger.list()).filter((entry) => entry.root === root && entry.isKept);
  return {
    get problem() {
      return ledger.problem;
    },
    list: async () => ({
      choices: choices.list(),
      ports: (await kept()).map(({ service, port }) => ({ service, port })),
    }),
    forget: async (name) => {
      const ports = (await kept()).filter(({ service }) => name === undefined || service === name);
      for (const { service } of ports) await ledger.forget(root, service);
      return { choices: choices.forget(name), ports: ports.map(({ service, port }) => ({ service, port })) };
    },
  };
}
