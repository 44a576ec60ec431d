// mprocs.yaml: `procs` with a shell line or a list of words each.
// It expands nothing in `env`, takes a variable away with `null`, adds `add_path` behind PATH, and picks values by system.

import { asDir, joinDirs } from '../commands/folders.ts';
import { literalEnvValue } from '../commands/placeholders.ts';
import { asMap, asText, dirOf, isMap, type Folder } from '../facts/folder.ts';
import type { ProposedPort, ProposedService, Settings } from '../facts/proposal.ts';
import { readSource } from '../ledger/read-source.ts';
import { SourceMap } from '../ledger/source-map.ts';
import { commandLine, commandWords, shellWord } from '../lines/command-line.ts';
import { imported, portOf, settingsOf, unusable, type Imported } from '../lines/imported.ts';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGKILL'] as const;

export function fromMprocs(folder: Folder, file: string): Imported {
  const source = readSource(folder.read(file) ?? '', 'yaml');
  if (source.problem !== undefined) return unusable(source.problem);
  const whole = new SourceMap(chosen(source.value));
  const entries = Object.entries(asMap(whole.take('procs')));
  const services = entries.flatMap(([name, written]) => {
    const proc =
      typeof written === 'string' ? { shell: written } : Array.isArray(written) ? { cmd: written } : asMap(written);
    return serviceOf(name, new SourceMap(proc), { folder, file }) ?? [];
  });
  for (const [name, written] of entries) {
    if (written !== null && !services.some((service) => service.name === name))
      whole.loseText(`procs.${name} (it has no command)`);
  }
  return imported(services, whole.leftOut(), 'process');
}

interface Context {
  readonly folder: Folder;
  readonly file: string;
}

function serviceOf(name: string, proc: SourceMap, { folder, file }: Context): ProposedService | undefined {
  const shell = proc.text('shell');
  const words = shell === undefined ? proc.texts('cmd') : [];
  if (shell === undefined && (words[0] ?? '').trim() === '') return undefined;
  const dir = folderOf(proc.text('cwd'), file);
  const { env, removed, port } = environmentOf(proc);
  const surroundings = { folder, dir, ...(port === undefined ? {} : { stated: port.wanted }) };
  const line = shell === undefined ? commandWords(words, surroundings) : commandLine(shell, surroundings);
  const isRestarted = proc.flag('autorestart') === true;
  const autostart = proc.flag('autostart');
  const dependsOn = dependenciesOf(proc);
  return {
    name,
    role: 'other',
    because: `${name} of ${file}`,
    command: without(line.command, removed),
    dir,
    ...portOf(line.port ?? port),
    settings: settingsOf({
      env: { ...line.env, ...env },
      health: line.address === undefined ? line.health : { tcp: line.address },
      autostart: autostart === false ? false : undefined,
      depends_on: dependsOn,
      restart: isRestarted ? 'always' : 'no',
      stop: stopOf(proc),
    }),
    leftOut: proc.leftOut(),
  };
}

/** `<CONFIG_DIR>` is where the file lies. */
function folderOf(cwd: string | undefined, file: string): string {
  if (cwd === undefined) return '';
  const below = /^<CONFIG_DIR>\/?(.*)$/s.exec(cwd)?.[1];
  return below === undefined ? asDir(cwd) : joinDirs(dirOf(file), below);
}

/** `{DB: ready}` is of newer versions; a plain list means started. */
function dependenciesOf(proc: SourceMap): Settings['depends_on'] {
  const names = proc.texts('deps');
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, 'started' as const]));
}

interface Environment {
  readonly env: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
  readonly port?: ProposedPort;
}

function environmentOf(proc: SourceMap): Environment {
  const written = Object.entries(asMap(proc.take('env')));
  const env: Record<string, string> = {};
  let port: ProposedPort | undefined;
  for (const [key, value] of written) {
    const text = asText(value);
    const number = key === 'PORT' ? Number(text) : Number.NaN;
    if (Number.isInteger(number) && number > 0 && number <= 65_535) port = { wanted: number };
    else if (text !== undefined) env[key] = literalEnvValue(text);
  }
  const paths = proc.texts('add_path');
  const path = written.some(([key]) => key === 'PATH') ? env['PATH'] : '${PATH}';
  if (paths.length > 0) env['PATH'] = [path, ...paths.map(literalEnvValue)].join(':');
  const removed = written.filter(([key, value]) => value === null && /^[A-Za-z_]\w*$/.test(key)).map(([key]) => key);
  return { env, removed, ...portOf(port) };
}

/** `NAME: null` takes a variable away, also one of the caller's. */
function without(command: string | readonly string[], removed: readonly string[]): string | readonly string[] {
  if (removed.length === 0) return command;
  if (typeof command === 'string') return `unset ${removed.join(' ')}; ${command}`;
  return ['env', ...removed.flatMap((name) => ['-u', name]), ...command];
}

function stopOf(proc: SourceMap): NonNullable<Settings['stop']> {
  const written = proc.take('stop');
  const signal = written === 'hard-kill' ? 'SIGKILL' : SIGNALS.find((candidate) => candidate === written);
  if (signal !== undefined) return { signal };
  const command = isMap(written) ? (written['cmd'] ?? written['shell']) : undefined;
  const words = Array.isArray(command) ? command.flatMap((word) => asText(word) ?? []) : undefined;
  const line = words?.map(shellWord).join(' ') ?? asText(command);
  if (line !== undefined && line.trim() !== '') return { command: line };
  if (written !== undefined && written !== null) proc.lose('stop', 'devdeck types no keys: it sends SIGTERM');
  return {};
}

/** `{$select: os, windows: …, $else: …}`, wherever it stands. */
function chosen(value: unknown, depth = 0): unknown {
  if (depth > 20) return value;
  if (Array.isArray(value)) return value.map((item) => chosen(item, depth + 1));
  if (!isMap(value)) return value;
  if (value['$select'] === 'os') {
    const os = process.platform === 'darwin' ? 'macos' : 'linux';
    return chosen(value[os] ?? value['$else'], depth + 1);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, chosen(inner, depth + 1)]));
}
