// What `init` would write for a tree of files, read back as devdeck reads it.

import { parseProject } from '../../src/config/parse.ts';
import type { ServiceSpec } from '../../src/core/model/project.ts';
import { configText } from '../../src/detect/config-text.ts';
import { detect } from '../../src/detect/detect.ts';
import { importFile } from '../../src/detect/importers.ts';
import { settle } from '../../src/detect/settle.ts';
import { parseDotenv } from '../../src/core/env/dotenv.ts';
import { folderOf } from '../helpers/project-tree.ts';

export interface Proposed {
  readonly text: string;
  readonly names: readonly string[];
  /** @throws when there is no such service */
  readonly service: (name: string) => ServiceSpec;
  /** The command as one line. */
  readonly command: (name: string) => string;
  /** What is told of a service's source that is not in the config. */
  readonly leftOut: (name: string) => readonly string[];
  readonly notes: readonly string[];
  readonly fileLeftOut: readonly string[];
}

const ROOT = '/shop';

/** @param from the file that `--from` names; without it the folder is looked at */
export function proposed(files: Readonly<Record<string, string>>, from?: string): Proposed {
  const folder = folderOf(files);
  const found = from === undefined ? detect(folder) : importFile(folder, from);
  if (found === undefined) throw new Error(`nobody reads ${from}`);
  const settled = settle(found);
  const text = configText(settled);
  const dotenv = new Map(
    parseDotenv(files['.env'] ?? '').entries.map(({ name, value }) => [
      name,
      (value ?? []).map((part) => (part.kind === 'text' ? part.text : '')).join(''),
    ]),
  );
  const result = parseProject({
    root: ROOT,
    configFile: `${ROOT}/.project.config`,
    sources: [{ file: '.project.config', text }],
    variable: (name) => dotenv.get(name),
  });
  if ('issues' in result) throw new Error(`${result.issues.map(({ message }) => message).join('\n')}\n${text}`);
  const { services } = result.project;
  const service = (name: string): ServiceSpec => {
    const spec = services.find((candidate) => candidate.name === name);
    if (spec === undefined) throw new Error(`no service ${name} in:\n${text}`);
    return spec;
  };
  return {
    text,
    names: services.map(({ name }) => name),
    service,
    command: (name) => {
      const { command } = service(name);
      return command.kind === 'shell' ? command.line : command.argv.join(' ');
    },
    leftOut: (name) => settled.services.find((candidate) => candidate.name === name)?.leftOut ?? [],
    notes: settled.notes,
    fileLeftOut: settled.leftOut,
  };
}

/** One process-compose process as the only one. */
export function ofFile(file: string, text: string, others: Readonly<Record<string, string>> = {}): Proposed {
  return proposed({ ...others, [file]: text }, file);
}
