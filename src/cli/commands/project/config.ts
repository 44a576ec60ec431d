// `config`: the project as it was understood, with every default filled in and secrets masked.

import { Chalk } from 'chalk';
import { stringify } from 'yaml';
import { DevError, EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { forget, memoryLines } from './config-forget.ts';
import { projectMasker } from '../../context/project-masker.ts';

export async function run(context: CliContext, request: CommandRequest): Promise<ExitCode> {
  const [action, ...rest] = request.names;
  if (action === 'forget') return forget(context, { ...request, names: rest });
  if (action === 'explain') return (await import('./config-explain.ts')).explain(context, { ...request, names: rest });
  if (action === 'schema') return schema(context);
  if (action === 'user' && rest.length === 0)
    return (await import('./config-user.ts')).showUserConfig(context, request);
  if (action === undefined) return show(context, request);
  throw new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `./dev config ${request.names.join(' ')} is not understood.`,
    hint: 'write ./dev config, ./dev config explain KEY, ./dev config schema, ./dev config user, or ./dev config forget SERVICE',
  });
}

async function schema(context: CliContext): Promise<ExitCode> {
  const { configJsonSchema } = await import('../../../config/docs/json-schema.ts');
  context.output.print(JSON.stringify(configJsonSchema(), null, 2));
  return EXIT.ok;
}

async function show(context: CliContext, { options }: CommandRequest): Promise<ExitCode> {
  const project = await context.loadProject();
  const masker = await projectMasker(context);
  const memory = await context.portMemory();
  const remembered = await memory.list();
  if (memory.problem !== undefined) context.output.complain(memory.problem);
  if (options.json === true) {
    context.output.print(jsonData(masker.maskDeep({ ...project, remembered })));
    return EXIT.ok;
  }
  const yaml = stringify(masker.maskDeep(project), { lineWidth: 0 }).trimEnd();
  context.output.print(context.output.hasColor ? highlightKeys(yaml) : yaml);
  const lines = memoryLines(remembered);
  if (lines.length > 0) {
    const notes = [
      'Remembered about ports; ./dev config forget SERVICE removes it:',
      ...lines.map((line) => `  ${line}`),
    ];
    context.output.print(`\n${notes.map((note) => `# ${note}`).join('\n')}`);
  }
  return EXIT.ok;
}

/** Keys in colour, so that the eye finds the services among their settings. */
export function highlightKeys(yaml: string): string {
  const { cyan } = new Chalk({ level: 1 });
  return yaml.replaceAll(/^( *(?:- )?)([\w.-]+)(?=:(?: |$))/gm, (_, indent: string, key: string) => indent + cyan(key));
}
