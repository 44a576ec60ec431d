// Procfile: a name and a command in each line, for foreman, overmind and their like, with what their settings beside it say:
// `.foreman`, `.overmind.env`, `.env` and Rails' `bin/dev`.
// The numbers follow foreman: a base for the first process, 100 more for each next. Where the project names no base, a
// server keeps the port that its own tool takes.

import { dotenvVariables } from '../commands/folders.ts';
import { dirOf, inDir, type Folder } from '../facts/folder.ts';
import type { ProposedService, Settings } from '../facts/proposal.ts';
import { commandLine } from '../lines/command-line.ts';
import { imported, portOf, settingsOf, type Imported } from '../lines/imported.ts';
import { procfileSettings, type ProcfileSettings } from './procfile-settings.ts';

const LINE = /^([\w-]+):\s*(\S.*)$/;
const USUAL_BASE = 5000;
const STEP = 100;

export function fromProcfile(folder: Folder, file: string): Imported {
  const settings = procfileSettings(folder, file);
  const lines = (folder.read(file) ?? '').split(/\r?\n/).map((line) => line.trim());
  const entries = lines.flatMap((line) => {
    const [, name, command] = LINE.exec(line) ?? [];
    return name === undefined || command === undefined ? [] : [{ name, command }];
  });
  const services = withoutSharedPorts(
    entries,
    entries.map((entry, index) => serviceOf(entry, index, { folder, file, settings })),
  );
  const others = lines.filter((line) => line !== '' && !line.startsWith('#') && !LINE.test(line));
  const leftOut = [...others.map((line) => `${line} (no NAME: COMMAND)`), ...settings.leftOut];
  return imported(services, leftOut, 'process');
}

/** `PORT=3000` before several processes: the first serves there, the others are told where it is. */
function withoutSharedPorts(
  entries: readonly Entry[],
  services: readonly ProposedService[],
): readonly ProposedService[] {
  const taken = new Set<number>();
  return services.map((service, index) => {
    const { port, ...rest } = service;
    const written = entries[index]?.command ?? '';
    if (port === undefined || !/(?:^|\s)PORT=\d/.test(written)) return service;
    if (!taken.has(port.wanted)) {
      taken.add(port.wanted);
      return service;
    }
    return { ...rest, command: written };
  });
}

interface Entry {
  readonly name: string;
  readonly command: string;
}

interface Context {
  readonly folder: Folder;
  readonly file: string;
  readonly settings: ProcfileSettings;
}

function serviceOf(
  { name, command: written }: Entry,
  index: number,
  { folder, file, settings }: Context,
): ProposedService {
  const { base, step = STEP, formation, stop, canDie, autoRestart, envFiles } = settings;
  const line = commandLine(written, {
    folder,
    dir: dirOf(file),
    variables: dotenvVariables(folder, ['.env', inDir(dirOf(file), '.env')]),
    usual: USUAL_BASE + index * step,
    ...(base === undefined ? {} : { stated: base + index * step }),
  });
  const count = formation.get(name) ?? formation.get('all') ?? 1;
  // Heroku runs it once, when a release goes out.
  const isRelease = name === 'release';
  const isRestarted = autoRestart.includes(name) || autoRestart.includes('all');
  return {
    name,
    role: name === 'web' ? 'backend' : 'other',
    because: `${name} of ${file}`,
    command: line.command,
    dir: dirOf(file),
    ...portOf(line.port),
    settings: settingsOf({
      ...healthOf(line),
      env: line.env,
      env_file: [...envFiles],
      replicas: count > 1 && count <= 100 ? count : undefined,
      autostart: isRelease || count === 0 ? false : undefined,
      restart: isRelease ? 'no' : isRestarted ? 'always' : canDie.includes(name) ? 'no' : undefined,
      stop: { ...stop.all, ...stop.of.get(name) },
    }),
  };
}

function healthOf({ address, health }: ReturnType<typeof commandLine>): Pick<Settings, 'health'> {
  if (address !== undefined) return { health: { tcp: address } };
  return health === undefined ? {} : { health };
}
