// `attach`: the screen on a session that runs already.

import { DevError, EXIT, type ExitCode } from '../../errors.ts';
import type { CliContext } from '../context.ts';
import { whyNoScreen } from '../face.ts';
import { requireSession } from '../require-session.ts';
import { showScreen } from './up.ts';

export async function run(context: CliContext): Promise<ExitCode> {
  const obstacle = whyNoScreen(context.terminal, context.env);
  if (obstacle !== undefined) {
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: `There is no screen to attach: ${obstacle}.`,
      hint: './dev logs -f follows the output, ./dev status --watch the state',
    });
  }
  return showScreen(context, Promise.resolve(await requireSession(context, 'screen')));
}
