// solo.yml of Solo (soloterm.com): processes with a command each, of which some start by themselves.

import { asDir } from '../commands/folders.ts';
import { literalEnvValue } from '../commands/placeholders.ts';
import { asMap, asText, type Folder } from '../facts/folder.ts';
import type { ProposedService } from '../facts/proposal.ts';
import { readSource } from '../ledger/read-source.ts';
import type { SourceMap } from '../ledger/source-map.ts';
import { commandLine } from '../lines/command-line.ts';
import { imported, portOf, settingsOf, unusable, type Imported } from '../lines/imported.ts';

export function fromSolo(folder: Folder, file: string): Imported {
  const source = readSource(folder.read(file) ?? '', 'yaml');
  if (source.problem !== undefined) return unusable(source.problem);
  const { map } = source;
  // Of the screen of theirs.
  map.take('name');
  map.take('icon');
  const services = map.maps('processes').flatMap(([name, process]) => serviceOf(name, process, folder, file) ?? []);
  return imported(services, map.leftOut(), 'process');
}

function serviceOf(name: string, process: SourceMap, folder: Folder, file: string): ProposedService | undefined {
  const command = process.text('command');
  if (command === undefined) return undefined;
  const dir = asDir(process.text('working_dir') ?? '');
  const line = commandLine(command, { folder, dir });
  const env = Object.entries(asMap(process.take('env'))).flatMap(([key, value]) => {
    const text = asText(value);
    return text === undefined ? [] : [[key, literalEnvValue(text)] as const];
  });
  return {
    name,
    role: 'other',
    because: `${name} of ${file}`,
    command: line.command,
    dir,
    ...portOf(line.port),
    settings: settingsOf({
      env: { ...line.env, ...Object.fromEntries(env) },
      health: line.address === undefined ? line.health : { tcp: line.address },
      watch: [...process.texts('restart_when_changed')],
      autostart: process.flag('auto_start') === false ? false : undefined,
      restart: process.flag('auto_restart') === true ? 'always' : 'no',
    }),
    leftOut: process.leftOut().filter((line) => line !== 'restart_when_changed: []'),
  };
}
