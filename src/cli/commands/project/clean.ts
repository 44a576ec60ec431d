// `clean`: removes the logs and the stale state of this project, and says what that was.

import { EXIT, type ExitCode } from '../../../errors.ts';
import { formatBytes } from '../../../format/quantity.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';

export async function run(context: CliContext, { options }: CommandRequest): Promise<ExitCode> {
  const { output } = context;
  const dryRun = options.dryRun === true;
  const { removed, survivors } = await context.clean({ dryRun });
  const bytes = removed.reduce((sum, file) => sum + file.bytes, 0);
  for (const { service, pid } of survivors) {
    output.complain(
      `${service} (pid ${pid}) of an earlier session still runs; its record is kept, so that the next start can stop it.`,
    );
  }
  if (options.json === true) {
    output.print(jsonData({ dryRun, bytes, removed, survivors }));
    return EXIT.ok;
  }
  for (const file of removed) output.print(`${file.path}  ${formatBytes(file.bytes)}`);
  const count = `${removed.length} ${removed.length === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}`;
  if (removed.length === 0) output.say('There is nothing to remove.');
  else output.say(dryRun ? `Would remove ${count}.` : `Removed ${count}.`);
  return EXIT.ok;
}
