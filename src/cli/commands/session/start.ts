// `start`: services in the background, in the running session or a new one that stays.

import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { watchSession } from '../../context/live-view.ts';
import { requireServices } from '../../context/services.ts';
import { READY_TIMEOUT_MS, reportOutcome, waitUntilReady } from '../../text/wait-ready.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  if (names.length > 0) {
    const { services } = await context.loadProject();
    requireServices(
      names,
      services.map(({ name }) => name),
    );
  }
  const { session, isNew, notice } = await context.openSession('command', { names, options: {} });
  if (notice !== undefined) context.output.complain(notice);
  if (isNew) await session.detach();
  if (options.wait !== true && options.timeoutMs === undefined) {
    context.output.say(`Starting ${names.length === 0 ? 'all services' : names.join(', ')}: ./dev wait, ./dev status`);
    session.close();
    return EXIT.ok;
  }
  const view = await watchSession(session);
  const { timeoutMs = READY_TIMEOUT_MS } = options;
  const outcome = await waitUntilReady(context, view, { names, timeoutMs, onConflict: 'give up' });
  const code = await reportOutcome(context, session, outcome);
  view.close();
  session.close();
  return code;
}
