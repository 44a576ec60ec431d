// Who holds a port: asked of the session when one runs, because it knows which processes are its own;
// else looked up here.

import { portReport, type PortReport } from '../../core/model/port-facts.ts';
import type { Session } from '../../core/model/session.ts';
import type { SessionSnapshot } from '../../core/model/snapshot.ts';
import type { OwnerContext } from '../../system/system.ts';
import type { CliContext } from '../context/context.ts';

export interface PortLook {
  readonly session: Session | undefined;
  readonly snapshot: SessionSnapshot | undefined;
  inspect(port: number): Promise<PortReport>;
  /** Tells our own processes from strangers. */
  ownerContext(): Promise<OwnerContext>;
}

/** @param options.needsProject false where a port alone was named: then it works in any folder */
export async function lookAtPorts(
  context: CliContext,
  { needsProject }: { readonly needsProject: boolean },
): Promise<PortLook> {
  const session = await context.findSession('command', needsProject ? 'use' : 'look');
  const snapshot = await session?.snapshot();
  const ownerContext = async (): Promise<OwnerContext> => {
    const { root, recorded } = await context.portDesk();
    return { root, recorded, ours: new Set(snapshot?.services.flatMap(({ pids }) => pids)) };
  };
  return {
    session,
    snapshot,
    ownerContext,
    inspect: async (port) => {
      if (session !== undefined) return session.inspectPort(port);
      const { ports } = await context.portDesk();
      return portReport(await ports.use(port, await ownerContext()));
    },
  };
}
