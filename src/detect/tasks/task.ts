// Targets of task runners: which of them start something for development, and the service that each would be.

import type { Folder } from '../facts/folder.ts';
import type { ProposedPort, ProposedService } from '../facts/proposal.ts';
import { commandLine } from '../lines/command-line.ts';
import { portOf, settingsOf } from '../lines/imported.ts';
import { wordsOf } from '../commands/words.ts';
import { joinDirs } from '../commands/folders.ts';

export interface Task {
  readonly name: string;
  /** The line that runs it: `make dev`. */
  readonly run: string;
  /** The lines of its recipe, as far as they are known. */
  readonly lines: readonly string[];
  /** Where the recipe runs, from where `run` does. */
  readonly dir?: string;
  /** Its runner puts PORT into its environment. */
  readonly port?: ProposedPort;
  readonly description?: string;
  readonly leftOut?: readonly string[];
}

const FOR_DEVELOPMENT =
  /^(?:dev(?:elop(?:ment)?)?|(?:start|run|serve)[:_-]dev(?:elop(?:ment)?)?(?:[:_-](?:env|server))?|dev[:_-](?:start|run|serve|env|server)|serve|server|start|run|local|watch|up)$/;
const PART =
  /^(?:dev|start|serve|run|watch)[:_-](?!build|test|lint|check|install|setup|clean|docker|prod|release|deploy|migrat|seed|format|fmt|all|ci|db)([\w:.-]+)$|^([\w.-]+)[:_-](?:dev|serve|start|watch)$/;

/** The tasks that start servers: those that one for all starts side by side, else one for each part, else the one. */
export function tasksForDevelopment(tasks: readonly Task[]): readonly Task[] {
  const useful = tasks.filter(({ lines }) => lines.length > 0 && !isContainerOnly(lines));
  const wholes = useful.filter(({ name }) => FOR_DEVELOPMENT.test(name));
  const whole = wholes.find(({ name }) => name.includes('dev')) ?? wholes[0];
  const started = whole === undefined ? [] : startedBy(whole, tasks);
  if (started.length > 0) return started.filter((task) => useful.includes(task));
  const parts = useful.filter(({ name }) => PART.test(name) && !FOR_DEVELOPMENT.test(name));
  // Several parts are several rows to look at; beside a whole that runs them all they would run twice.
  if (parts.length > 1 && (whole === undefined || parts.every(({ name }) => whole.lines.join(' ').includes(name))))
    return parts;
  const chosen = whole ?? parts[0];
  return chosen === undefined ? [] : [chosen];
}

function isContainerOnly(lines: readonly string[]): boolean {
  return lines.every((line) => /^docker(?:-| )compose\b/.test(line));
}

const ONE_SHOT =
  /(?:^|[:_-])(?:install|setup|deps|build|compile|generate|gen|migrate|seed|clean|lint|fmt|format|check|test|init|bootstrap|tidy)\b/;
const RUNNERS = new Set(['make', '$(MAKE)', '${MAKE}', 'just', 'task', 'mise']);

/** The tasks that a line runs by name: `make -j2 api web`. */
function tasksRunBy(line: string): readonly string[] | undefined {
  const [runner = '', ...rest] = wordsOf(line);
  const names = rest.filter((word) => !/^-|^\d+$|^&$/.test(word) && word !== (runner === 'mise' ? 'run' : ''));
  return RUNNERS.has(runner) && names.length > 0 ? names : undefined;
}

/** Of a script that starts others side by side. */
const STARTS_NOTHING = /^(?:#|set\s[-+]|trap\s|wait\b|echo\s)/;

/** Of a task that only runs others of its file: those that are no preparation. */
function startedBy(whole: Task, tasks: readonly Task[]): readonly Task[] {
  const named = whole.lines.filter((line) => !STARTS_NOTHING.test(line)).map(tasksRunBy);
  if (named.some((names) => names === undefined)) return [];
  const names = named.flatMap((each) => each ?? []);
  const isNamed = (name: string): boolean =>
    names.some((each) => each === name || (each.endsWith('*') && name.startsWith(each.replace(/\*+$/, ''))));
  return tasks.filter(({ name }) => name !== whole.name && isNamed(name) && !ONE_SHOT.test(name));
}

export function taskService(
  task: Task,
  { folder, dir, file }: { readonly folder: Folder; readonly dir: string; readonly file: string },
): ProposedService {
  const part = PART.exec(task.name);
  const inner = commandLine(task.lines.at(-1) ?? '', {
    folder,
    dir: joinDirs(dir, task.dir ?? ''),
    ...(task.port === undefined ? {} : { stated: task.port.wanted }),
  });
  // The recipe is not ours to change: its port can only be told by PORT, where it reads that.
  const moves = inner.port !== undefined && inner.command === task.lines.at(-1) && inner.port.isFixed !== true;
  const port = inner.port === undefined ? task.port : moves ? inner.port : { ...inner.port, isFixed: true };
  return {
    name: FOR_DEVELOPMENT.test(task.name) ? undefined : (part?.[1] ?? part?.[2] ?? task.name),
    role: 'other',
    because: task.description ?? `${task.name} of ${file}`,
    command: task.run,
    dir,
    ...portOf(port),
    settings: settingsOf({
      health: inner.address === undefined ? inner.health : { tcp: inner.address },
    }),
    ...(task.leftOut === undefined || task.leftOut.length === 0 ? {} : { leftOut: task.leftOut }),
  };
}
