// From argv to a request: which command, about what, with which options. Knows nothing of the project:
// whether a name is a service is for the command to find out.
// A first word that is no command goes to `up`, because `./dev backend` means `./dev up backend`.

import { Command, CommanderError, Option } from 'commander';
import { BugError, DevError, EXIT } from '../../errors.ts';
import { COMMANDS, DEFAULT_COMMAND, GLOBAL_OPTIONS, findCommand, type CommandName } from './commands-table.ts';
import type { CommandSpec, OptionSpec } from './command-spec.ts';
import type { CommandOptions, GlobalOptions, ParsedArgs } from './request.ts';

/** @throws DevError `usage` that names the unknown word and suggests the nearest one */
export function parseArgs(argv: readonly string[]): ParsedArgs {
  const early = askedBeforeAll(argv);
  if (early !== undefined) return early;

  const chosen: { readonly spec: CommandSpec; readonly command: Command }[] = [];
  const program = prepare(new Command('./dev'), GLOBAL_OPTIONS);
  for (const spec of commandsIn(argv)) {
    const command = prepare(new Command(spec.name), spec.options);
    if (spec.alias !== undefined) command.alias(spec.alias);
    if (spec.takesAnyOption === true) command.allowUnknownOption();
    if (spec.argument !== undefined) command.arguments(spec.argument);
    command.action(() => {
      chosen.push({ spec, command });
    });
    program.addCommand(command, { isDefault: spec.name === DEFAULT_COMMAND });
  }
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    throw error instanceof CommanderError ? usageError(error) : error;
  }

  const [choice] = chosen;
  if (choice === undefined) throw new BugError(`no command for ${JSON.stringify(argv)}`);
  const { spec, command } = choice;
  return {
    command: spec.name as CommandName,
    isExplicit: findCommand(program.args[0] ?? '') === spec,
    names: command.args,
    options: commandOptions(command.opts<WrittenOptions>()),
    globals: globalOptions(program.opts<WrittenGlobals>()),
  };
}

/** The commands that the words may mean. To set up all of them takes 4 ms, longer than all the rest of the parser. */
function commandsIn(argv: readonly string[]): readonly CommandSpec[] {
  const first = findCommand(argv[0] ?? '');
  if (first !== undefined) return [first];
  return (COMMANDS as readonly CommandSpec[]).filter(
    ({ name, alias }) => name === DEFAULT_COMMAND || argv.includes(name) || argv.includes(alias ?? name),
  );
}

/** --help and --version win over all else, also over mistakes in the rest. */
function askedBeforeAll(argv: readonly string[]): ParsedArgs | undefined {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  const has = (...flags: readonly string[]): boolean => words.some((word) => flags.includes(word));
  const globals = globalOptions({ color: !has('--no-color') });
  if (has('-h', '--help')) {
    const topic = words.find((word) => findCommand(word) !== undefined);
    return { command: 'help', isExplicit: true, names: topic === undefined ? [] : [topic], options: {}, globals };
  }
  if (has('-V', '--version')) {
    return { command: 'help', isExplicit: true, names: ['version'], options: {}, globals };
  }
  return undefined;
}

/** As commander names them: by their long flags. */
interface WrittenGlobals {
  readonly project?: string;
  readonly config?: string;
  readonly color?: boolean;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** The same, and options whose name in commander (from their long flag) differs from ours. */
interface WrittenOptions extends Omit<CommandOptions, 'timeoutMs' | 'dependencies' | 'ports' | 'forMs'> {
  readonly for?: number;
  readonly timeout?: number;
  readonly deps?: boolean;
  readonly killExisting?: true;
  readonly port?: CommandOptions['ports'];
}

function globalOptions({ project, config, color, quiet, verbose }: WrittenGlobals): GlobalOptions {
  return {
    projectDir: project,
    configFile: config,
    mayColor: color ?? true,
    isQuiet: quiet ?? false,
    isVerbose: verbose ?? false,
  };
}

function commandOptions(written: WrittenOptions): CommandOptions {
  const { timeout, deps, killExisting, port, onConflict, for: forMs, ...same } = written;
  if (killExisting && onConflict !== undefined && onConflict !== 'kill') {
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: `--kill-existing is --on-conflict kill, but --on-conflict ${onConflict} was given too.`,
      hint: 'leave one of them out',
    });
  }
  const policy = killExisting ? 'kill' : onConflict;
  return {
    ...same,
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(forMs === undefined ? {} : { forMs }),
    ...(deps === undefined ? {} : { dependencies: deps }),
    ...(port === undefined ? {} : { ports: port }),
    ...(policy === undefined ? {} : { onConflict: policy }),
  };
}

/** A commander command that speaks through exceptions only. */
function prepare(command: Command, options: readonly OptionSpec[]): Command {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  command.helpOption(false).helpCommand(false);
  for (const spec of options) command.addOption(toOption(spec));
  return command;
}

function toOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.description);
  const { choices } = spec;
  const value = choices === undefined ? spec.value : { parse: oneOf(choices), expects: `one of ${choices.join(', ')}` };
  if (value === undefined) return option;
  return option.argParser((written: string, previous: unknown) => {
    const parsed = value.parse(written, previous as never);
    if (parsed !== undefined) return parsed;
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: `${option.long} does not take ${JSON.stringify(written)}.`,
      hint: `write ${value.expects}`,
    });
  });
}

function oneOf(choices: readonly string[]): (written: string) => string | undefined {
  return (written) => choices.find((choice) => choice === written);
}

/** commander says "error: unknown option '--jsn'\n(Did you mean --json?)". */
function usageError(error: CommanderError): DevError {
  const [problem = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const sentence = problem.charAt(0).toUpperCase() + problem.slice(1).replace(/\.$/, '');
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `${sentence}.`,
    hint: suggestion?.replace(/^\(D(.*)\)$/, 'd$1') ?? './dev help shows every command and option',
    cause: error,
  });
}
