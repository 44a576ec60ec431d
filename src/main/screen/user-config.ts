// A person's own config for the screen: from the cache when its text was read before, else read again.

import type { Environment } from '../../core/env/environment.ts';
import { writeCached } from '../../config/cache.ts';
import { lookUpUserConfig } from '../../config/user/user-config-file.ts';
import type { ReadUserConfig } from '../../config/user/user-config.ts';
import { DEFAULT_USER_CONFIG, type UserConfig } from '../../core/model/user-config.ts';
import type { ExplainedUserConfig } from '../../cli/context/context.ts';
import { configCacheDir } from '../../system/state/runtime-dir.ts';

export interface LoadedUserConfig {
  readonly config: UserConfig;
  /** Its first mistake, in one line; undefined without one. */
  readonly problem: string | undefined;
}

/** Undefined when it would have to be read again. */
export function knownUserConfig(env: Environment): UserConfig | undefined {
  return lookUpUserConfig(env, configCacheDir(env)).known;
}

export async function loadUserConfig(env: Environment): Promise<LoadedUserConfig> {
  const cacheDir = configCacheDir(env);
  const { known, key } = lookUpUserConfig(env, cacheDir);
  if (known !== undefined) return { config: known, problem: undefined };
  const { config, issues } = await explainUserConfig(env);
  const [first] = issues;
  if (first === undefined) {
    writeCached(cacheDir, key, config);
    return { config, problem: undefined };
  }
  const more = issues.length > 1 ? `; ${issues.length - 1} more: ./dev config user` : '';
  const hint = first.hint === undefined ? '' : ` (${first.hint})`;
  return { config, problem: `${first.file}:${first.line}:${first.column} ${first.message}${hint}${more}` };
}

/** All there is to say about it. */
export async function explainUserConfig(env: Environment): Promise<ExplainedUserConfig> {
  const { path, source } = lookUpUserConfig(env, configCacheDir(env));
  const { KEY_WORDS, listActions } = await import('../../tui/keymap/key-words.ts');
  const read: ReadUserConfig =
    source === undefined
      ? { config: DEFAULT_USER_CONFIG, issues: [], lines: new Map() }
      : (await import('../../config/user/user-config.ts')).readUserConfig(source, KEY_WORDS);
  return { path, ...read, actions: listActions(read.config.keys) };
}
