// `completion bash|zsh|fish`: the script that a shell reads, and the candidates that it asks for at every Tab.

import { didYouMean } from '../../../config/text/suggest.ts';
import { DevError, EXIT, type ExitCode } from '../../../errors.ts';
import { SHELLS } from '../../arguments/complete.ts';
import { COMPLETION_SCRIPTS } from '../../arguments/completion-scripts.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';

export async function run({ output }: CliContext, { names }: CommandRequest): Promise<ExitCode> {
  const [written = ''] = names;
  const shell = SHELLS.find((name) => name === written);
  if (shell === undefined) {
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: `There is no completion for "${written}".`,
      hint: didYouMean(written, SHELLS) ?? `there is one for ${SHELLS.join(', ')}`,
    });
  }
  output.print(COMPLETION_SCRIPTS[shell]);
  return EXIT.ok;
}
