// The first start of a session, asked for by whoever opened it.

import type { LaunchRequest } from '../../ipc/protocol.ts';
import type { ActorDesk } from '../../supervisor/actors/actor-desk.ts';

/** What the launcher wants started, in its name. */
export async function startFor(
  { role, client }: LaunchRequest,
  desk: ActorDesk,
  { names, options }: NonNullable<LaunchRequest['start']>,
): Promise<void> {
  const claim = client ?? { pid: process.ppid, via: role, hasTerminal: role === 'screen' };
  const admission = desk.admit(role, claim);
  await admission.session.start(names, options);
  admission.leave();
}
