// `start`: services in the background, in the running session or a new one that stays.

import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { watchSession } from '../../context/live-view.ts';
import { chosenServices, requireServices } from '../../context/services.ts';
import { serviceJson } from '../../text/service-json.ts';
import { READY_TIMEOUT_MS, reportOutcome, waitUntilReady } from '../../text/wait-ready.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const { output } = context;
  const asked = [...names, ...Object.keys(options.ports ?? {})];
  if (asked.length > 0) {
    const { services } = await context.loadProject();
    requireServices(
      asked,
      services.map(({ name }) => name),
    );
  }
  const start = { names, options: options.ports === undefined ? {} : { ports: options.ports } };
  const { session, isNew, notice } = await context.openSession('command', start);
  if (notice !== undefined) output.complain(notice);
  if (isNew) await session.detach();
  const isAwaited = options.wait === true || options.timeoutMs !== undefined;
  if (!isAwaited && options.json !== true) {
    output.say(`Starting ${names.length === 0 ? 'all services' : names.join(', ')}: ./dev wait, ./dev status`);
    session.close();
    return EXIT.ok;
  }
  const view = await watchSession(session);
  const { timeoutMs = READY_TIMEOUT_MS } = options;
  const question = { names, timeoutMs, onConflict: 'give up' } as const;
  const outcome = isAwaited ? await waitUntilReady(context, view, question) : undefined;
  if (options.json === true) {
    const shown = chosenServices(view.services(), names).map(serviceJson);
    output.print(jsonData({ ready: shown.every(({ ready }) => ready), services: shown }));
  }
  const code = outcome === undefined ? EXIT.ok : await reportOutcome(context, session, outcome);
  view.close();
  session.close();
  return code;
}
