// `wait`: until services are ready, without changing anything.

import { DevError, EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { watchSession } from '../../context/live-view.ts';
import { requireSession } from '../../context/require-session.ts';
import { chosenServices, requireServices } from '../../context/services.ts';
import { serviceJson } from '../../text/service-json.ts';
import { reportOutcome, waitUntilReady } from '../../text/wait-ready.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const session = await requireSession(context);
  const view = await watchSession(session);
  requireServices(
    names,
    view.services().map(({ name }) => name),
  );
  if (chosenServices(view.services(), names).length === 0) throw nothingWanted();
  const outcome = await waitUntilReady(context, view, { names, timeoutMs: options.timeoutMs, onConflict: 'go on' });
  if (options.json === true) {
    const services = chosenServices(view.services(), names).map(serviceJson);
    context.output.print(jsonData({ ready: outcome.kind === 'ready', services }));
  }
  const code = await reportOutcome(context, session, outcome);
  view.close();
  session.close();
  return code;
}

function nothingWanted(): DevError {
  return new DevError({
    code: 'not_ready',
    exitCode: EXIT.notReady,
    message: 'There is nothing to wait for: no service has been started.',
    hint: './dev start starts them',
  });
}
