// Every kind of file that `init` reads processes from: by which name it is known, who reads it, and when it is asked.

import { fromCompose } from './containers/compose.ts';
import { baseOf, type Folder } from './facts/folder.ts';
import type { Imported } from './lines/imported.ts';
import { fromMprocs } from './processes/mprocs.ts';
import { fromPitchfork } from './processes/pitchfork.ts';
import { fromProcessCompose } from './processes/process-compose.ts';
import { fromProcfile } from './processes/procfile.ts';
import { fromSolo } from './processes/solo.ts';
import { fromTmuxinator } from './processes/tmuxinator.ts';
import { fromDevScript } from './tasks/bin-dev.ts';
import { fromDevenv, fromTiltfile } from './tasks/named-files.ts';
import { fromJustfile, fromMakefile, fromMise, fromTaskfile } from './tasks/task-runners.ts';
import { fromVscodeTasks } from './tasks/vscode-tasks.ts';

interface Importer {
  /** The name of the file itself. */
  readonly name: RegExp;
  /** Usual places, from the root; the first that is there counts. */
  readonly usual: readonly string[];
  /**
   * `first`: it lists what is started for development, and is taken at its word. `last`: asked where no code is recognised,
   * and named where it is.
   */
  readonly asked: 'first' | 'last';
  readonly read: (folder: Folder, file: string) => Imported;
}

const IMPORTERS: readonly Importer[] = [
  {
    name: /^procfile\.(?:local|dev)/i,
    usual: ['Procfile.local', 'Procfile.dev', 'Procfile.development'],
    asked: 'first',
    read: fromProcfile,
  },
  { name: /^\.?mprocs.*\.ya?ml$/, usual: ['mprocs.yaml', 'mprocs.yml'], asked: 'first', read: fromMprocs },
  {
    name: /^process-compose.*\.ya?ml$/,
    usual: ['process-compose.yaml', 'process-compose.yml'],
    asked: 'first',
    read: fromProcessCompose,
  },
  {
    name: /^pitchfork.*\.toml$/,
    usual: ['pitchfork.toml', '.config/pitchfork.toml'],
    asked: 'first',
    read: fromPitchfork,
  },
  { name: /^solo\.ya?ml$/, usual: ['solo.yml', 'solo.yaml'], asked: 'first', read: fromSolo },
  { name: /^procfile/i, usual: ['Procfile'], asked: 'last', read: fromProcfile },
  { name: /^dev$/, usual: ['bin/dev', 'script/dev', 'scripts/dev'], asked: 'last', read: fromDevScript },
  {
    name: /^\.?tmuxinator.*\.ya?ml$/,
    usual: ['.tmuxinator.yml', '.tmuxinator.yaml'],
    asked: 'last',
    read: fromTmuxinator,
  },
  { name: /^tasks\.json$/, usual: ['.vscode/tasks.json'], asked: 'last', read: fromVscodeTasks },
  {
    name: /^taskfile.*\.ya?ml$/i,
    usual: ['Taskfile.yml', 'Taskfile.yaml', 'taskfile.yml', 'Taskfile.dist.yml'],
    asked: 'last',
    read: fromTaskfile,
  },
  { name: /^\.?justfile$/i, usual: ['justfile', 'Justfile', '.justfile'], asked: 'last', read: fromJustfile },
  { name: /^(?:gnu)?makefile$/i, usual: ['GNUmakefile', 'Makefile', 'makefile'], asked: 'last', read: fromMakefile },
  {
    name: /^\.?mise(?:\..*)?\.toml$/,
    usual: ['mise.toml', '.mise.toml', '.config/mise.toml', 'mise/config.toml'],
    asked: 'last',
    read: fromMise,
  },
  { name: /^devenv\.nix$/, usual: ['devenv.nix'], asked: 'last', read: fromDevenv },
  { name: /^Tiltfile$/, usual: ['Tiltfile'], asked: 'last', read: fromTiltfile },
  {
    name: /^(?:docker-)?compose.*\.ya?ml$/,
    usual: ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'],
    asked: 'last',
    read: fromCompose,
  },
];

/** @returns undefined when the name is not that of a known kind of file */
export function importFile(folder: Folder, file: string): Imported | undefined {
  return IMPORTERS.find(({ name }) => name.test(baseOf(file)))?.read(folder, file);
}

export interface ReadFile {
  readonly file: string;
  readonly found: Imported;
}

/** What came of each file in its usual place, in the order in which they are asked. */
export function usualFiles(folder: Folder, asked: Importer['asked']): readonly ReadFile[] {
  return IMPORTERS.filter((importer) => importer.asked === asked).flatMap(({ usual, read }) => {
    const file = usual.find((name) => folder.has(name));
    return file === undefined ? [] : [{ file, found: read(folder, file) }];
  });
}

/** Files in their usual places that `importFile` reads; for a hint. */
export function importableFiles(folder: Folder): readonly string[] {
  return IMPORTERS.flatMap(({ usual }) => usual.find((name) => folder.has(name)) ?? []);
}
