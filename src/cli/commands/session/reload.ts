// `reload`: applies the present config to the running session.

import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { requireSession } from '../../context/require-session.ts';

export async function run(context: CliContext, { options }: CommandRequest): Promise<ExitCode> {
  const session = await requireSession(context);
  const { changes, isApplied } = await session.reloadConfig({ dryRun: options.dryRun === true });
  session.close();
  if (options.json === true) {
    context.output.print(jsonData({ applied: isApplied, changes }));
    return EXIT.ok;
  }
  for (const { text } of changes) context.output.print(text);
  if (changes.length === 0) context.output.say('Nothing to do: this config is already active.');
  else if (!isApplied) context.output.say('Nothing was done: ./dev reload applies it.');
  return EXIT.ok;
}
