// What a project's files are, and the project itself where it has been parsed before. Reads files and runs nothing.
// Trap: this is on the way to the first frame, so it loads little.

import type { Environment } from '../core/env/environment.ts';
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { decodeEnvFile } from '../core/env/env-file.ts';
import { parseDotenv } from '../core/env/dotenv.ts';
import type { Project } from '../core/model/project.ts';
import { Variables } from '../core/env/variables.ts';
import { DevError } from '../errors.ts';
import { cacheKey, fingerprint, readCached } from './cache.ts';
import { CONFIG_FILE, missing } from './find.ts';
import { readBytes, readSource, type ConfigSource } from './text/source.ts';

/** The project root, which holds a `.project.config`; or the config file itself, whose folder is the root. */
export type LoadOptions = ({ readonly root: string } | { readonly configFile: string }) & {
  readonly env: Environment;
  /** A folder for parsed configs, made when needed. Without it every call parses. */
  readonly cacheDir?: string;
};

export interface ProjectLookUp {
  readonly root: string;
  readonly configFile: string;
  readonly sources: readonly [ConfigSource, ...ConfigSource[]];
  /** The caller's environment over `.env` at the root. */
  readonly variable: (name: string) => string | undefined;
  /** The variables that may change what the config means. */
  readonly named: readonly string[];
  /** Identifies all sources of the project. */
  readonly key: string;
  /** As parsed before, without the overrides of the environment; undefined when these files never were. */
  readonly cached: Project | undefined;
}

/** @throws ConfigError `config_missing` */
export function lookUpProject(options: LoadOptions): ProjectLookUp {
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
  const values = named.map((name) => [name, printOf(variable(name))]);
  const key = cacheKey([DEVDECK_VERSION, configFile, sources, values]);
  const cached = cacheDir === undefined ? undefined : (readCached(cacheDir, key) as Project | undefined);
  return { root, configFile, sources, variable, named, key, cached };
}

/** The key is written down, and the value of a variable may be a secret. */
function printOf(value: string | undefined): string | null {
  return value === undefined ? null : fingerprint(value);
}

function realFolderOf(file: string): string {
  try {
    return realpathSync(dirname(file));
  } catch {
    throw missing(`There is no folder ${dirname(file)}.`);
  }
}

/** Every `NAME` of a `$NAME` or `${NAME` in the text, whoever it is meant for, and the HOME that a `~` stands for. */
function variablesNamedIn(sources: readonly ConfigSource[]): readonly string[] {
  const names = sources.flatMap(({ text }) => [...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name = '']) => name));
  if (sources.some(({ text }) => text.includes('~'))) names.push('HOME');
  return [...new Set(names)].toSorted();
}

/** The caller's environment over `.env` at the root, as services have it. What is wrong in `.env` is told at a start. */
function portVariables(root: string, env: Environment): (name: string) => string | undefined {
  let fromFile: Pick<Variables, 'get'> | undefined;
  return (name) => {
    fromFile ??= dotenvValues(root, env);
    return env[name] ?? fromFile.get(name);
  };
}

function dotenvValues(root: string, env: Environment): Pick<Variables, 'get'> {
  const values = new Variables();
  const variable = (name: string): string | undefined => env[name] ?? values.get(name);
  try {
    const bytes = readBytes(join(root, '.env'));
    const file = bytes instanceof Buffer ? decodeEnvFile(bytes) : undefined;
    const { entries } = parseDotenv(file?.kind === 'text' ? file.text : '');
    for (const { name, value } of entries) if (value !== undefined) values.expand(name, value, { variable });
  } catch (error) {
    if (!(error instanceof DevError)) throw error;
  }
  return values;
}
