// `config`: the project as it was understood, with every default filled in and secrets masked.

import { Chalk } from 'chalk';
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
  const yaml = stringify(shown, { lineWidth: 0 }).trimEnd();
  context.output.print(context.output.hasColor ? highlightKeys(yaml) : yaml);
  return EXIT.ok;
}

/** Keys in colour, so that the eye finds the services among their settings. */
function highlightKeys(yaml: string): string {
  const { cyan } = new Chalk({ level: 1 });
  return yaml.replaceAll(
    /^(\s*(?:- )?)([\w.-]+)(?=:(?: |$))/gm,
    (_, indent: string, key: string) => indent + cyan(key),
  );
}
