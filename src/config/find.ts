// Finds the project that a folder belongs to, upward as git does.

import { realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from './text/issue.ts';

export const CONFIG_FILE = '.project.config';
/** What a running session leaves at its root: the project is there even when its config is gone. */
const SESSION_FILE = join('.devdeck', 'session.json');

/**
 * The real path of the nearest folder, from `fromDir` upward, that holds a `.project.config` or a running session.
 * Real, so that one project reached through a symbolic link is not two.
 * @throws ConfigError `config_missing`
 */
export function findProjectRoot(fromDir: string): string {
  const start = realPathOf(fromDir);
  if (start === undefined) {
    const why = fromDir.includes('\uFFFD') ? 'does not exist, or its name is not UTF-8' : 'does not exist';
    throw missing(`The folder ${fromDir} ${why}.`);
  }
  for (let folder = start; ; folder = dirname(folder)) {
    if (isFile(join(folder, CONFIG_FILE)) || isFile(join(folder, SESSION_FILE))) return folder;
    if (folder === dirname(folder)) throw missing(`No ${CONFIG_FILE} in ${start} or in any folder above it.`);
  }
}

export function missing(message: string): ConfigError {
  const example = ['services:', '  web:', '    command: npm run dev'].map((line) => `    ${line}`);
  const hint = [
    `next: devdeck init looks at your project and writes one; or create ${CONFIG_FILE} in its root folder, for example`,
    ...example,
  ];
  return new ConfigError({ code: 'config_missing', message, hint: hint.join('\n') });
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch (error) {
    // A link to itself is there, and whoever reads it says what is wrong with it.
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') return true;
    throw error;
  }
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
