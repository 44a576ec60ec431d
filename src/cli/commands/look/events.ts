// `events`: what happened in the session, as lines of JSON; `-f` continues with what happens.

import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { noSession } from '../../context/require-session.ts';
import { untilSignal } from '../../context/until-signal.ts';

export async function run(context: CliContext, { options }: CommandRequest): Promise<ExitCode> {
  const { output } = context;
  const session = await context.findSession('command');
  const reader = await context.sessionEvents();
  const tell = (): void => {
    for (const line of reader?.next() ?? []) output.print(line);
  };
  if (session === undefined || options.follow !== true) {
    if (reader === undefined) throw noSession();
    tell();
    session?.close();
    if (options.follow === true) throw noSession();
    return EXIT.ok;
  }
  const { promise: end, resolve } = Promise.withResolvers<ExitCode>();
  // What the views show has been written down before.
  session.subscribe((event) => {
    tell();
    if (event.type === 'ended') resolve(EXIT.ok);
  });
  const code = await untilSignal(context, async () => {
    // Once the subscription is known to be active, nothing can be missed between the first look and the next.
    await session.snapshot();
    tell();
    return end;
  });
  session.close();
  return code;
}
