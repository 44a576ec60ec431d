// What stands beside a Procfile: foreman's `.foreman`, overmind's `.overmind.env`, the PORT of `.env`, and `bin/dev`, which
// Rails starts foreman by.

import type { ServiceInput } from '../../config/rules/schema.ts';
import { dotenvVariables } from '../commands/folders.ts';
import { asMap, asText, readJson, type Folder } from '../facts/folder.ts';
import { readSource } from '../ledger/read-source.ts';
import { SourceMap } from '../ledger/source-map.ts';
import { duration } from '../lines/imported.ts';

type Stop = NonNullable<ServiceInput['stop']>;

export interface ProcfileSettings {
  /** The port of the first process, where the project says one. */
  readonly base?: number;
  readonly step?: number;
  /** How many of each process, by name or `all`. */
  readonly formation: ReadonlyMap<string, number>;
  readonly stop: { readonly all: Stop; readonly of: ReadonlyMap<string, Stop> };
  readonly canDie: readonly string[];
  readonly autoRestart: readonly string[];
  readonly envFiles: readonly string[];
  /** The Procfile that they start, when it is not the usual one. */
  readonly procfile?: string;
  readonly leftOut: readonly string[];
}

export function procfileSettings(folder: Folder, file: string): ProcfileSettings {
  const foreman = foremanSettings(folder);
  const overmind = overmindSettings(folder);
  const script = binDev(folder);
  const own = [foreman, overmind, script].filter(
    (settings) => settings.procfile === undefined || file.endsWith(settings.procfile),
  );
  const last = <K extends keyof Beside>(key: K): Beside[K] | undefined =>
    own.findLast((settings) => settings[key] !== undefined)?.[key];
  const dotenvPort = port(dotenvVariables(folder).get('PORT'));
  const base = last('base') ?? dotenvPort;
  const step = last('step');
  return {
    ...(base === undefined ? {} : { base }),
    ...(step === undefined ? {} : { step }),
    formation: last('formation') ?? new Map(),
    stop: { all: last('stopAll') ?? {}, of: last('stopOf') ?? new Map() },
    canDie: last('canDie') ?? [],
    autoRestart: last('autoRestart') ?? [],
    envFiles: last('envFiles') ?? [],
    leftOut: own.flatMap((settings) => settings.leftOut ?? []),
  };
}

/** The Procfile that `.foreman`, `.overmind.env`, `bin/dev` or a script of package.json name. */
export function namedProcfile(folder: Folder): string | undefined {
  const named = [
    ...[overmindSettings(folder), foremanSettings(folder), binDev(folder)].map(({ procfile }) => procfile),
    startedByScript(folder),
  ];
  return named.find((file) => file !== undefined && folder.read(file) !== undefined);
}

interface Beside {
  readonly procfile?: string;
  readonly base?: number;
  readonly step?: number;
  readonly formation?: ReadonlyMap<string, number>;
  readonly stopAll?: Stop;
  readonly stopOf?: ReadonlyMap<string, Stop>;
  readonly canDie?: readonly string[];
  readonly autoRestart?: readonly string[];
  readonly envFiles?: readonly string[];
  readonly leftOut?: readonly string[];
}

function foremanSettings(folder: Folder): Beside {
  const source = readSource(folder.read('.foreman') ?? '', 'yaml');
  if (source.problem !== undefined) return {};
  const { map } = source;
  const files = map
    .text('env')
    ?.split(',')
    .map((name) => name.trim());
  const grace = duration(map.number('timeout'));
  const own = {
    procfile: map.text('procfile'),
    base: port(map.text('port')),
    formation: formationOf(map.text('formation') ?? map.text('concurrency')),
    envFiles: files?.filter((name) => name !== '' && name !== '/dev/null' && name !== '.env'),
    stopAll: grace === undefined ? undefined : { grace },
  };
  return { ...present(own), leftOut: told('.foreman', map) };
}

function overmindSettings(folder: Folder): Beside {
  const values = dotenvVariables(folder, ['.overmind.env']);
  if (values.size === 0) return {};
  const map = new SourceMap(Object.fromEntries([...values].filter(([name]) => name.startsWith('OVERMIND_'))));
  const list = (key: string): readonly string[] | undefined =>
    map
      .text(key)
      ?.split(',')
      .map((name) => name.trim());
  const signals = list('OVERMIND_STOP_SIGNALS')?.flatMap((entry): readonly (readonly [string, Stop])[] => {
    const [name = '', signal = ''] = entry.split('=');
    const known = SIGNALS.find((candidate) => candidate === `SIG${signal.replace(/^SIG/, '')}`);
    if (known === undefined) map.loseText(`OVERMIND_STOP_SIGNALS: ${entry}`);
    return known === undefined ? [] : [[name, { signal: known }]];
  });
  const grace = duration(map.number('OVERMIND_TIMEOUT'));
  const ignored = list('OVERMIND_IGNORED_PROCESSES')?.map((name) => [name, 0] as const) ?? [];
  const formation = formationOf(map.text('OVERMIND_FORMATION'));
  const extra = map.text('OVERMIND_ENV');
  const own = {
    procfile: map.text('OVERMIND_PROCFILE'),
    base: port(map.text('OVERMIND_PORT')),
    step: map.number('OVERMIND_PORT_STEP'),
    formation:
      formation === undefined && ignored.length === 0 ? undefined : new Map([...(formation ?? []), ...ignored]),
    canDie: list('OVERMIND_CAN_DIE'),
    autoRestart: list('OVERMIND_AUTO_RESTART'),
    envFiles: extra?.split(','),
    stopOf: signals === undefined ? undefined : new Map(signals),
    // Its own default, which is not ours.
    stopAll: { signal: 'SIGINT' as const, ...(grace === undefined ? {} : { grace }) },
  };
  return { ...present(own), leftOut: told('.overmind.env', map) };
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGKILL', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;

/** The shell script of Rails: `export PORT="${PORT:-3000}"`, then `foreman start -f Procfile.dev`. */
function binDev(folder: Folder): Beside {
  const text = folder.read('bin/dev') ?? '';
  const starts = /(?:foreman|overmind|hivemind)\s+(?:start|s)?\b(.*)/.exec(text)?.[1];
  if (starts === undefined) return {};
  const own = {
    procfile: /(?:-f|--procfile)[= ]\s*(\S+)/.exec(starts)?.[1],
    base: port(
      /(?:^|\s)(?:-p|--port)[= ](\d+)/.exec(starts)?.[1] ?? /\bPORT=["']?(?:\$\{PORT:-)?(\d+)/.exec(text)?.[1],
    ),
    formation: formationOf(/(?:-m|--formation)[= ]["']?([\w=,*-]+)/.exec(starts)?.[1]),
  };
  return present(own);
}

/** `"dev": "nf start -j Procfile.dev"`. */
function startedByScript(folder: Folder): string | undefined {
  const scripts = asMap(readJson(folder, 'package.json')['scripts']);
  const text = asText(scripts['dev'] ?? scripts['start:dev'] ?? scripts['start']) ?? '';
  const starts = /^(?:npx\s+)?(?:nf|foreman|overmind|hivemind|honcho)\s+(?:start|s)\b(.*)/.exec(text)?.[1];
  return starts === undefined ? undefined : (/(?:-[fj]|--procfile)[= ]\s*(\S+)/.exec(starts)?.[1] ?? 'Procfile');
}

/** `web=1,worker=2`, `all=0`. */
function formationOf(text: string | undefined): ReadonlyMap<string, number> | undefined {
  if (text === undefined) return undefined;
  const entries = text.split(',').flatMap((entry) => {
    const [, name, count] = /^\s*([\w-]+)\s*=\s*(\d+)\s*$/.exec(entry) ?? [];
    return name === undefined ? [] : [[name, Number(count)] as const];
  });
  return new Map(entries);
}

function port(text: string | undefined): number | undefined {
  const number = Number(text ?? '');
  return Number.isInteger(number) && number > 0 && number <= 65_000 ? number : undefined;
}

function present<T extends object>(values: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

function told(file: string, map: SourceMap): readonly string[] {
  return map.leftOut().map((line) => `${file}: ${line}`);
}
