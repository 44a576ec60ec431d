// The owner of a port: from the session when one runs, because it knows its own processes;
// else looked up here. Before a signal it is always looked up here.

import { portReport, type PortReport } from '../../core/model/port-facts.ts';
import type { Session } from '../../core/session/session.ts';
import type { SessionSnapshot } from '../../core/session/snapshot.ts';
import type { Masker } from '../../core/secrets/masker.ts';
import type { OwnerContext } from '../../system/system.ts';
import type { CliContext } from '../context/context.ts';
import { callerMasker, projectMasker } from '../context/project-masker.ts';

export interface PortLook {
  readonly session: Session | undefined;
  readonly snapshot: SessionSnapshot | undefined;
  inspect(port: number): Promise<PortReport>;
  /** Looked up by this process only: the process that sends a signal decides about its target itself. */
  inspectHere(port: number): Promise<PortReport>;
  /** For a look by this process. No client can declare a process as ours: the session stops its services itself. */
  ownerContext(): Promise<OwnerContext>;
}

/** @param options.needsProject false where a port alone was named: then it works in any folder */
export async function lookAtPorts(
  context: CliContext,
  { needsProject }: { readonly needsProject: boolean },
): Promise<PortLook> {
  const session = await context.findSession('command', needsProject ? 'use' : 'look');
  const snapshot = await session?.snapshot();
  let masker: Masker | undefined;
  const ownerContext = async (): Promise<OwnerContext> => {
    const { root, recorded } = await context.portAccess();
    return { root, recorded, ours: new Set() };
  };
  const inspectHere = async (port: number): Promise<PortReport> => {
    const { ports } = await context.portAccess();
    masker ??= needsProject ? await projectMasker(context) : callerMasker(context.env);
    return masker.maskDeep(portReport(await ports.use(port, await ownerContext())));
  };
  return {
    session,
    snapshot,
    ownerContext,
    inspectHere,
    inspect: (port) => (session === undefined ? inspectHere(port) : session.inspectPort(port)),
  };
}
