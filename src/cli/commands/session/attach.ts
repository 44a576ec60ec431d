// `attach`: the screen on a session that runs already, or the terminal of one of its services.

import { assertNever, DevError, EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { whyNoLook } from '../../context/face.ts';
import { requireSession } from '../../context/require-session.ts';
import { requireServices } from '../../context/services.ts';
import { showScreen } from './up.ts';

export async function run(context: CliContext, { names: [service], options }: CommandRequest): Promise<ExitCode> {
  const look = options.plain === true ? 'plain' : undefined;
  const obstacle = whyNoLook(look, context.terminal, context.env);
  if (obstacle !== undefined) {
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: `There is no screen to attach: ${obstacle}.`,
      hint: './dev logs -f follows the output, ./dev status --watch the state',
    });
  }
  if (service !== undefined) return attachService(context, service);
  return showScreen(context, Promise.resolve({ session: await requireSession(context, 'screen'), isNew: false }), look);
}

async function attachService(context: CliContext, service: string): Promise<ExitCode> {
  const session = await requireSession(context, 'command');
  const { services } = await session.snapshot();
  requireServices(
    [service],
    services.map(({ name }) => name),
  );
  const runServiceTerminal = await context.loadServiceTerminal();
  const { reason } = await runServiceTerminal({ session, service });
  session.close();
  switch (reason) {
    case 'left':
      return EXIT.ok;
    case 'ended':
      context.output.say('The session has ended.');
      return EXIT.noSession;
    case 'hangup':
      return EXIT.terminated;
    default:
      return assertNever(reason);
  }
}
