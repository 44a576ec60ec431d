// The help, made from the table of commands: an overview, one command in full, or the exit codes.

import { assertNever, EXIT } from '../../errors.ts';
import type { Paint } from '../../format/table.ts';
import { displayWidth, fit, wrap } from '../../format/text.ts';
import type { CommandGroup, CommandSpec, OptionSpec } from './command-spec.ts';
import { COMMANDS, GLOBAL_OPTIONS } from './commands-table.ts';

const GROUPS: readonly CommandGroup[] = ['Run', 'Look', 'Ports', 'Together', 'About'];
const MAX_WIDTH = 100;

export interface HelpStyle {
  readonly width: number;
  readonly paint: Paint;
}

/** What `./dev help` shows: a line for each command. */
export function overview({ width, paint }: HelpStyle): string {
  const commands = COMMANDS as readonly CommandSpec[];
  const termWidth = Math.max(...commands.map((spec) => displayWidth(termOf(spec))));
  const lines = [
    `${paint('heading', './dev')} [service...]       start all services, or these, and open the screen`,
    `${paint('heading', './dev')} <command> ...      run one of these:`,
  ];
  for (const group of GROUPS) {
    lines.push(paint('heading', group));
    for (const spec of commands.filter((command) => command.group === group)) {
      lines.push(...item(termOf(spec), termWidth, spec.summary, width));
    }
  }
  const everywhere = GLOBAL_OPTIONS.map(({ flags }) => flags.replace(/^(-\w), --\w+/, '$1')).join('  ');
  lines.push(`${paint('heading', 'Everywhere')}  ${everywhere}`);
  return lines.join('\n');
}

export function commandHelp(spec: CommandSpec, { width, paint }: HelpStyle): string {
  const argument = spec.argument === undefined ? '' : ` ${spec.argument}`;
  const lines = [
    `${paint('heading', 'Usage')}  ./dev ${spec.name}${spec.options.length > 0 ? ' [options]' : ''}${argument}`,
  ];
  if (spec.alias !== undefined) lines.push(`       ./dev ${spec.alias} is the same`);
  lines.push('', ...wrap(sentence(spec.summary), Math.min(width, MAX_WIDTH)));
  if (spec.details !== undefined) lines.push('', ...wrap(spec.details, Math.min(width, MAX_WIDTH)));
  if (spec.options.length > 0) lines.push('', paint('heading', 'Options'), ...optionItems(spec.options, width));
  if (spec.examples !== undefined) {
    const termWidth = Math.max(...spec.examples.map(([command]) => command.length));
    lines.push('', paint('heading', 'Examples'));
    for (const [command, meaning] of spec.examples) lines.push(...item(command, termWidth, meaning, width));
  }
  lines.push('', paint('heading', 'Everywhere'), ...optionItems(GLOBAL_OPTIONS, width));
  return lines.join('\n');
}

type ExitCodeName = keyof typeof EXIT;

/** What each exit code means, in the order of the codes. */
export const EXIT_CODE_MEANINGS: readonly (readonly [code: number, meaning: string])[] = (
  Object.keys(EXIT) as ExitCodeName[]
).map((name) => [EXIT[name], meaningOf(name)]);

export function exitCodeHelp({ width, paint }: HelpStyle): string {
  const lines = [paint('heading', 'Exit codes')];
  for (const [code, meaning] of EXIT_CODE_MEANINGS) lines.push(...item(String(code).padStart(3), 3, meaning, width));
  return lines.join('\n');
}

function meaningOf(name: ExitCodeName): string {
  switch (name) {
    case 'ok':
      return 'success; for status, health and wait: all is ready';
    case 'notReady':
      return 'a service failed, is not ready or is unhealthy; after stop: something is left; the output cannot be written';
    case 'usage':
      return 'invalid command line';
    case 'config':
      return 'the config is invalid; nothing was started or stopped';
    case 'noSuchService':
      return 'there is no service (or command) of this name';
    case 'conflict':
      return 'a port conflict is unresolved, or a session with another config runs';
    case 'noSession':
      return 'no session runs';
    case 'notAllowed':
      return 'not allowed to this caller: an agent needs a person’s yes, or somebody else holds the service';
    case 'bug':
      return 'a bug in devdeck; the message names the debug log';
    case 'timeout':
      return 'timed out';
    case 'interrupted':
      return 'ended by Ctrl-C';
    case 'terminated':
      return 'ended by SIGTERM or SIGHUP';
    default:
      return assertNever(name);
  }
}

function termOf({ name, alias, argument }: CommandSpec): string {
  const names = alias === undefined ? name : `${name}, ${alias}`;
  return argument === undefined ? names : `${names} ${argument}`;
}

function optionItems(options: readonly OptionSpec[], width: number): string[] {
  const termWidth = Math.max(...options.map(({ flags }) => flags.length));
  return options.flatMap(({ flags, description, choices }) => {
    const values = choices === undefined ? '' : `: ${choices.join(', ')}`;
    return item(flags, termWidth, description + values, width);
  });
}

/** `  term   text`, the text wrapped beside the term. */
function item(term: string, termWidth: number, text: string, width: number): string[] {
  const indent = 2 + termWidth + 2;
  const lines = wrap(text, Math.max(20, Math.min(width, MAX_WIDTH) - indent));
  return lines.map((line, index) => (index === 0 ? `  ${fit(term, termWidth)}  ${line}` : ' '.repeat(indent) + line));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
