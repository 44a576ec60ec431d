// `smoke`: starts everything, waits, looks whether all is as it should be, and stops it again: one line for a CI.

import { DevError, EXIT, type ExitCode } from '../../../errors.ts';
import { lookAtRunning } from '../../check/look.ts';
import { reportFindings } from '../../check/report.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { watchSession } from '../../context/live-view.ts';
import { requireServices } from '../../context/services.ts';
import { complainAboutLeftovers } from '../../text/leftovers.ts';
import { READY_TIMEOUT_MS, reportOutcome, waitUntilReady } from '../../text/wait-ready.ts';
import { untilSignal } from '../../context/until-signal.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const { services } = await context.loadProject();
  requireServices(
    names,
    services.map(({ name }) => name),
  );
  const running = await context.findSession('command');
  running?.close();
  if (running !== undefined) throw alreadyRuns();
  const { onConflict, timeoutMs = READY_TIMEOUT_MS } = options;
  const start = { names, options: onConflict === undefined ? {} : { onConflict } };
  const { session, isNew } = await context.openSession('command', start);
  if (!isNew) {
    session.close();
    throw alreadyRuns();
  }
  const view = await watchSession(session);
  const code = await untilSignal(context, async (): Promise<ExitCode> => {
    const outcome = await waitUntilReady(context, view, { names, timeoutMs, onConflict: 'give up' });
    const told = outcome.kind === 'ready' ? EXIT.ok : await reportOutcome(context, session, outcome);
    const found = reportFindings(context, await lookAtRunning(context, session), options);
    if (told === EXIT.conflict) return told;
    return told === EXIT.ok && found === EXIT.ok ? EXIT.ok : EXIT.notReady;
  });
  const left = complainAboutLeftovers(context.output, await session.shutdown());
  view.close();
  session.close();
  return code === EXIT.ok ? left : code;
}

function alreadyRuns(): DevError {
  return new DevError({
    code: 'refused',
    exitCode: EXIT.notAllowed,
    message: 'A session of this project runs; smoke starts one of its own and stops it again.',
    hint: './dev check --running checks the running services, ./dev stop ends the session',
  });
}
