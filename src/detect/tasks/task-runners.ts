// Files of task runners: Makefile, justfile, Taskfile, mise. Each names its tasks and, as far as a pattern can tell, the lines
// that they run. What a target does beside that stays its own: the service runs the target.

import { asMap, asText, asTexts, baseOf, dirOf, isMap, type Folder } from '../facts/folder.ts';
import { readSource } from '../ledger/read-source.ts';
import { imported, unusable, type Imported } from '../lines/imported.ts';
import { LONGEST_LINE } from '../commands/words.ts';
import { tasksForDevelopment, taskService, type Task } from './task.ts';

type Read = (text: string) => readonly Task[] | { readonly problem: string };

function importer(read: Read): (folder: Folder, file: string) => Imported {
  return (folder, file) => {
    const tasks = read(folder.read(file) ?? '');
    if ('problem' in tasks) return unusable(tasks.problem);
    const chosen = tasksForDevelopment(tasks);
    const dir = /(?:^|\/)\.(?:config|mise)\//.test(file) || baseOf(dirOf(file)) === '.config' ? '' : dirOf(file);
    const services = chosen.map((task) => taskService(task, { folder, dir, file }));
    return { ...imported(services, [], 'task that starts something for development'), isOptional: true };
  };
}

/** `name: needs` and the lines below it that begin with a tab; `NAME := value` is a variable. */
export const fromMakefile = importer((text) => {
  const variables = new Map(
    [...text.matchAll(/^([A-Za-z_]\w*)\s*[:?]?=\s*(.*)$/gm)].map(([, name = '', value = '']) => [name, value.trim()]),
  );
  const expanded = (line: string): string =>
    line
      .replaceAll(/\$[({]([A-Za-z_]\w*)[)}]/g, (whole, name: string) => variables.get(name) ?? whole)
      .replaceAll('$$', '$');
  return recipes(text, /^([A-Za-z_][\w.-]*)(?:\s+[\w.-]+)*\s*:(?!=)([^=\n]*)$/, /^\t/).map(
    ({ name, needs, lines }) => ({
      name,
      run: `make ${name}`,
      lines: lines
        .map((line) => expanded(line.replace(/^[@+-]+/, '')))
        .concat(lines.length === 0 ? needs.map((need) => `make ${need}`) : []),
    }),
  );
});

/** `name arg='x': needs`, indented lines; `[private]` and comments stand above. */
export const fromJustfile = importer((text) =>
  recipes(text, /^@?([A-Za-z_][\w-]*)(?:[ \t][^:]*)?:(?!=)(.*)$/, /^[ \t]+/)
    .filter(({ signature }) => !/^@?[\w-]+\s+[+*]?[A-Za-z_]\w*\s*(?:\w|:)/.test(signature) || /=/.test(signature))
    .map(({ name, needs, lines }) => ({
      name,
      run: `just ${name}`,
      lines: lines
        .map((line) => line.replace(/^[@-]+/, ''))
        .concat(lines.length === 0 ? needs.map((need) => `just ${need}`) : []),
    })),
);

interface Recipe {
  readonly name: string;
  readonly signature: string;
  readonly needs: readonly string[];
  readonly lines: readonly string[];
}

function recipes(text: string, head: RegExp, indent: RegExp): readonly Recipe[] {
  const found: { name: string; signature: string; needs: readonly string[]; lines: string[] }[] = [];
  let current: (typeof found)[number] | undefined;
  for (const whole of text.replaceAll(/\\\r?\n[ \t]*/g, ' ').split(/\r?\n/)) {
    const line = whole.slice(0, LONGEST_LINE);
    const match = indent.test(line) ? null : head.exec(line);
    if (match !== null) {
      const needs = (match[2] ?? '')
        .replace(/#.*$/, '')
        .trim()
        .split(/\s+/)
        .filter((word) => /^[\w.-]+$/.test(word));
      current = { name: match[1] ?? '', signature: line, needs, lines: [] };
      found.push(current);
    } else if (indent.test(line) && line.trim() !== '') {
      if (!/^\s*#(?!!)/.test(line)) current?.lines.push(line.trim());
    } else if (line.trim() !== '') current = undefined;
  }
  return found;
}

/** Taskfile.yml: `tasks` with `cmds`, `cmd` or a line. */
export const fromTaskfile = importer((text) => {
  const source = readSource(text, 'yaml');
  if (source.problem !== undefined) return { problem: source.problem };
  return Object.entries(asMap(source.value['tasks'])).flatMap(([name, written]): readonly Task[] => {
    const task = asMap(written);
    if (task['internal'] === true) return [];
    const lines = commandsOf(
      typeof written === 'string' || Array.isArray(written) ? written : (task['cmds'] ?? task['cmd']),
    );
    const needs = listOf(task['deps']).flatMap((need) => {
      const named = asText(need) ?? asText(asMap(need)['task']);
      return named === undefined ? [] : [`task ${named}`];
    });
    const description = asText(task['desc']);
    const dir = asText(task['dir']);
    return [
      {
        name,
        run: `task ${name}`,
        lines: lines.length > 0 ? lines : needs,
        ...(dir === undefined ? {} : { dir }),
        ...(description === undefined ? {} : { description }),
      },
    ];
  });
});

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
  return Object.entries(asMap(source.value['tasks'])).flatMap(([name, written]): readonly Task[] => {
    const task = isMap(written) ? written : { run: written };
    if (task['hide'] === true) return [];
    const run = task['run'];
    const lines = Array.isArray(run) ? asTexts(run) : [asText(run) ?? ''].filter((line) => line !== '');
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
        ...(dir === undefined ? {} : { dir }),
        ...(description === undefined ? {} : { description }),
      },
    ];
  });
});
