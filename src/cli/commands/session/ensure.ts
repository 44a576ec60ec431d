// `ensure`: starts what does not run, waits until it is ready, and says where it is. Again and again to the same effect,
// also from two shells at once: the second one joins the session.

import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { watchSession } from '../../context/live-view.ts';
import { chosenServices, requireServices } from '../../context/services.ts';
import { addressLines } from '../../text/address-lines.ts';
import { serviceJson } from '../../text/service-json.ts';
import { READY_TIMEOUT_MS, reportOutcome, waitUntilReady } from '../../text/wait-ready.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const { output } = context;
  const { services } = await context.loadProject();
  requireServices(
    names,
    services.map(({ name }) => name),
  );
  const { onConflict, timeoutMs = READY_TIMEOUT_MS } = options;
  const { session, isNew, notice } = await context.openSession('command', {
    names,
    options: { repeatsCompleted: false, ...(onConflict === undefined ? {} : { onConflict }) },
  });
  if (notice !== undefined) output.complain(notice);
  if (isNew) await session.detach();
  const view = await watchSession(session);
  const outcome = await waitUntilReady(context, view, { names, timeoutMs, onConflict: 'give up' });
  const chosen = chosenServices(view.services(), names);
  if (options.json === true) {
    output.print(jsonData({ ready: outcome.kind === 'ready', services: chosen.map(serviceJson) }));
  } else if (outcome.kind === 'ready') {
    for (const line of addressLines(chosen)) output.print(line);
  }
  const code: ExitCode =
    outcome.kind === 'ready' ? EXIT.ok : await reportOutcome(context, session, outcome, { movesFirst: true });
  view.close();
  session.close();
  return code;
}
