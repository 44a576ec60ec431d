// Files of task runners: Makefile, justfile, Taskfile, mise. Each names its tasks and, as far as a pattern can tell, the lines
// that they run. What a target does beside that stays its own: the service runs the target.

import { asMap, asText, asTexts, baseOf, dirOf, inDir, isMap, type Folder } from '../facts/folder.ts';
import { readSource, valueOf } from '../ledger/read-source.ts';
import { imported, unusable, type Imported } from '../lines/imported.ts';
import { LONGEST_LINE } from '../commands/words.ts';
import { asDir, dotenvVariables, joinDirs } from '../commands/folders.ts';
import { tasksForDevelopment, taskService, type Task } from './task.ts';
import {
  expandMake,
  expandTask,
  expandTemplate,
  justParameters,
  justVariables,
  makeVariables,
  plainValues,
  type Variables,
} from './task-variables.ts';

type Read = (text: string, folder: Folder) => readonly Task[] | { readonly problem: string };

function importer(read: Read): (folder: Folder, file: string) => Imported {
  return (folder, file) => {
    const tasks = read(folder.read(file) ?? '', folder);
    if ('problem' in tasks) return unusable(tasks.problem);
    const chosen = tasksForDevelopment(tasks);
    const dir = /(?:^|\/)\.(?:config|mise)\//.test(file) || baseOf(dirOf(file)) === '.config' ? '' : dirOf(file);
    const services = chosen.map((task) => taskService(task, { folder, dir, file }));
    return { ...imported(services, [], 'task that starts something for development'), isOptional: true };
  };
}

/** `name: needs` and the lines below it that begin with a tab; `NAME := value` is a variable. */
export const fromMakefile = importer((text, folder) => {
  const variables = makeVariables(text, dotenvVariables(folder));
  return recipes(text, /^([A-Za-z_][\w.-]*)(?:\s+[\w.-]+)*\s*:(?!=)([^=\n]*)$/, /^\t/).map(
    ({ name, needs, lines }) => ({
      name,
      run: `make ${name}`,
      lines: lines
        .map((line) => expandMake(line.replace(/^[@+-]+/, ''), variables))
        .concat(lines.length === 0 ? needs.map((need) => `make ${need}`) : []),
    }),
  );
});

/** `name arg='x': needs`, indented lines; `[private]`, `[working-directory: 'web']` and comments stand above. */
export const fromJustfile = importer((text) => {
  const variables = justVariables(text);
  return recipes(text, /^@?([A-Za-z_][\w-]*)(?:[ \t][^:]*)?:(?!=)(.*)$/, /^[ \t]+/)
    .filter(({ signature, attributes }) => !needsArguments(signature) && !attributes.includes('private'))
    .map(({ name, needs, lines, signature, attributes }) => {
      const own = new Map([...variables, ...justParameters(signature)]);
      const dir = /working-directory\s{0,9}:\s{0,9}["']([^"']{1,200})["']/.exec(attributes)?.[1];
      return {
        name,
        run: `just ${name}`,
        lines: lines
          .map((line) => expandTemplate(line.replace(/^[@-]+/, ''), own))
          .concat(lines.length === 0 ? needs.map((need) => `just ${need}`) : []),
        ...(dir === undefined ? {} : { dir }),
      };
    });
});

/** A parameter without a default, and not `*rest`. */
function needsArguments(signature: string): boolean {
  const [, ...parameters] = (signature.split(/:(?!=)/)[0] ?? '')
    .replaceAll(/=\s{0,9}(?:"[^"]*"|'[^']*'|\S+)/g, '=')
    .trim()
    .split(/\s+/);
  return parameters.some((parameter) => !parameter.endsWith('=') && !parameter.startsWith('*'));
}

interface Recipe {
  readonly name: string;
  readonly signature: string;
  /** The line in brackets right above it. */
  readonly attributes: string;
  readonly needs: readonly string[];
  readonly lines: readonly string[];
}

function recipes(text: string, head: RegExp, indent: RegExp): readonly Recipe[] {
  const found: (Recipe & { readonly lines: string[] })[] = [];
  let current: (typeof found)[number] | undefined;
  let attributes = '';
  for (const whole of text.replaceAll(/\\\r?\n[ \t]*/g, ' ').split(/\r?\n/)) {
    const line = whole.slice(0, LONGEST_LINE);
    const match = indent.test(line) ? null : head.exec(line);
    if (match !== null) {
      const needs = (match[2] ?? '')
        .replace(/#.*$/, '')
        .trim()
        .split(/\s+/)
        .filter((word) => /^[\w.-]+$/.test(word));
      current = { name: match[1] ?? '', signature: line, attributes, needs, lines: [] };
      found.push(current);
      attributes = '';
    } else if (indent.test(line) && line.trim() !== '') {
      if (!/^\s*#(?!!)/.test(line)) current?.lines.push(line.trim());
    } else if (line.trim() !== '') {
      current = undefined;
      attributes = /^\[.*\]\s*$/.test(line) ? attributes + line : '';
    }
  }
  return found;
}

/** Taskfile.yml: `tasks` with `cmds`, `cmd` or a line. */
export const fromTaskfile = importer((text, folder) => {
  const source = readSource(text, 'yaml');
  if (source.problem !== undefined) return { problem: source.problem };
  return [...tasksOf(source.value), ...includedTasks(folder, source.value['includes'])];
});

/** `includes: {web: ./web}`: their tasks are called `web:dev`, and run in their folder. */
function includedTasks(folder: Folder, includes: unknown): readonly Task[] {
  return Object.entries(asMap(includes)).flatMap(([space, written]) => {
    const path = asDir(asText(written) ?? asText(asMap(written)['taskfile']) ?? '');
    const file = [path, ...['Taskfile.yml', 'Taskfile.yaml'].map((name) => inDir(path, name))].find(
      (each) => folder.read(each) !== undefined,
    );
    if (file === undefined) return [];
    // Without `dir` they run where the including file lies.
    const base = asDir(asText(asMap(written)['dir']) ?? '');
    return tasksOf(valueOf(folder.read(file) ?? '', 'yaml')).map((task) => ({
      ...task,
      name: `${space}:${task.name}`,
      run: `task ${space}:${task.name}`,
      dir: joinDirs(base, task.dir ?? ''),
    }));
  });
}

function tasksOf(taskfile: Readonly<Record<string, unknown>>): readonly Task[] {
  const variables = plainValues(taskfile['vars']);
  return Object.entries(asMap(taskfile['tasks'])).flatMap(([name, written]): readonly Task[] => {
    const task = asMap(written);
    if (task['internal'] === true) return [];
    const own = new Map([...variables, ...plainValues(task['vars'])]);
    const lines = commandsOf(
      typeof written === 'string' || Array.isArray(written) ? written : (task['cmds'] ?? task['cmd']),
    ).map((line) => expandTask(line, own));
    const needs = listOf(task['deps']).flatMap((need) => {
      const named = asText(need) ?? asText(asMap(need)['task']);
      return named === undefined ? [] : [`task ${named}`];
    });
    const description = asText(task['desc']);
    const dir = asText(task['dir']);
    const env = new Map([...plainValues(taskfile['env']), ...plainValues(task['env'])]);
    return [
      {
        name,
        run: `task ${name}`,
        lines: lines.length > 0 ? lines : needs,
        // What the environment says counts more than the file.
        ...portOfEnv(env, { isFixed: false }),
        ...(dir === undefined ? {} : { dir }),
        ...(description === undefined ? {} : { description }),
      },
    ];
  });
}

function listOf(written: unknown): readonly unknown[] {
  return Array.isArray(written) ? (written as readonly unknown[]) : [];
}

function commandsOf(written: unknown): readonly string[] {
  const list = Array.isArray(written) ? (written as readonly unknown[]) : [written];
  return list.flatMap((entry) => {
    const line = asText(entry) ?? asText(asMap(entry)['cmd']);
    const task = asText(asMap(entry)['task']);
    return line !== undefined ? [line] : task === undefined ? [] : [`task ${task}`];
  });
}

/** mise.toml: `[tasks.dev] run = "…"`, or `tasks.dev = "…"`. */
export const fromMise = importer((text) => {
  const source = readSource(text, 'toml');
  if (source.problem !== undefined) return { problem: source.problem };
  const variables = plainValues(source.value['vars']);
  return Object.entries(asMap(source.value['tasks'])).flatMap(([name, written]): readonly Task[] => {
    const task = isMap(written) ? written : { run: written };
    if (task['hide'] === true) return [];
    const lines = linesOfMise(task['run']).map((line) => expandTemplate(line, variables, 'vars.'));
    const needs = [
      ...asTexts(task['depends']),
      ...(asText(task['depends']) === undefined ? [] : [String(task['depends'])]),
    ];
    const description = asText(task['description']);
    const dir = asText(task['dir'])?.replace(/^\{\{\s*config_root\s*\}\}\/?/, '');
    return [
      {
        name,
        run: `mise run ${name}`,
        lines: lines.length > 0 ? lines : needs.map((need) => `mise run ${need}`),
        ...portOfEnv(new Map([...plainValues(source.value['env']), ...plainValues(task['env'])]), { isFixed: true }),
        ...(dir === undefined ? {} : { dir }),
        ...(description === undefined ? {} : { description }),
      },
    ];
  });
});

/** A line, or a list of lines and of `{ task = "…" }`, `{ tasks = ["…"] }`. */
function linesOfMise(run: unknown): readonly string[] {
  const list = Array.isArray(run) ? (run as readonly unknown[]) : [run];
  return list.flatMap((entry) => {
    const line = asText(entry);
    if (line !== undefined) return line === '' ? [] : [line];
    const names = [asText(asMap(entry)['task']) ?? [], asTexts(asMap(entry)['tasks'])].flat();
    return names.map((name) => `mise run ${name}`);
  });
}

function portOfEnv(env: Variables, { isFixed }: { readonly isFixed: boolean }): Pick<Task, 'port'> {
  const wanted = Number(env.get('PORT'));
  return wanted > 0 ? { port: { wanted, ...(isFixed ? { isFixed } : {}) } } : {};
}
