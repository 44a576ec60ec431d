// `restart`: a new process for the named services, or for all that are wanted.

import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { watchSession } from '../../context/live-view.ts';
import { requireSession } from '../../context/require-session.ts';
import { chosenServices, requireServices } from '../../context/services.ts';
import { READY_TIMEOUT_MS, reportOutcome, waitUntilReady } from '../../text/wait-ready.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const session = await requireSession(context);
  const { services } = await session.snapshot();
  requireServices(
    names,
    services.map(({ name }) => name),
  );
  const chosen = chosenServices(services, names).map(({ name }) => name);
  await session.restart(names);
  if (options.wait !== true && options.timeoutMs === undefined) {
    context.output.say(`Restarting ${chosen.join(', ') || 'nothing: no service is wanted'}`);
    session.close();
    return EXIT.ok;
  }
  // The restart has been accepted, so that no snapshot from now on shows the old process as ready.
  const view = await watchSession(session);
  const { timeoutMs = READY_TIMEOUT_MS } = options;
  const outcome = await waitUntilReady(context, view, { names: chosen, timeoutMs, onConflict: 'give up' });
  const code = await reportOutcome(context, session, outcome);
  view.close();
  session.close();
  return code;
}
