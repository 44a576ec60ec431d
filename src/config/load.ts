// Files of a project → Project: from the cache when nothing changed, else through the parser.
// Trap: a start must not load yaml and zod without need, so nothing here may import them, directly or not.

import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseDotenv } from '../core/dotenv.ts';
import type { Project } from '../core/project.ts';
import { expandTemplate } from '../core/template.ts';
import { cacheKey, readCached, writeCached } from './cache.ts';
import { CONFIG_FILE, missing } from './find.ts';
import { applyOverrides, type CallerEnvironment } from './overrides.ts';
import { readSource, type ConfigSource } from './source.ts';

/** The project root, which holds a `.project.config`; or the config file itself, whose folder is the root. */
export type LoadOptions = ({ readonly root: string } | { readonly configFile: string }) & {
  readonly env: CallerEnvironment;
  /** A folder for parsed configs, made when needed. Without it every call parses. */
  readonly cacheDir?: string;
};

/**
 * Reads and checks the config and its `.local` overlay. Looks at nothing that the config names, and runs nothing.
 * @throws ConfigError `config_missing` or `config_invalid`
 */
export async function loadProject(options: LoadOptions): Promise<Project> {
  const { env, cacheDir } = options;
  const wanted = 'root' in options ? join(options.root, CONFIG_FILE) : options.configFile;
  const root = realFolderOf(wanted);
  const configFile = join(root, basename(wanted));
  const base = readSource(configFile, basename(configFile));
  if (base === undefined) throw missing(`There is no config ${configFile}.`);
  const local = readSource(`${configFile}.local`, `${basename(configFile)}.local`);
  const sources: [ConfigSource, ...ConfigSource[]] = local === undefined ? [base] : [base, local];

  const variable = portVariables(root, env);
  const named = variablesNamedIn(sources);
  const key = cacheKey([DEVDECK_VERSION, configFile, sources, named.map((name) => [name, variable(name) ?? null])]);
  const cached = cacheDir === undefined ? undefined : readCached(cacheDir, key);
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

function realFolderOf(file: string): string {
  try {
    return realpathSync(dirname(file));
  } catch {
    throw missing(`There is no folder ${dirname(file)}.`);
  }
}

/** Every `NAME` of a `${NAME` in the text, whoever it is meant for. */
function variablesNamedIn(sources: readonly ConfigSource[]): readonly string[] {
  const names = sources.flatMap(({ text }) => [...text.matchAll(/\$\{([A-Za-z_]\w*)/g)].map(([, name = '']) => name));
  return [...new Set(names)].toSorted();
}

/** The caller's environment over `.env` at the root, as services have it. Bad lines of `.env` are told at a start. */
function portVariables(root: string, env: CallerEnvironment): (name: string) => string | undefined {
  let fromFile: ReadonlyMap<string, string> | undefined;
  return (name) => {
    fromFile ??= dotenvValues(root, env);
    return env[name] ?? fromFile.get(name);
  };
}

function dotenvValues(root: string, env: CallerEnvironment): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const variable = (name: string): string | undefined => env[name] ?? values.get(name);
  for (const { name, value } of parseDotenv(readSource(join(root, '.env'), '.env')?.text ?? '').entries) {
    values.set(name, expandTemplate(value, { variable }));
  }
  return values;
}
