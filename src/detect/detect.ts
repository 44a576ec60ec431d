// What a folder holds → proposed services. A file that lists the project's processes for development already is taken
// at its word; else each ecosystem is asked, with the databases of the compose files beside it; else the files of task
// runners and editors. A file that cannot be used is named with the reason, and hides nothing; one that was not asked for is
// named with what is in it.

import { composeDatabases } from './containers/compose.ts';
import { COMPOSE_FILES } from './containers/compose-files.ts';
import { devcontainerNotes } from './containers/devcontainer.ts';
import { filesNamed, type Folder } from './facts/folder.ts';
import type { Proposal } from './facts/proposal.ts';
import { importFile, usualFiles, type ReadFile } from './importers.ts';
import { readSource, type Format } from './ledger/read-source.ts';
import { namedProcfile } from './processes/procfile-settings.ts';
import { detectGo } from './stacks/go.ts';
import { detectJava } from './stacks/java.ts';
import { detectNx } from './stacks/node-nx.ts';
import { detectNode } from './stacks/node.ts';
import { detectOthers, detectPages } from './stacks/others.ts';
import { detectPhp } from './stacks/php.ts';
import { detectPython } from './stacks/python.ts';
import { detectRuby } from './stacks/ruby.ts';
import { detectRust } from './stacks/rust.ts';

export function detect(folder: Folder): Proposal {
  const first = firstFiles(folder);
  const listed = usable(first);
  if (listed !== undefined) return withNotes(listed.found, notesOn(first, listed));

  const code = ofCode(folder);
  const databases = composeDatabases(folder);
  const last = usualFiles(folder, 'last');
  if (code.services.length > 0) {
    const services = [...databases.services, ...code.services];
    const others = last.filter(({ file }) => !COMPOSE_FILES.includes(file));
    const beside = [
      ...notesOn(first),
      ...code.notes,
      ...databases.notes,
      ...notesOn(others),
      ...devcontainerNotes(folder),
    ];
    return { services, notes: beside };
  }
  const taken = usable(last);
  const notes = [...notesOn(first), ...code.notes, ...notesOn(last, taken), ...devcontainerNotes(folder)];
  if (taken !== undefined) return withNotes(withDatabases(taken, databases), notes);
  if (databases.services.length > 0) return withNotes(databases, notes);
  return { services: detectPages(folder), notes };
}

/** The Procfile that foreman, overmind or `bin/dev` are told to take comes before every usual one. */
function firstFiles(folder: Folder): readonly ReadFile[] {
  const named = namedProcfile(folder);
  const files = usualFiles(folder, 'first').filter(({ file }) => file !== named);
  const found = named === undefined ? undefined : importFile(folder, named);
  return named === undefined || found === undefined ? files : [{ file: named, found }, ...files];
}

function usable(files: readonly ReadFile[]): ReadFile | undefined {
  return files.find(({ found }) => found.services.length > 0);
}

/** A target of make or a task of an editor starts the code; what it stores its data in stands in the compose file. */
function withDatabases({ file, found }: ReadFile, databases: Proposal): Proposal {
  if (COMPOSE_FILES.includes(file)) return found;
  return {
    ...found,
    services: [...databases.services, ...found.services],
    notes: [...found.notes, ...databases.notes],
  };
}

/** What is said of files that were looked at and not taken. */
function notesOn(files: readonly ReadFile[], taken?: ReadFile): readonly string[] {
  return files.flatMap(({ file, found }) => {
    if (file === taken?.file) return [];
    if (found.services.length === 0) {
      const rest = found.leftOut ?? [];
      if (rest.length > 0) return [`${file} was not used: ${found.problem}. In it: ${rest.join('; ')}.`];
      return found.problem === undefined || found.isOptional === true
        ? []
        : [`${file} was not used: ${found.problem}.`];
    }
    const names = found.services.map(({ name }) => name ?? 'dev');
    return [`There is ${file} too, with ${names.join(', ')}. To take that: devdeck init --from ${file}`];
  });
}

function withNotes(proposal: Proposal, notes: readonly string[]): Proposal {
  return { ...proposal, notes: [...notes, ...proposal.notes] };
}

function ofCode(folder: Folder): Proposal {
  const nx = detectNx(folder);
  const node = detectNode(folder, nx);
  const services = [
    ...detectPython(folder),
    ...detectRuby(folder),
    ...detectPhp(folder),
    ...detectGo(folder),
    ...detectRust(folder),
    ...detectJava(folder),
    ...detectOthers(folder),
    ...nx,
    ...node.services,
  ];
  return { services, notes: [...unreadable(folder), ...node.notes] };
}

/** Files of code projects that are no good text: what they would tell is missing. */
function unreadable(folder: Folder): readonly string[] {
  const named = (format: Format, ...names: readonly string[]) =>
    filesNamed(folder, ...names).map((file) => [file, format] as const);
  return [
    ...named('json', 'package.json', 'composer.json'),
    ...named('json5', 'project.json', 'nx.json', 'turbo.json', 'deno.json', 'deno.jsonc'),
    ...named('yaml', 'pnpm-workspace.yaml'),
  ].flatMap(([file, format]) => {
    const text = folder.read(file) ?? '';
    const { problem } = readSource(text, format);
    return problem === undefined || text.trim() === '' ? [] : [`${file} cannot be read: ${problem}.`];
  });
}
