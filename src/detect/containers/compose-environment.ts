// What the containers of a project's own code are told of its databases: where that code runs by itself instead, somebody has
// to tell it the same, with addresses of this machine.

import { dotenvVariables } from '../commands/folders.ts';
import { withValues } from '../commands/placeholders.ts';
import { asMap, asText, asTexts, type Folder } from '../facts/folder.ts';
import type { ComposeProject } from './compose-files.ts';

const MOST_VARIABLES = 5;

/** One note for each service that is built here and names a database: what to write into the config. */
export function environmentNotes(
  folder: Folder,
  { files, services }: ComposeProject,
  { databases, rest }: { readonly databases: readonly string[]; readonly rest: readonly string[] },
): readonly string[] {
  const variables = dotenvVariables(folder);
  return rest.flatMap((name) => {
    const service = services[name] ?? {};
    if (service['build'] === undefined) return [];
    const lines = environmentOf(service['environment']).flatMap(([variable, written]) => {
      const value = withValues(written, variables);
      const told = value === undefined ? undefined : onThisMachine(value, databases);
      return told === undefined || told === value ? [] : [`${variable}: ${JSON.stringify(told)}`];
    });
    const [file = ''] = files;
    return lines.length === 0 || lines.length > MOST_VARIABLES
      ? []
      : [`${name} of ${file} is told where its databases are. For its code write env: {${lines.join(', ')}}`];
  });
}

function environmentOf(written: unknown): readonly (readonly [name: string, value: string])[] {
  const list = asTexts(written).flatMap((entry) => {
    const at = entry.indexOf('=');
    return at < 0 ? [] : [[entry.slice(0, at), entry.slice(at + 1)] as const];
  });
  const map = Object.entries(asMap(written)).flatMap(([name, value]) => {
    const text = asText(value);
    return text === undefined ? [] : [[name, text] as const];
  });
  return [...list, ...map];
}

/** `postgres://app@db:5432/app` → `postgres://app@${db.address}/app`, `db` alone → `${db.host}`. */
function onThisMachine(value: string, databases: readonly string[]): string | undefined {
  for (const name of databases) {
    if (value === name) return `\${${name}.host}`;
    for (const lead of ['@', '//']) {
      const at = value.indexOf(`${lead}${name}`);
      const behind = at < 0 ? '' : value.slice(at + lead.length + name.length);
      if (at >= 0 && /^(?::\d+)?(?:[/?]|$)/.test(behind))
        return `${value.slice(0, at + lead.length)}\${${name}.address}${behind.replace(/^:\d+/, '')}`;
    }
  }
  return undefined;
}
