// Folders and variables as other tools write them.

import { parseDotenv } from '../../core/env/dotenv.ts';
import { expandTemplate } from '../../core/env/template.ts';
import type { Folder } from '../facts/folder.ts';

/** `./web/` → `web`, `.` → the root, which is empty; `../x`, `/`, `~` and `.tool` stay as they are. */
export function asDir(written: string): string {
  const dir = written
    .trim()
    .replace(/^(?:\.\/+)+/, '')
    .replace(/(?<=[^/])\/+$/, '');
  return dir === '.' ? '' : dir;
}

/** One folder below another, both from the root. */
export function joinDirs(parent: string, dir: string): string {
  const inner = asDir(dir);
  if (parent === '' || /^[/~]|^\$/.test(inner)) return inner;
  if (inner === '') return parent;
  if (inner === '..' || inner.startsWith('../')) {
    const above = parent.includes('/') ? parent.slice(0, parent.lastIndexOf('/')) : '';
    if (parent !== '..' && !parent.endsWith('/..')) return joinDirs(above, inner.slice(3));
  }
  return `${parent}/${inner}`;
}

/** The variables of env files, which a tool reads before its own file. Later files win. */
export function dotenvVariables(folder: Folder, files: readonly string[] = ['.env']): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const file of files) {
    for (const { name, value } of parseDotenv(folder.read(file) ?? '').entries) {
      const text = value && expandTemplate(value, { variable: (wanted) => values.get(wanted) });
      if (text !== undefined) values.set(name, text);
    }
  }
  return values;
}
