// process-compose.yaml with what it extends and the override file beside it: processes with dependencies, probes and
// restart rules that have their like here.
// Trap: it expands `$VAR` and `${VAR:-x}` in the whole file before reading it, from `.env` and the environment, and `$$` is
// a dollar. A command keeps its variables for the shell; folders and ports have to be known now.

import { asDir, dotenvVariables } from '../commands/folders.ts';
import { asEnvValue, asShellText, literalEnvValue, withValues } from '../commands/placeholders.ts';
import { asText, isMap, type Folder } from '../facts/folder.ts';
import type { Condition, ProposedPort, ProposedService } from '../facts/proposal.ts';
import { SourceMap } from '../ledger/source-map.ts';
import { commandLine, commandWords } from '../lines/command-line.ts';
import { imported, portOf, settingsOf, unusable, type Dependencies, type Imported } from '../lines/imported.ts';
import { layeredFile, withExtendedProcesses } from './process-compose-layers.ts';
import { type ProjectContext, probesOf } from './process-compose-probes.ts';
import { restartOf, stopOf } from './process-compose-lifecycle.ts';

const CONDITIONS: Readonly<Record<string, Condition>> = {
  process_started: 'started',
  process_healthy: 'ready',
  process_log_ready: 'ready',
  process_completed: 'completed',
  process_completed_successfully: 'completed',
};

export function fromProcessCompose(folder: Folder, file: string): Imported {
  const layers = layeredFile(folder, file);
  if (layers.problem !== undefined) return unusable(layers.problem);
  const whole = new SourceMap(withExtendedProcesses(layers.value));
  const processes = whole.maps('processes');
  const shell = whole.map('shell');
  const shellCommand = shell.text('shell_command');
  whole.take('version');
  const expands = whole.flag('disable_env_expansion') !== true;
  const context: ProjectContext = {
    folder,
    file,
    names: processes.map(([name]) => name),
    variables: dotenvVariables(folder),
    expands,
    environment: whole.take('environment'),
    shell:
      shellCommand === undefined
        ? undefined
        : { command: shellCommand, argument: shell.text('shell_argument') ?? '-c' },
    vars: whole.map('vars'),
  };
  const services = processes.flatMap(([name, process]) => serviceOf(name, process, context) ?? []);
  context.vars.keys().forEach((key) => context.vars.take(key));
  const idle = processes.filter(([name]) => !services.some((service) => service.name === name));
  for (const [name] of idle) whole.loseText(`processes.${name} (it has no command)`);
  return imported(services, [...whole.leftOut(), ...layers.lost], 'process');
}

function serviceOf(name: string, process: SourceMap, context: ProjectContext): ProposedService | undefined {
  const written = commandOf(process, context);
  if (written === undefined) return undefined;
  const folder = folderOf(process, context);
  const environment = environmentOf(process, context);
  const stated = environment.port === undefined ? {} : { stated: environment.port.wanted };
  const surroundings = { folder: context.folder, dir: folder.dir, variables: context.variables, ...stated };
  const line = typeof written === 'string' ? commandLine(written, surroundings) : commandWords(written, surroundings);
  const { ready, health, port: probed } = probesOf(process, context);
  const port: ProposedPort | undefined = line.port ?? environment.port ?? probed;
  const isDaemon = process.flag('is_daemon') === true;
  const schedule = process.has('schedule');
  const isForeground = process.flag('is_foreground') === true;
  const isDisabled = process.flag('disabled') === true;
  if (schedule) process.lose('schedule', 'devdeck runs nothing by the clock: it starts when it is named');
  if (isForeground) process.loseText('is_foreground: true (it starts when it is named)');
  const stop = stopOf(process.map('shutdown'), isDaemon);
  const description = process.text('description')?.split('\n')[0]?.trim();
  const isTty = process.flag('is_tty');
  const command = inFolder(isDaemon ? kept(line.command, process) : line.command, folder.cd);
  const replicas = process.number('replicas', 1);
  const service: Omit<ProposedService, 'leftOut'> = {
    name,
    role: 'other',
    because: description ?? `${name} of ${context.file}`,
    command: typeof command === 'string' ? inShell(command, context.shell) : command,
    dir: folder.dir,
    ...portOf(port),
    settings: settingsOf({
      health: health ?? (line.address === undefined ? line.health : { tcp: line.address }),
      ready,
      depends_on: dependenciesOf(process, context.names),
      env: { ...line.env, ...environment.env },
      env_file: process.texts('env_file').map(asDir),
      tty: isTty === false ? false : undefined,
      autostart: isDisabled || schedule || isForeground ? false : undefined,
      replicas:
        replicas === undefined || replicas === 1 || !Number.isInteger(replicas) || replicas > 100
          ? undefined
          : replicas,
      stop,
      restart: isDaemon ? restartOfDaemon(process) : restartOf(process.map('availability'), process),
    }),
  };
  return { ...service, leftOut: process.leftOut() };
}

function commandOf(process: SourceMap, context: ProjectContext): string | readonly string[] | undefined {
  const text = process.text('command');
  const entrypoint = process.texts('entrypoint');
  if (text !== undefined) return withTemplates(context.expands ? asShellText(text) : text, process, context);
  if (entrypoint.length === 0 || entrypoint[0]?.trim() === '') return undefined;
  return entrypoint.map((word) => withValues(word, context.variables) ?? word);
}

/** `{{.NAME}}` of `vars`, of the process over those of the file. */
function withTemplates(text: string, process: SourceMap, { vars }: ProjectContext): string {
  const own = process.map('vars');
  const value = (name: string): string | undefined => own.text(name) ?? vars.text(name);
  const result = text.replaceAll(/\{\{\s*\.(\w+)\s*\}\}/g, (whole, name: string) => value(name) ?? whole);
  own.keys().forEach((key) => own.take(key));
  for (const [template] of result.matchAll(/\{\{[^{}\n]{0,200}\}\}/g))
    process.loseText(`the template in command: ${template}`);
  return result;
}

interface WorkingFolder {
  readonly dir: string;
  /** A folder that only the shell can know, from `dir`. */
  readonly cd?: string;
}

function folderOf(process: SourceMap, { variables, expands }: ProjectContext): WorkingFolder {
  const written = process.text('working_dir');
  if (written === undefined) return { dir: '' };
  if (!expands || !written.includes('$')) return { dir: asDir(written) };
  const known = withValues(written, variables);
  if (known === undefined || known.trim() === '') return { dir: '', cd: asShellText(written) };
  process.loseText(`working_dir: ${written} (it is ${known} by .env; a change of .env does not move it)`);
  return { dir: asDir(known) };
}

function inFolder(command: string | readonly string[], cd: string | undefined): string | readonly string[] {
  if (cd === undefined) return command;
  const line =
    typeof command === 'string'
      ? command
      : command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  const enter = `cd "${cd.replaceAll('"', '\\"')}"`;
  return line.trim().includes('\n') ? `${enter} || exit 1\n${line}` : `${enter} && ${line}`;
}

/** Its words need bash, or the file names another shell. */
const NEEDS_BASH = /\[\[|(?:^|[\s;&|])source\s|<\(|&>|\bpipefail\b|(?:^|\s)\w+=\(|\$\{\w+[\^,/]/;

function inShell(line: string, shell: ProjectContext['shell']): string | readonly string[] {
  const name = shell?.command.slice(shell.command.lastIndexOf('/') + 1);
  if (shell !== undefined && name !== 'sh' && (name !== 'bash' || NEEDS_BASH.test(line)))
    return [shell.command, shell.argument, line];
  return shell === undefined && NEEDS_BASH.test(line) ? ['bash', '-c', line] : line;
}

/** A daemon's starter ends at once; its service lives as long as the daemon is wanted. */
function kept(command: string | readonly string[], process: SourceMap): string {
  process.loseText(
    'is_daemon: true (the line waits behind the starter, so that the service lives until it is stopped)',
  );
  const line = typeof command === 'string' ? command.trimEnd() : command.join(' ');
  return `${line} && exec tail -f /dev/null`;
}

function restartOfDaemon(process: SourceMap): 'no' {
  if (process.has('availability')) process.lose('availability', 'devdeck does not see when the daemon ends');
  return 'no';
}

function dependenciesOf(process: SourceMap, names: readonly string[]): Dependencies {
  const written = process.map('depends_on');
  const found: Record<string, Condition> = {};
  for (const name of [...written.keys(), ...process.texts('depends_on')]) {
    const rule = written.map(name);
    const word = rule.text('condition') ?? 'process_started';
    if (!names.includes(name)) {
      written.lose(name, 'there is no such process');
      continue;
    }
    const condition = CONDITIONS[word];
    if (condition === undefined) rule.lose('condition', 'devdeck knows started, ready and completed');
    found[name] = condition ?? 'started';
  }
  return found;
}

interface Environment {
  readonly env: Readonly<Record<string, string>>;
  /** `PORT` of the environment: devdeck sets it from `port`. */
  readonly port?: ProposedPort;
}

function environmentOf(process: SourceMap, context: ProjectContext): Environment {
  const own = process.take('environment');
  const env: Record<string, string> = {};
  let port: ProposedPort | undefined;
  for (const [key, value] of [...pairs(context.environment), ...pairs(own)]) {
    if (key === undefined) continue;
    if (value === undefined) continue; // as the environment has it
    const number = key === 'PORT' ? Number(withValues(value, context.variables)) : Number.NaN;
    if (Number.isInteger(number) && number > 0 && number <= 65_535) {
      port = { wanted: number };
      continue;
    }
    const text = context.expands ? asEnvValue(value) : literalEnvValue(value);
    if (text === undefined)
      process.loseText(`environment.${key}: ${value} (devdeck expands \${VAR} and \${VAR:-default} alone)`);
    else env[key] = text;
  }
  return { env, ...portOf(port) };
}

/** A list of `NAME=value`, or a map. */
function pairs(written: unknown): readonly (readonly [key: string | undefined, value: string | undefined])[] {
  if (isMap(written)) return Object.entries(written).map(([key, value]) => [key, asText(value)]);
  return Array.isArray(written) ? written.flatMap((entry) => (typeof entry === 'string' ? [split(entry)] : [])) : [];
}

function split(entry: string): readonly [key: string | undefined, value: string | undefined] {
  const [, key, value] = /^([^=\s]+)(?:=([^]*))?$/.exec(entry) ?? [];
  return [key, value];
}
