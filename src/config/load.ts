// Files of a project → Project: from the cache when nothing changed, else through the parser.
// Trap: a start must not load yaml and zod without need, so nothing here may import them, directly or not.

import type { Project } from '../core/model/project.ts';
import { writeCached } from './cache.ts';
import { lookUpProject, type LoadOptions } from './cached-project.ts';
import { applyOverrides } from './rules/overrides.ts';

/**
 * Reads and checks the config and its `.local` overlay. Looks at nothing that the config names, and runs nothing.
 * @throws ConfigError `config_missing` or `config_invalid`
 */
export async function loadProject(options: LoadOptions): Promise<Project> {
  const { root, configFile, sources, variable, named, key, cached } = lookUpProject(options);
  const { env, cacheDir } = options;
  if (cached !== undefined) return applyOverrides(cached, env);

  const used = new Set<string>();
  const { parseProject } = await import('./parse.ts');
  const parsed = parseProject({ root, configFile, sources, variable: (name) => (used.add(name), variable(name)) });
  if ('issues' in parsed) {
    // Loaded here because string-width takes longer to load than all of the above.
    const { configError } = await import('./report.ts');
    throw configError(parsed.issues);
  }
  const { project } = parsed;
  // A name that YAML escapes hide, as in "\x24{PORT}", is not in the key.
  const keyIsWhole = [...used].every((name) => named.includes(name));
  if (cacheDir !== undefined && keyIsWhole) writeCached(cacheDir, key, project);
  return applyOverrides(project, env);
}
