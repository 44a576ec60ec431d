// What could stand in the place of the cursor, for the completion of shells: commands, options, their values, services.
// The shell scripts (completion-scripts.ts) know nothing themselves; they ask `devdeck __complete -- WORDS…`.
// Trap: this runs at every press of Tab. It only reads, and prints no error.

import { allowedValues } from '../../core/rules/action-values.ts';
import type { ActionSpec, ServiceName } from '../../core/model/project.ts';
import type { CommandSpec, OptionSpec } from './command-spec.ts';
import { COMMANDS, findCommand, GLOBAL_OPTIONS } from './commands-table.ts';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

export interface ProjectNames {
  readonly services: readonly ServiceName[];
  readonly actions: readonly Pick<ActionSpec, 'name' | 'params'>[];
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** @param words the words after the program's name; the last one is being typed, and may be empty */
export async function complete(
  words: readonly string[],
  loadNames: () => Promise<ProjectNames>,
): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const load = (): Promise<ProjectNames> => loadNames().catch(() => ({ services: [], actions: [] }));
  const services = async (): Promise<readonly Candidate[]> =>
    (await load()).services.map((name) => ({ value: name, description: 'service' }));
  const [command, action] = before;
  const candidates =
    command === 'do' && (action !== undefined || !current.startsWith('-'))
      ? actionCandidates((await load()).actions, before.slice(1), current)
      : await candidatesFor(before, current, services);
  return candidates.filter(({ value }) => value.startsWith(current) && !before.includes(value));
}

async function candidatesFor(
  before: readonly string[],
  current: string,
  services: () => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  // What follows belongs to another program.
  if (before.includes('--')) return [];
  const { command, operands, pending } = readWords(before);
  if (pending !== undefined) {
    if (/<name=port>/.test(pending.flags)) {
      return (await services()).map(({ value, description }) => ({ value: `${value}=`, description }));
    }
    return (pending.choices ?? []).map((value) => ({ value, description: pending.description }));
  }
  if (current.startsWith('-')) return optionCandidates([...(command?.options ?? []), ...GLOBAL_OPTIONS]);
  if (command === undefined) return [...(operands.length === 0 ? commandCandidates() : []), ...(await services())];
  return operandCandidates(command, operands, services);
}

/** Behind `do`: an action, then its parameters, and the choices of one. */
function actionCandidates(
  actions: ProjectNames['actions'],
  [name, ...words]: readonly string[],
  current: string,
): readonly Candidate[] {
  if (name === undefined) return actions.map((action) => ({ value: action.name, description: 'action' }));
  const params = actions.find((action) => action.name === name)?.params ?? [];
  const pending = params.find((param) => param.type !== 'flag' && words.at(-1) === `--${param.name}`);
  if (pending?.type === 'choice') return pending.choices.map((value) => ({ value, description: pending.name }));
  if (pending !== undefined || !(current === '' || current.startsWith('-'))) return [];
  return params.map((param) => ({ value: `--${param.name}`, description: allowedValues(param) }));
}

async function operandCandidates(
  { argument = '' }: CommandSpec,
  operands: readonly string[],
  services: () => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  const names = argument.split(' ');
  const name = names[operands.length] ?? (argument.endsWith('...]') ? (names.at(-1) ?? '') : '');
  if (/service|target/.test(name)) return services();
  if (/topic/.test(name)) return commandCandidates();
  return /shell/.test(name) ? SHELLS.map((value) => ({ value, description: 'shell' })) : [];
}

/** The command, its words, and the option that waits for its value. */
function readWords(words: readonly string[]): {
  readonly command: CommandSpec | undefined;
  readonly operands: readonly string[];
  readonly pending: OptionSpec | undefined;
} {
  let command: CommandSpec | undefined;
  let pending: OptionSpec | undefined;
  const operands: string[] = [];
  for (const word of words) {
    if (pending !== undefined) pending = undefined;
    else if (word.startsWith('-')) pending = optionWithValue(word, [...(command?.options ?? []), ...GLOBAL_OPTIONS]);
    else if (command === undefined && operands.length === 0 && findCommand(word) !== undefined) {
      command = findCommand(word);
    } else operands.push(word);
  }
  return { command, operands, pending };
}

function optionWithValue(word: string, options: readonly OptionSpec[]): OptionSpec | undefined {
  return options.find(({ flags }) => flags.includes('<') && flags.split(/[ ,]+/).includes(word));
}

function commandCandidates(): readonly Candidate[] {
  return (COMMANDS as readonly CommandSpec[]).map(({ name, summary }) => ({ value: name, description: summary }));
}

function optionCandidates(options: readonly OptionSpec[]): readonly Candidate[] {
  return options.flatMap(({ flags, description }) => {
    const long = flags.split(/[ ,]+/).find((flag) => flag.startsWith('--'));
    return long === undefined ? [] : [{ value: long, description }];
  });
}
