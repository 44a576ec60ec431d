// Runs the project's own `checks:`, all at once, each within its time. The only part of `check` that runs what the config says.

import { join } from 'node:path';
import { parseDotenv } from '../../core/dotenv.ts';
import type { CheckSpec, Project } from '../../core/project.ts';
import { expandTemplate } from '../../core/template.ts';
import { DevError } from '../../errors.ts';
import { lookUpCommand } from '../../system/command-lookup.ts';
import { createFiles } from '../../system/files.ts';
import { printable } from '../../system/printable.ts';
import { createShortCommands } from '../../system/short-commands.ts';
import type { Environment } from '../context.ts';
import type { Finding } from './finding.ts';

/** Of what a check writes, for `expect` and for the last line in its finding. */
const MAX_OUTPUT_BYTES = 64 * 1024;

export function runProjectChecks(project: Project, env: Environment): Promise<readonly Finding[]> {
  const environment = environmentOf(project, env);
  return Promise.all(project.checks.map((check) => runCheck(check, project.root, environment)));
}

async function runCheck(check: CheckSpec, root: string, env: Readonly<Record<string, string>>): Promise<Finding> {
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
    if (output.length < MAX_OUTPUT_BYTES) output += bytes.toString('utf8');
  };
  const { command, timeoutMs, hint } = check;
  const result = await createShortCommands().run({ command, cwd: root, env, timeoutMs, onData });
  if (!result.ok) return finding('fail', withLastLine(result.message, output), hint);
  if (check.expect === undefined || new RegExp(check.expect, 'm').test(output)) return finding('ok', 'passed');
  return finding('fail', withLastLine(`its output does not match ${printable(check.expect)}`, output), hint);
}

function withLastLine(message: string, output: string): string {
  const last = printable(output.trimEnd().split('\n').at(-1) ?? '', 120);
  return last === '' ? message : `${message}: ${last}`;
}

/** As a service without settings of its own has it. */
function environmentOf(project: Project, env: Environment): Readonly<Record<string, string>> {
  const result = new Map<string, string>();
  for (const { name, value } of parseDotenv(createFiles().read(join(project.root, '.env')) ?? '').entries) {
    result.set(name, expandTemplate(value, { variable: (wanted) => env[wanted] ?? result.get(wanted) }));
  }
  for (const [name, value] of Object.entries(env)) if (value !== undefined) result.set(name, value);
  return Object.fromEntries(result);
}
