// Stops the leftover containers of a session whose supervisor has ended. Without any, nothing of an engine is loaded.

import { clearContainers, type ClearedContainers } from '../../supervisor/containers/container-clearing.ts';
import { messageOf } from '../../errors.ts';
import { connectEngine } from '../../system/containers/connect.ts';
import type { RuntimePaths } from '../../system/state/runtime-dir.ts';
import type { ContainerRecord } from '../../system/state/state-files.ts';

const GRACE_S = 3;

/** Of these services; the others of the project stay. Never rejects. */
export async function stopLostContainers(
  { root, socketDir }: Pick<RuntimePaths, 'root' | 'socketDir'>,
  recorded: readonly ContainerRecord[],
  { isMeant, force }: { readonly isMeant: (service: string) => boolean; readonly force: boolean },
): Promise<ClearedContainers> {
  try {
    const engine = await connectEngine(process.env, { lockDir: socketDir });
    const isKept = (service: string): boolean => !isMeant(service);
    return await clearContainers({ engine, root, recorded, isKept, graceS: force ? 0 : GRACE_S });
  } catch (error) {
    return { stopped: [], running: [], problem: messageOf(error) };
  }
}
