// .vscode/tasks.json: tasks that run in the background, or are servers by their name or command, are what a person starts in the
// editor to develop. Others build, test, and end; those that a server depends on run before it.

import { asDir } from '../commands/folders.ts';
import { literalEnvValue } from '../commands/placeholders.ts';
import { asMap, asText, isMap, type Folder } from '../facts/folder.ts';
import type { ProposedService, Settings } from '../facts/proposal.ts';
import { readSource } from '../ledger/read-source.ts';
import { SourceMap } from '../ledger/source-map.ts';
import { commandLine, shellWord } from '../lines/command-line.ts';
import { imported, portOf, settingsOf, unusable, type Imported } from '../lines/imported.ts';

export function fromVscodeTasks(folder: Folder, file: string): Imported {
  const source = readSource(folder.read(file) ?? '', 'json5');
  if (source.problem !== undefined) return unusable(source.problem);
  const { map } = source;
  map.take('version');
  const inputs = defaultsOf(map.take('inputs'));
  const written = map.take('tasks');
  const tasks = (Array.isArray(written) ? (written as readonly unknown[]) : [])
    .filter(isMap)
    .map((task) => new SourceMap(withInputs(task, inputs) as Record<string, unknown>));
  const named = tasks.map((task) => ({
    task,
    name: task.text('label') ?? task.text('taskName') ?? task.text('script') ?? 'task',
  }));
  const chosen = named.filter(({ name, task }) => startsServer(name, task, folder));
  const names = chosen.map(({ name }) => name);
  const lineOf = (name: string): string | undefined => {
    const task = named.find((each) => each.name === name)?.task;
    return task === undefined ? undefined : commandOf(task);
  };
  const services = chosen.flatMap(({ name, task }) => serviceOf(name, task, { folder, file, names, lineOf }) ?? []);
  const isTaken = (name: string): boolean => services.some((service) => service.name === name);
  const others = named
    .filter(({ name, task }) => !isTaken(name) && !startsOthers(task, isTaken))
    .map(({ name }) => name);
  const unknown = names.filter((name) => !isTaken(name));
  const ending = others.filter((name) => !unknown.includes(name));
  const shown = ending.length > 4 ? [...ending.slice(0, 3), `${ending.length - 3} more`] : ending;
  return {
    ...imported(services, map.leftOut(), 'task that runs a server'),
    isOptional: true,
    notes: [
      ...(ending.length === 0 ? [] : [`Left out of ${file}, as tasks that end: ${shown.join(', ')}.`]),
      ...unknown.map((name) => `Left out of ${file}: ${name} (the editor alone knows its command).`),
    ],
  };
}

/** A task without a command that starts others: those are services by themselves. */
function startsOthers(task: SourceMap, isTaken: (name: string) => boolean): boolean {
  return commandOf(task) === undefined && task.texts('dependsOn').some(isTaken);
}

/** What the editor proposes where it asks a person. */
function defaultsOf(written: unknown): ReadonlyMap<string, string> {
  return new Map(
    (Array.isArray(written) ? (written as readonly unknown[]) : []).flatMap((input) => {
      const { id, default: usual } = asMap(input);
      const [name, value] = [asText(id), asText(usual)];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** The task with `${input:NAME}` as the editor would propose it, at any depth. */
function withInputs(written: unknown, inputs: ReadonlyMap<string, string>): unknown {
  if (typeof written === 'string')
    return written.replaceAll(/\$\{input:([\w-]{1,99})\}/g, (whole, name: string) => inputs.get(name) ?? whole);
  if (Array.isArray(written)) return written.map((item: unknown) => withInputs(item, inputs));
  if (!isMap(written)) return written;
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [key, withInputs(value, inputs)]));
}

const STARTS =
  /^(?:run|start|serve|dev|develop|launch)\b(?!.*\b(?:tests?|build|lint|scaffold|coverage|migrations?|setup|install)\b)/i;
const GROUPS_OF_ENDS = ['build'];

/** It runs in the background, or is a server by its name or its command. */
function startsServer(name: string, task: SourceMap, folder: Folder): boolean {
  if (task.flag('isBackground') === true) return true;
  if (task.flag('isBackground') === false) return false;
  const line = commandOf(task);
  if (line === undefined || line.includes('${')) return false;
  const group = task.text('group') ?? task.map('group').text('kind');
  if (group !== undefined && GROUPS_OF_ENDS.includes(group)) return false;
  return STARTS.test(name) || commandLine(line, { folder, dir: '' }).port !== undefined;
}

interface Context {
  readonly folder: Folder;
  readonly file: string;
  readonly names: readonly string[];
  /** The command of any task of the file, by its name. */
  readonly lineOf: (name: string) => string | undefined;
}

/** What the editor shows and how, and what it looks for in the output. */
const OF_THE_EDITOR = [
  'type',
  'group',
  'presentation',
  'problemMatcher',
  'runOptions',
  'detail',
  'promptOnClose',
  'icon',
  'isBuildCommand',
  'hide',
];

function serviceOf(
  name: string,
  task: SourceMap,
  { folder, file, names, lineOf }: Context,
): ProposedService | undefined {
  const options = task.map('options');
  const dir = folderOf(options.text('cwd') ?? task.text('path') ?? '');
  const written = commandOf(task, dir);
  if (dir === undefined) {
    options.lose('cwd', 'its variable is known to the editor alone');
  }
  if (written === undefined || written.includes('${')) return undefined;
  const detail = task.text('detail');
  for (const key of OF_THE_EDITOR) task.take(key);
  const line = commandLine(written, { folder, dir: dir ?? '' });
  const variables = asMap(options.take('env'));
  // Where nothing else tells the port, this does; a variable of its own would keep it from moving.
  const stated = line.port === undefined ? Number(asText(variables['PORT'])) : 0;
  const env = Object.entries(variables).flatMap(([key, value]) => {
    const text = asText(value);
    return text === undefined || (stated > 0 && key === 'PORT') ? [] : [[key, literalEnvValue(text)] as const];
  });
  return {
    name,
    role: 'other',
    because: detail ?? `${name} of ${file}`,
    command: line.command,
    dir: dir ?? '',
    ...portOf(stated > 0 ? { wanted: stated } : line.port),
    settings: settingsOf({
      env: { ...line.env, ...Object.fromEntries(env) },
      health: line.address === undefined ? line.health : { tcp: line.address },
      ...dependenciesOf(task, names, lineOf),
      restart: 'no',
    }),
    leftOut: task.leftOut(),
  };
}

/** `type: npm` names a script; else a command with its arguments, which may be `{value, quoting}`. */
function commandOf(task: SourceMap, dir = ''): string | undefined {
  const script = task.text('script');
  if (task.text('type') === 'npm' && script !== undefined) return `npm run ${script}`;
  const command = task.text('command') ?? asText(asMap(task.take('command'))['value']);
  if (command === undefined) return undefined;
  const list = task.take('args');
  const words = (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap(
    (word) => asText(word) ?? asText(asMap(word)['value']) ?? [],
  );
  return inWorkspace(
    [command, ...words.map((word) => (task.text('type') === 'process' ? shellWord(word) : quotedIfBlank(word)))].join(
      ' ',
    ),
    dir,
  );
}

function quotedIfBlank(word: string): string {
  return /\s/.test(word) && !/^["']/.test(word) ? shellWord(word) : word;
}

/** @param dir where the command runs, from the workspace's folder */
function inWorkspace(text: string, dir: string): string {
  const up = dir === '' ? './' : '../'.repeat(dir.split('/').length);
  return text
    .replaceAll(/\$\{(?:workspaceFolder|workspaceRoot|cwd)\}\/?/g, up)
    .replaceAll(/(?<=^|\s)(\.\.?(?:\/\.\.)*)\/(?=\s|$)/g, '$1');
}

/** Undefined when the editor alone knows it. */
function folderOf(written: string): string | undefined {
  const dir = written.replace(/^\$\{(?:workspaceFolder(?::[^}]*)?|workspaceRoot)\}\/?/, '');
  return dir.includes('${') ? undefined : asDir(dir);
}

/** Other servers are waited for; what ends runs before. */
function dependenciesOf(
  task: SourceMap,
  names: readonly string[],
  lineOf: (name: string) => string | undefined,
): Pick<Settings, 'depends_on' | 'before'> {
  task.take('dependsOrder');
  const wanted = task.texts('dependsOn');
  const before = wanted.flatMap((name) => {
    if (names.includes(name)) return [];
    const line = lineOf(name);
    if (line !== undefined && !line.includes('${')) return [line];
    task.loseText(`dependsOn: ${name} (its command is not known here)`);
    return [];
  });
  const servers = wanted.filter((name) => names.includes(name)).map((name) => [name, 'started' as const]);
  return { depends_on: Object.fromEntries(servers), before };
}
