// Answers the completion of a shell. A folder without a project, or with a config that cannot be read, has no services.

import { resolve } from 'node:path';
import { complete } from '../../cli/arguments/complete.ts';
import type { Output } from '../../cli/context/output.ts';
import { findProjectRoot } from '../../config/find.ts';
import { configCacheDir } from '../../system/state/runtime-dir.ts';

/** One candidate a line: the word, a tab, what it means. */
export async function printCompletions(words: readonly string[], output: Output): Promise<void> {
  const candidates = await complete(words, async () => {
    const { loadProject } = await import('../../config/load.ts');
    const { env } = process;
    const project = await loadProject({ ...placeOf(words), env, cacheDir: configCacheDir(env) });
    const { services, actions = [] } = project;
    return { services: services.map(({ name }) => name), actions };
  });
  for (const { value, description } of candidates) output.print(`${value}\t${description}`);
}

/** -C and -c count as on the line that is being typed. */
function placeOf(words: readonly string[]): { readonly root: string } | { readonly configFile: string } {
  const valueOf = (...flags: readonly string[]): string | undefined =>
    words.find((_, index) => flags.includes(words[index - 1] ?? ''));
  const from = resolve(valueOf('-C', '--project') ?? '.');
  const configFile = valueOf('-c', '--config');
  return configFile === undefined ? { root: findProjectRoot(from) } : { configFile: resolve(from, configFile) };
}
