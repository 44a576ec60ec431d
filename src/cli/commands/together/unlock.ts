// `unlock SERVICE`: gives back what `lock` holds.

import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { requireSession } from '../../context/require-session.ts';

export async function run(context: CliContext, { names }: CommandRequest): Promise<ExitCode> {
  const [service = ''] = names;
  const session = await requireSession(context);
  await session.unlockService(service);
  session.close();
  context.output.print(`${service} is not locked.`);
  return EXIT.ok;
}
