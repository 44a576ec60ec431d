// What a folder holds → proposed services. A file that lists the project's processes for development already is taken
// at its word; else each ecosystem is asked, with the databases of a compose file beside it.

import { COMPOSE_FILES, fromCompose } from './files/compose.ts';
import { baseOf, filesNamed, type Folder } from './facts/folder.ts';
import { detectGo } from './stacks/go.ts';
import { detectJava } from './stacks/java.ts';
import { fromMprocs } from './files/mprocs.ts';
import { detectNode } from './stacks/node.ts';
import { detectOthers, detectPages } from './stacks/others.ts';
import { detectPhp } from './stacks/php.ts';
import { fromProcessCompose } from './files/process-compose.ts';
import { fromProcfile } from './files/procfile.ts';
import type { Proposal, ProposedService } from './facts/proposal.ts';
import { detectPython } from './stacks/python.ts';
import { detectRuby } from './stacks/ruby.ts';
import { detectRust } from './stacks/rust.ts';

const FOR_DEVELOPMENT = ['Procfile.dev', 'mprocs.yaml', 'mprocs.yml', 'process-compose.yaml', 'process-compose.yml'];

export function detect(folder: Folder): Proposal {
  const [listed] = FOR_DEVELOPMENT.filter((file) => folder.read(file) !== undefined);
  if (listed !== undefined) return { services: importFile(folder.read(listed) ?? '', listed) ?? [], notes: [] };

  const found = [
    ...detectPython(folder),
    ...detectRuby(folder),
    ...detectPhp(folder),
    ...detectGo(folder),
    ...detectRust(folder),
    ...detectJava(folder),
    ...detectOthers(folder),
    ...detectNode(folder),
  ];
  const compose = COMPOSE_FILES.find((file) => folder.read(file) !== undefined);
  const text = compose === undefined ? '' : (folder.read(compose) ?? '');
  if (found.length > 0) {
    const databases = compose === undefined ? [] : fromCompose(text, compose, { all: false });
    return { services: [...databases, ...found], notes: notTaken(folder, found) };
  }
  const procfile = fromProcfile(folder.read('Procfile') ?? '', 'Procfile');
  if (procfile.length > 0) return { services: procfile, notes: [] };
  if (compose !== undefined) return { services: fromCompose(text, compose, { all: true }), notes: [] };
  return { services: detectPages(folder), notes: [] };
}

function notTaken(folder: Folder, found: readonly ProposedService[]): readonly string[] {
  if (!folder.has('Procfile')) return [];
  const what = found.length === 1 ? 'the service was' : 'the services were';
  return [`There is a Procfile too; ${what} found in the code. To take the Procfile: devdeck init --from Procfile`];
}

/** @returns undefined when the name is not that of a known kind of file */
export function importFile(text: string, file: string): readonly ProposedService[] | undefined {
  const name = baseOf(file);
  if (/^procfile/i.test(name)) return fromProcfile(text, file);
  if (/^\.?mprocs.*\.ya?ml$/.test(name)) return fromMprocs(text, file);
  if (/^process-compose.*\.ya?ml$/.test(name)) return fromProcessCompose(text, file);
  if (/^(?:docker-)?compose.*\.ya?ml$/.test(name)) return fromCompose(text, file, { all: true });
  return undefined;
}

/** Of those that `importFile` reads, the ones that lie in the folder's root; for a hint. */
export function importableFiles(folder: Folder): readonly string[] {
  return filesNamed(folder, 'Procfile', ...FOR_DEVELOPMENT, ...COMPOSE_FILES).filter((path) => !path.includes('/'));
}
