// bin/dev, script/server and their like: the script that starts a project for development. It stays as it is; its last line
// tells the port.

import type { Folder } from '../facts/folder.ts';
import { commandLine } from '../lines/command-line.ts';
import { imported, portOf, settingsOf, type Imported } from '../lines/imported.ts';

export function fromDevScript(folder: Folder, file: string): Imported {
  const lines = (folder.read(file) ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const last = lines
    .at(-1)
    ?.replace(/^exec\s+/, '')
    .replace(/ ?"\$@"$/, '');
  if (last === undefined) return imported([], [], 'command');
  const { port, address, command } = commandLine(last, { folder, dir: '' });
  const moves = port !== undefined && command === last && port.isFixed !== true;
  return imported(
    [
      {
        name: undefined,
        role: 'other',
        because: `the script ${file}`,
        command: file.includes('/') ? file : `./${file}`,
        dir: '',
        ...portOf(port === undefined || moves ? port : { ...port, isFixed: true }),
        settings: settingsOf({ health: address === undefined ? undefined : { tcp: address } }),
      },
    ],
    [],
    'command',
  );
}
