// `config explain KEY`: each value with its layer, and the values that it overrides.

import { explainableKeys, explainKey, type GivenValue, type Origin } from '../../../config/docs/explain.ts';
import { lookUpProject } from '../../../config/cached-project.ts';
import { didYouMean } from '../../../config/text/suggest.ts';
import { printable } from '../../../core/output/log-line.ts';
import { DevError, EXIT, type ExitCode } from '../../../errors.ts';
import { renderTable } from '../../../format/table.ts';
import { truncate } from '../../../format/text.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import type { Masker } from '../../../core/secrets/masker.ts';
import { projectMasker } from '../../context/project-masker.ts';

const LONGEST = 500;

export async function explain(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const project = await context.loadProject();
  const [key = ''] = names;
  const { sources } = lookUpProject({ configFile: project.configFile, env: context.env });
  const values = key === '' ? undefined : explainKey({ sources, env: context.env, key });
  if (values === undefined) {
    throw unknownKey(key, [...new Set(project.services.map(({ name, replica }) => replica?.of ?? name))]);
  }
  const masker = await projectMasker(context);
  const masked = values.map(({ key: name, value, origin, over }) => ({
    key: name,
    value: hide(name, value, masker),
    origin,
    over: over.map((lower) => ({ ...lower, value: hide(name, lower.value, masker) })),
  }));
  const { output, terminal } = context;
  if (options.json === true) {
    output.print(
      jsonData(masked.map(({ origin, over, ...rest }) => ({ ...rest, ...view(origin), over: over.map(lowerView) }))),
    );
    return EXIT.ok;
  }
  if (masked.length === 0) {
    output.print(`Nothing is said about ${printable(key, LONGEST)}, and it has no default.`);
    return EXIT.ok;
  }
  const width = terminal.size()?.columns ?? Infinity;
  const rows = masked.map(({ key: name, value, origin, over }) => ({
    cells: [{ text: printable(name, LONGEST) }, { text: shown(value) }, { text: originText(origin) }],
    notes: over.map((lower) => ({
      text: truncate(lowerText(lower), width),
      tone: 'muted' as const,
    })),
  }));
  const columns = [{ heading: 'KEY' }, { heading: 'VALUE', minWidth: 12 }, { heading: 'FROM' }];
  output.print(renderTable(columns, rows, width, output.paint).join('\n'));
  return EXIT.ok;
}

/** `backend.env.API_KEY` is known to be secret by its last word. */
function hide(key: string, value: unknown, masker: Masker): unknown {
  const [, variable] = /\.env\.(.+)$/.exec(key) ?? [];
  return variable === undefined
    ? masker.maskDeep(value)
    : masker.maskDeep({ env: { [variable]: value } }).env[variable];
}

function shown(value: unknown): string {
  return printable(typeof value === 'string' ? value : JSON.stringify(value), LONGEST);
}

function lowerText({ value, origin }: GivenValue): string {
  return value === null ? `  removed in ${originText(origin)}` : `  over ${shown(value)}   ${originText(origin)}`;
}

function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'environment':
      return `${origin.variable} in the environment`;
    case 'file':
      return `${printable(origin.file, LONGEST)}:${origin.line}${origin.isShared ? ' (defaults)' : ''}`;
    default:
      return origin satisfies never;
  }
}

function lowerView({ value, origin }: GivenValue) {
  return { value, ...view(origin) };
}

function view(origin: Origin) {
  const file = origin.kind === 'file' ? { file: origin.file, line: origin.line } : { file: null, line: null };
  const layer = origin.kind === 'file' && origin.isShared ? 'defaults' : origin.kind;
  return { layer, ...file, variable: origin.kind === 'environment' ? origin.variable : null };
}

function unknownKey(key: string, names: readonly string[]): DevError {
  const guess = didYouMean(key, explainableKeys(names));
  const example = `./dev config explain ${names[0] ?? 'SERVICE'}.restart`;
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message:
      key === ''
        ? 'config explain needs a key.'
        : `There is no key ${JSON.stringify(printable(key, LONGEST))} in a config.`,
    hint: guess ?? `for example ${example}; a service alone shows all of its keys`,
  });
}
