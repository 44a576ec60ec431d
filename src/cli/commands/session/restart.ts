// `restart`: a new process for the named services, or for all that are wanted, with the environment of the caller.

import type { TakenVariables } from '../../../core/session/session.ts';
import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { watchSession } from '../../context/live-view.ts';
import { requireSession } from '../../context/require-session.ts';
import { chosenServices, requireServices } from '../../context/services.ts';
import { serviceJson } from '../../text/service-json.ts';
import { READY_TIMEOUT_MS, reportOutcome, waitUntilReady } from '../../text/wait-ready.ts';

const MOST_VARIABLES = 8;

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const { output, env } = context;
  const session = await requireSession(context);
  const { services } = await session.snapshot();
  requireServices(
    [...names, ...Object.keys(options.ports ?? {})],
    services.map(({ name }) => name),
  );
  const chosen = chosenServices(services, names).map(({ name }) => name);
  const taken = await session.takeEnvironment(names, env);
  for (const each of taken) output.say(takenLine(each));
  await session.restart(names, ...(options.ports === undefined ? [] : [{ ports: options.ports }]));
  const isAwaited = options.wait === true || options.timeoutMs !== undefined;
  if (!isAwaited && options.json !== true) {
    output.say(`Restarting ${chosen.join(', ') || 'nothing: no service is wanted'}`);
    session.close();
    return EXIT.ok;
  }
  // The restart has been accepted, so that no snapshot from now on shows the old process as ready.
  const view = await watchSession(session);
  const { timeoutMs = READY_TIMEOUT_MS } = options;
  const question = { names: chosen, timeoutMs, onConflict: 'give up' } as const;
  const outcome = isAwaited ? await waitUntilReady(context, view, question) : undefined;
  if (options.json === true) {
    const shown = chosenServices(view.services(), chosen).map(serviceJson);
    output.print(jsonData({ ready: shown.every(({ ready }) => ready), services: shown, tookOver: taken }));
  }
  const code = outcome === undefined ? EXIT.ok : await reportOutcome(context, session, outcome);
  view.close();
  session.close();
  return code;
}

/** Names alone: a value may be a secret. */
function takenLine({ service, variables }: TakenVariables): string {
  const more = variables.length - MOST_VARIABLES;
  const named = variables.slice(0, MOST_VARIABLES).join(', ');
  return `${service} takes over of your environment: ${named}${more > 0 ? ` and ${more} more` : ''}`;
}
