// `attach`: the screen on a session that runs already.

import { DevError, EXIT, type ExitCode } from '../../errors.ts';
import type { CliContext } from '../context.ts';
import { whyNoScreen } from '../face.ts';
import { requireSession } from '../require-session.ts';
import { afterScreen } from './up.ts';

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
  const [session, runScreen] = await Promise.all([requireSession(context, 'screen'), context.loadScreen()]);
  const { project, services } = await session.snapshot();
  const end = await runScreen({
    session,
    projectName: project.name,
    serviceNames: services.map(({ name }) => name),
  });
  session.close();
  return afterScreen(context, end);
}
