// Finds the project that a folder belongs to, upward as git does.

import { lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from './text/issue.ts';

export const CONFIG_FILE = '.project.config';
/** What a running session leaves at its root: the project is there even when its config is gone. */
const SESSION_FILE = join('.devdeck', 'session.json');
const ROOT_USER = 0;

/**
 * The real path of the nearest folder, from `fromDir` upward, that holds a `.project.config` or a running session.
 * Real, so that one project reached through a symbolic link is not two. What somebody else may have put into a folder that
 * everybody can write to, such as the temp folder, makes it nobody's project.
 * @throws ConfigError `config_missing`
 */
export function findProjectRoot(fromDir: string): string {
  const start = realPathOf(fromDir);
  if (start === undefined) {
    const why = fromDir.includes('\uFFFD') ? 'does not exist, or its name is not UTF-8' : 'does not exist';
    throw missing(`The folder ${fromDir} ${why}.`);
  }
  let trap = '';
  for (let folder = start; ; folder = dirname(folder)) {
    if (isFile(join(folder, CONFIG_FILE)) || isFile(join(folder, SESSION_FILE))) {
      const stranger = strangerIn(folder);
      if (stranger === undefined) return folder;
      trap ||= ` The one in ${folder} belongs to user ${stranger}, and everybody can write to that folder: it is not used.`;
    }
    if (folder === dirname(folder)) throw missing(`No ${CONFIG_FILE} in ${start} or in any folder above it.${trap}`);
  }
}

/** Who may have set a trap, as the kernel judges links in such folders: neither we, nor root, nor the folder's owner. */
function strangerIn(folder: string): number | undefined {
  const { mode, uid: owner } = statSync(folder);
  if ((mode & 0o002) === 0) return undefined;
  const trusted = [process.getuid?.(), ROOT_USER, owner];
  const owners = [CONFIG_FILE, dirname(SESSION_FILE)].map(
    (name) => lstatSync(join(folder, name), { throwIfNoEntry: false })?.uid,
  );
  return owners.find((uid) => uid !== undefined && !trusted.includes(uid));
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
