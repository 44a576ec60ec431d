// What a command line asks for, and the reading of the plain ones: a command, names, and few options without a value. Those
// are what people type, `./dev status` first of all, and they do without the parser (args.ts), which takes longer to load
// than they do.
// Knows nothing of the project: whether a name is a service is for the command to find out.

import type { ConflictPolicy } from '../../core/model/vocabulary.ts';
import type { CommandSpec } from './command-spec.ts';
import { DEFAULT_COMMAND, findCommand, type CommandName } from './commands-table.ts';
import type { Pattern } from '../../core/output/pattern.ts';
import type { LogCursor } from './log-cursor.ts';
import type { Since } from './option-values.ts';

export interface GlobalOptions {
  readonly projectDir: string | undefined;
  readonly configFile: string | undefined;
  /** False after --no-color; else the environment decides. */
  readonly mayColor: boolean;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
}

/** All options of all commands; undefined is "not given". A command finds only its own ones set. */
export interface CommandOptions {
  readonly json?: true;
  readonly detach?: true;
  readonly stream?: true;
  readonly plain?: true;
  readonly timeoutMs?: number;
  /** False after --no-deps. */
  readonly dependencies?: boolean;
  readonly profile?: string;
  readonly onConflict?: ConflictPolicy;
  readonly ports?: Readonly<Record<string, number>>;
  readonly force?: true;
  readonly remove?: true;
  /** A folder. */
  readonly output?: string;
  readonly wait?: boolean;
  readonly watch?: true;
  readonly follow?: true;
  readonly lines?: number;
  readonly since?: Since;
  readonly until?: Since;
  readonly after?: LogCursor;
  readonly grep?: Pattern;
  readonly errors?: true;
  readonly timestamps?: true;
  readonly probes?: true;
  readonly raw?: true;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly all?: true;
  readonly running?: true;
  readonly from?: string;
  /** A file. */
  readonly junit?: string;
  readonly make?: true;
  readonly scripts?: true;
  readonly forMs?: number;
  readonly why?: string;
  readonly startup?: true;
  readonly service?: string;
  readonly agents?: true;
}

export interface ParsedArgs {
  readonly command: CommandName;
  /** False when the command was left out, as in `./dev backend`. */
  readonly isExplicit: boolean;
  /** Service names, a port, or a help topic. */
  readonly names: readonly string[];
  readonly options: CommandOptions;
  readonly globals: GlobalOptions;
}

const PLAIN_FLAGS = ['--no-color', '-q', '--quiet', '-v', '--verbose', '--json'];

/** Undefined when the parser is needed: for another option, or a command that does not take just any number of names. */
export function plainRequest(argv: readonly string[]): ParsedArgs | undefined {
  const flags = argv.filter((word) => word.startsWith('-'));
  if (!flags.every((flag) => PLAIN_FLAGS.includes(flag))) return undefined;
  const words = argv.filter((word) => !word.startsWith('-'));
  const has = (...names: readonly string[]): boolean => flags.some((flag) => names.includes(flag));
  const spec = findCommand(words[0] ?? '');
  const isExplicit = spec !== undefined;
  const names = isExplicit ? words.slice(1) : words;
  const takesNames = spec === undefined || (spec.argument?.startsWith('[') === true && spec.argument.endsWith('...]'));
  if (!takesNames || (has('--json') && !takesJson(argv, spec))) return undefined;
  return {
    command: (spec?.name ?? DEFAULT_COMMAND) as CommandName,
    isExplicit,
    names,
    options: has('--json') ? { json: true } : {},
    globals: {
      projectDir: undefined,
      configFile: undefined,
      mayColor: !has('--no-color'),
      isQuiet: has('-q', '--quiet'),
      isVerbose: has('-v', '--verbose'),
    },
  };
}

/** As an option of the command it follows the command's name. */
function takesJson(argv: readonly string[], spec: CommandSpec | undefined): boolean {
  const isBehind = argv.findIndex((word) => !word.startsWith('-')) < argv.indexOf('--json');
  return isBehind && spec?.options.some(({ flags }) => flags === '--json') === true;
}
