// `why SERVICE`: one line that leads from the service to the cause of its state.

import { EXIT, type ExitCode } from '../../../errors.ts';
import { causeOf, causeText } from '../../../format/cause.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { requireSession } from '../../context/require-session.ts';
import { requireServices } from '../../context/services.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const session = await requireSession(context);
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
  context.output.print(options.json === true ? jsonData({ ...cause, text }) : text);
  return EXIT.ok;
}
