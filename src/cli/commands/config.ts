// `config`: the project as it was understood, with every default filled in and secrets masked.

import { stringify } from 'yaml';
import { EXIT, type ExitCode } from '../../errors.ts';
import type { CliContext, CommandRequest } from '../context.ts';
import { jsonData } from '../json.ts';
import { maskSecrets } from '../mask-secrets.ts';

export async function run(context: CliContext, { options }: CommandRequest): Promise<ExitCode> {
  const project = await context.loadProject();
  const shown = maskSecrets(project, project.secrets);
  if (options.json === true) {
    context.output.print(jsonData(shown));
    return EXIT.ok;
  }
  context.output.print(stringify(shown, { lineWidth: 0 }).trimEnd());
  return EXIT.ok;
}
