// `devdeck/url`: proven addresses for the configs of tests. It asks the command of this package, which asks the session of
// the folder; so it needs nothing else, and a config without `await` can use it.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface Place {
  /** A folder of the project; where the process runs unless given. */
  readonly cwd?: string;
}

/**
 * The URL of a service, after proof that the answering process belongs to this folder's session.
 * @param service the main one unless given
 * @throws Error that names the owner if another process answers, or says what to do if none does
 */
export function url(service?: string, place: Place = {}): string {
  return (ask(['url', ...(service === undefined ? [] : [service])], place) as { readonly url: string }).url;
}

/**
 * `NAME_URL`, `NAME_HOST` and `NAME_PORT` of all ready services, after the same proof.
 * @throws Error as `url`
 */
export function env(place: Place = {}): Record<string, string> {
  return ask(['env'], place) as Record<string, string>;
}

function ask(words: readonly string[], { cwd = process.cwd() }: Place): unknown {
  const command = join(__dirname, '../bin/devdeck');
  try {
    const printed = execFileSync(command, [...words, '--json'], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return (JSON.parse(printed) as { readonly data: unknown }).data;
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  }
}

/** The command's message: the error of `--json`, or else plain words. */
function reasonOf(error: unknown): string {
  const { stdout = '', stderr = '', message = '' } = error as Partial<Record<'stdout' | 'stderr' | 'message', string>>;
  try {
    const said = JSON.parse(stdout) as { readonly error: { readonly message: string; readonly hint: string | null } };
    return [said.error.message, said.error.hint].filter((part) => part !== null).join('\n');
  } catch {
    return stderr.trim() === '' ? message : stderr.trim();
  }
}
