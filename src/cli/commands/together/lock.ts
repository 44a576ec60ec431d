// `lock SERVICE`: holds a service for a while, so that others neither stop nor restart it.

import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { requireSession } from '../../context/require-session.ts';

const USUAL_MS = 20 * 60_000;

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const [service = ''] = names;
  const session = await requireSession(context);
  const lease = await session.lockService(service, { durationMs: options.forMs ?? USUAL_MS, why: options.why ?? '' });
  session.close();
  if (options.json === true) context.output.print(jsonData({ service, ...lease }));
  else context.output.print(`${service} is locked until ${lease.until}; ./dev unlock ${service} gives it back.`);
  return EXIT.ok;
}
