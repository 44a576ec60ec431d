// Runs the project's own `checks:`, all at once, each within its time. The only part of `check` that runs what the config says.

import type { Environment } from '../../core/env/environment.ts';
import { join } from 'node:path';
import { envFileContent } from '../../core/env/env-file.ts';
import { checkEnvironment, checkProblem, MAX_CHECK_OUTPUT } from '../../core/env/project-check.ts';
import type { CheckSpec, Project } from '../../core/model/project.ts';
import type { Mask } from '../../core/secrets/masker.ts';
import { DevError } from '../../errors.ts';
import type { Machine } from '../context/context.ts';
import type { Finding } from './finding.ts';

interface CheckSurroundings {
  readonly env: Environment;
  readonly machine: Machine;
  readonly mask: Mask;
  readonly more?: Readonly<Record<string, string>>;
}

/** @param options.more variables that tell where the services are, for checks that ask them */
export function runProjectChecks(
  project: Project,
  checks: readonly CheckSpec[],
  { env, machine, mask, more = {} }: CheckSurroundings,
): Promise<readonly Finding[]> {
  // What is wrong with the file itself is a finding about the services.
  const path = join(project.root, '.env');
  const { entries } = envFileContent(path, machine.files.readEnvFile(path), { isRequired: false });
  const environment = { ...checkEnvironment(entries, env), ...more };
  return Promise.all(checks.map((check) => runCheck(check, { root: project.root, env: environment, machine, mask })));
}

interface RunSurroundings extends CheckSurroundings {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

async function runCheck(check: CheckSpec, { root, env, machine, mask }: RunSurroundings): Promise<Finding> {
  const finding = (level: Finding['level'], message: string, fix?: string): Finding => ({
    area: 'checks',
    subject: check.name,
    level,
    message,
    ...(fix === undefined ? {} : { fix }),
  });
  try {
    machine.lookUpCommand({ command: check.command, cwd: root, env });
  } catch (error) {
    if (!(error instanceof DevError)) throw error;
    return finding('fail', error.message, check.hint ?? error.hint);
  }
  let output = '';
  const onData = (bytes: Buffer): void => {
    if (output.length < MAX_CHECK_OUTPUT) output += bytes.toString('utf8');
  };
  const { command, timeoutMs, hint } = check;
  const beganMs = performance.now();
  const result = await machine.shortCommands.run({ command, cwd: root, env, timeoutMs, onData });
  const durationMs = Math.round(performance.now() - beganMs);
  const problem = checkProblem({ check, result, output, mask });
  return { ...(problem === undefined ? finding('ok', 'passed') : finding('fail', problem, hint)), durationMs };
}
