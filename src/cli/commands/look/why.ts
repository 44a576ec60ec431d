// `why SERVICE`: one line that leads from the service to the cause of its state, and what its history says of it. `why --startup`: what the start took its time for.

import { DevError, EXIT, type ExitCode } from '../../../errors.ts';
import type { ServiceName } from '../../../core/model/project.ts';
import type { Startup } from '../../../core/session/startup.ts';
import { causeOf, causeText } from '../../../format/cause.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { startupText } from '../../../format/startup.ts';
import { jsonData } from '../../context/json.ts';
import { requireSession } from '../../context/require-session.ts';
import { requireServices } from '../../context/services.ts';
import { startupJson, startupTable } from '../../text/startup-table.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  if (options.startup === true) return explainStartup(context, names, options.json === true);
  if (names.length === 0) throw noServiceNamed();
  const session = await requireSession(context);
  await session.syncHistory();
  const { services } = await session.snapshot();
  session.close();
  requireServices(
    names,
    services.map(({ name }) => name),
  );
  const view = services.find(({ name }) => name === names[0]);
  if (view === undefined) return EXIT.noSuchService;
  const cause = causeOf(services, view);
  const text = causeText(cause);
  const known = view.insights.map((insight) => insight.text);
  if (options.json === true)
    context.output.print(jsonData({ ...cause, text, ...(known.length === 0 ? {} : { known }) }));
  else context.output.show([text, ...known.map((each) => context.output.paint('warn', `! ${each}`))].join('\n'));
  return EXIT.ok;
}

async function explainStartup(context: CliContext, names: readonly ServiceName[], isJson: boolean): Promise<ExitCode> {
  const { output, terminal } = context;
  const session = await requireSession(context);
  const [{ services }, startup] = await Promise.all([session.snapshot(), session.readStartup()]);
  session.close();
  requireServices(
    names,
    services.map(({ name }) => name),
  );
  const told = startup === undefined ? undefined : onlyOf(startup, names);
  if (isJson) output.print(jsonData(told === undefined ? null : startupJson(told)));
  else if (told === undefined) output.print('Nothing was started in this session yet.');
  else {
    const width = terminal.size()?.columns ?? Infinity;
    output.print([startupText(told), '', ...startupTable(told, width, output.paint)].join('\n'));
  }
  return EXIT.ok;
}

/** The way that took longest stays whole: a service alone does not tell it. */
function onlyOf(startup: Startup, names: readonly ServiceName[]): Startup {
  if (names.length === 0) return startup;
  return { ...startup, services: startup.services.filter(({ service }) => names.includes(service)) };
}

function noServiceNamed(): DevError {
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: 'why needs a service, or --startup.',
    hint: './dev why <service>\n./dev why --startup',
  });
}
