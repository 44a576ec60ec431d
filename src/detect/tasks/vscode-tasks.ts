// .vscode/tasks.json: tasks that run in the background are what a person starts in the editor to develop. Others build, test,
// and end.

import { asDir } from '../commands/folders.ts';
import { literalEnvValue } from '../commands/placeholders.ts';
import { asMap, asText, isMap, type Folder } from '../facts/folder.ts';
import type { Condition, ProposedService } from '../facts/proposal.ts';
import { readSource } from '../ledger/read-source.ts';
import { SourceMap } from '../ledger/source-map.ts';
import { commandLine, shellWord } from '../lines/command-line.ts';
import { imported, portOf, settingsOf, unusable, type Imported } from '../lines/imported.ts';

export function fromVscodeTasks(folder: Folder, file: string): Imported {
  const source = readSource(folder.read(file) ?? '', 'json');
  if (source.problem !== undefined) return unusable(source.problem);
  const { map } = source;
  map.take('version');
  map.take('inputs');
  const written = map.take('tasks');
  const tasks = (Array.isArray(written) ? (written as readonly unknown[]) : [])
    .filter(isMap)
    .map((task) => new SourceMap(task));
  const named = tasks.map((task) => ({
    task,
    name: task.text('label') ?? task.text('taskName') ?? task.text('script') ?? 'task',
  }));
  const background = named.filter(
    ({ task }) => task.flag('isBackground') === true && task.map('problemMatcher') !== undefined,
  );
  const names = background.map(({ name }) => name);
  const services = background.flatMap(({ name, task }) => serviceOf(name, task, { folder, file, names }) ?? []);
  const others = named
    .filter(({ name }) => !services.some((service) => service.name === name))
    .map(({ name }) => `the task "${name}", which does not run in the background`);
  return {
    ...imported(services, map.leftOut(), 'task that runs in the background'),
    notes: others.length === 0 ? [] : [`Left out of ${file}: ${others.join('; ')}.`],
  };
}

interface Context {
  readonly folder: Folder;
  readonly file: string;
  readonly names: readonly string[];
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

function serviceOf(name: string, task: SourceMap, { folder, file, names }: Context): ProposedService | undefined {
  const options = task.map('options');
  const dir = folderOf(options.text('cwd') ?? task.text('path') ?? '');
  const written = commandOf(task);
  if (dir === undefined) {
    options.lose('cwd', 'its variable is known to the editor alone');
  }
  if (written === undefined || written.includes('${')) return undefined;
  const detail = task.text('detail');
  for (const key of OF_THE_EDITOR) task.take(key);
  const line = commandLine(written, { folder, dir: dir ?? '' });
  const env = Object.entries(asMap(options.take('env'))).flatMap(([key, value]) => {
    const text = asText(value);
    return text === undefined ? [] : [[key, literalEnvValue(text)] as const];
  });
  return {
    name,
    role: 'other',
    because: detail ?? `${name} of ${file}`,
    command: line.command,
    dir: dir ?? '',
    ...portOf(line.port),
    settings: settingsOf({
      env: { ...line.env, ...Object.fromEntries(env) },
      health: line.address === undefined ? line.health : { tcp: line.address },
      depends_on: dependenciesOf(task, names),
      restart: 'no',
    }),
    leftOut: task.leftOut(),
  };
}

/** `type: npm` names a script; else a command with its arguments, which may be `{value, quoting}`. */
function commandOf(task: SourceMap): string | undefined {
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
  );
}

function quotedIfBlank(word: string): string {
  return /\s/.test(word) && !/^["']/.test(word) ? shellWord(word) : word;
}

function inWorkspace(text: string): string {
  return text.replaceAll(/\$\{(?:workspaceFolder|workspaceRoot|cwd)\}\/?/g, './').replaceAll(/(?<=^|\s)\.\/\s/g, '. ');
}

/** Undefined when the editor alone knows it. */
function folderOf(written: string): string | undefined {
  const dir = written.replace(/^\$\{(?:workspaceFolder(?::[^}]*)?|workspaceRoot)\}\/?/, '');
  return dir.includes('${') ? undefined : asDir(dir);
}

function dependenciesOf(task: SourceMap, names: readonly string[]): Readonly<Record<string, Condition>> {
  task.take('dependsOrder');
  const wanted = task.texts('dependsOn');
  for (const name of wanted.filter((each) => !names.includes(each)))
    task.loseText(`dependsOn: ${name} (it does not run in the background)`);
  return Object.fromEntries(wanted.filter((name) => names.includes(name)).map((name) => [name, 'started' as const]));
}
