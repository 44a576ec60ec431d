// What masks the answers of commands that read the project themselves. A running session masks its own.

import { join } from 'node:path';
import type { Environment } from '../../core/env/environment.ts';
import { parseDotenv } from '../../core/env/dotenv.ts';
import { checkEnvironment } from '../../core/env/project-check.ts';
import { learnProject, Masker } from '../../core/secrets/masker.ts';
import { DevError } from '../../errors.ts';
import type { CliContext } from './context.ts';

/** Knows the secrets of the caller, of the config, of `.env` and of the env files of all services. */
export async function projectMasker({
  env,
  loadProject,
  machine,
}: Pick<CliContext, 'env' | 'loadProject' | 'machine'>): Promise<Masker> {
  const [project, { files }] = await Promise.all([loadProject(), machine()]);
  const masker = callerMasker(env);
  learnProject(masker, project);
  for (const path of new Set([join(project.root, '.env'), ...project.services.flatMap(({ envFiles }) => envFiles)])) {
    const file = files.readEnvFile(path);
    if (file.kind === 'text') learnFile(masker, file.text, env);
  }
  return masker;
}

function learnFile(masker: Masker, text: string, env: Environment): void {
  try {
    masker.learn(checkEnvironment(parseDotenv(text).entries, env));
  } catch (error) {
    // Too long for any program: no service can be started with it, and `check` says so.
    if (!(error instanceof DevError)) throw error;
  }
}

/** Knows the secrets of the caller alone. */
export function callerMasker(env: Environment): Masker {
  const masker = new Masker();
  masker.learn(env);
  return masker;
}
