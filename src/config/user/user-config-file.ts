// The place of a person's own config, and its cached content. Reads one file and runs nothing.
// Trap: this is on the way to the first frame, so it loads little; reading the text again is config/user-config's matter.

import type { Environment } from '../../core/env/environment.ts';
import { isAbsolute, join } from 'node:path';
import { DEFAULT_USER_CONFIG, type UserConfig } from '../../core/model/user-config.ts';
import { cacheKey, readCached } from '../cache.ts';
import { readSource, type ConfigSource } from '../text/source.ts';

export interface UserConfigLookUp {
  /** Undefined when neither XDG_CONFIG_HOME nor HOME says where it would be. */
  readonly path: string | undefined;
  /** Undefined when there is no such file. */
  readonly source: ConfigSource | undefined;
  readonly key: string;
  /** The defaults without a file; undefined when this text was never read without a mistake in it. */
  readonly known: UserConfig | undefined;
}

/** `$XDG_CONFIG_HOME/devdeck/config`, else `~/.config/devdeck/config`. */
export function lookUpUserConfig(env: Environment, cacheDir: string): UserConfigLookUp {
  const path = userConfigPath(env);
  const source = path === undefined ? undefined : readSource(path, shortPath(path, env['HOME']));
  if (source === undefined) return { path, source, key: '', known: DEFAULT_USER_CONFIG };
  const key = cacheKey(['user', DEVDECK_VERSION, source]);
  return { path, source, key, known: readCached(cacheDir, key) as UserConfig | undefined };
}

function userConfigPath({ XDG_CONFIG_HOME: given, HOME: home }: Environment) {
  if (given !== undefined && isAbsolute(given)) return join(given, 'devdeck', 'config');
  return home !== undefined && isAbsolute(home) ? join(home, '.config', 'devdeck', 'config') : undefined;
}

function shortPath(path: string, home: string | undefined): string {
  return home !== undefined && home !== '' && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
