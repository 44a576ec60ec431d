// The running session, or the message that says how to start one.

import type { SessionRole } from '../../core/model/vocabulary.ts';
import type { Session } from '../../core/session/session.ts';
import { DevError, EXIT } from '../../errors.ts';
import type { CliContext } from './context.ts';

/** @throws DevError `no_session`, exit code 6 */
export async function requireSession(context: CliContext, role: SessionRole = 'command'): Promise<Session> {
  const session = await context.findSession(role);
  if (session === undefined) throw noSession();
  return session;
}

export function noSession(): DevError {
  return new DevError({
    code: 'no_session',
    exitCode: EXIT.noSession,
    message: 'No session of this project is running.',
    hint: './dev starts one with the screen, ./dev up -d in the background',
  });
}
