// What could stand in the place of the cursor, for the completion of shells: commands, options, their values, services.
// The shell scripts (completion-scripts.ts) know nothing themselves; they ask `devdeck __complete -- WORDS…`.
// Trap: this runs at every press of Tab. It only reads; whatever goes wrong, it is silent.

import type { ServiceName } from '../../core/model/project.ts';
import type { CommandSpec, OptionSpec } from './command-spec.ts';
import { COMMANDS, findCommand, GLOBAL_OPTIONS } from './commands-table.ts';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** @param words what stands on the line behind the program's name; the last one is what is being typed, maybe nothing */
export async function complete(
  words: readonly string[],
  loadServices: () => Promise<readonly ServiceName[]>,
): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const services = async (): Promise<readonly Candidate[]> =>
    (await loadServices().catch(() => [])).map((name) => ({ value: name, description: 'service' }));
  const candidates = await candidatesFor(before, current, services);
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

/** The command, what it was given, and the option that waits for its value. */
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
