// Runs the project's own `checks:`, all at once, each within its time. The only part of `check` that runs what the config says.

import type { Environment } from '../../core/env/environment.ts';
import { join } from 'node:path';
import { parseDotenv } from '../../core/env/dotenv.ts';
import { checkEnvironment, checkProblem, MAX_CHECK_OUTPUT } from '../../core/env/project-check.ts';
import type { CheckSpec, Project } from '../../core/model/project.ts';
import { DevError } from '../../errors.ts';
import type { Machine } from '../context/context.ts';
import type { Finding } from './finding.ts';

export function runProjectChecks(project: Project, env: Environment, machine: Machine): Promise<readonly Finding[]> {
  const { entries } = parseDotenv(machine.files.read(join(project.root, '.env')) ?? '');
  const environment = checkEnvironment(entries, env);
  return Promise.all(project.checks.map((check) => runCheck(check, project, environment, machine)));
}

async function runCheck(
  check: CheckSpec,
  { root, secrets }: Project,
  env: Readonly<Record<string, string>>,
  { lookUpCommand, shortCommands }: Machine,
): Promise<Finding> {
  const finding = (level: Finding['level'], message: string, fix?: string): Finding => ({
    area: 'checks',
    subject: check.name,
    level,
    message,
    ...(fix === undefined ? {} : { fix }),
  });
  try {
    lookUpCommand({ command: check.command, cwd: root, env });
  } catch (error) {
    if (!(error instanceof DevError)) throw error;
    return finding('fail', error.message, check.hint ?? error.hint);
  }
  let output = '';
  const onData = (bytes: Buffer): void => {
    if (output.length < MAX_CHECK_OUTPUT) output += bytes.toString('utf8');
  };
  const { command, timeoutMs, hint } = check;
  const result = await shortCommands.run({ command, cwd: root, env, timeoutMs, onData });
  const problem = checkProblem({ check, result, output, env, secrets });
  return problem === undefined ? finding('ok', 'passed') : finding('fail', problem, hint);
}
