// Whether each service could be started: its folder, its env files, its program. Runs nothing.
// Trap: a shell line may be anything, so only its first word is looked for, and only when that is a plain one.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDotenv, type DotenvEntry } from '../../core/env/dotenv.ts';
import { buildEnvironment, type Environment } from '../../core/env/environment.ts';
import { commandText, type Command, type Project, type ServiceSpec } from '../../core/model/project.ts';
import { expandCommand, type Endpoints } from '../../core/env/references.ts';
import { DevError } from '../../errors.ts';
import type { Machine } from '../context/context.ts';
import type { Finding } from './finding.ts';

export function checkServices(project: Project, env: Environment, machine: Machine): readonly Finding[] {
  return project.services.flatMap((service) => checkService(project, service, env, machine));
}

function checkService(
  project: Project,
  service: ServiceSpec,
  caller: Environment,
  { files, lookUpCommand }: Machine,
): readonly Finding[] {
  const report = (level: Finding['level'], message: string, fix?: string): Finding => ({
    area: 'services',
    subject: service.name,
    level,
    message,
    ...(fix === undefined ? {} : { fix }),
  });
  const read = readEnvFiles(project, service, files);
  const found = read.problems.map(({ message, fix }) => report('fail', message, fix));
  const endpoints: Endpoints = new Map(
    project.services.flatMap(({ name, port }) =>
      port === undefined ? [] : [[name, { host: port.host, port: port.wanted }] as const],
    ),
  );
  const command = expandCommand(service.command, endpoints);
  const program = programOf(command);
  try {
    const env = buildEnvironment({ ...read, service, project: project.name, session: 'check', endpoints, caller });
    const { file } = lookUpCommand({ command: program ?? command, cwd: service.cwd, env });
    const missing = missingPackages(service.cwd, command, files);
    if (missing !== undefined) return [...found, report('fail', missing.message, missing.fix)];
    const what = program === undefined ? 'its folder and the shell are there' : `${file} is there`;
    return found.length > 0 ? found : [report('ok', what)];
  } catch (error) {
    if (!(error instanceof DevError)) throw error;
    return [...found, report('fail', error.message, error.hint)];
  }
}

interface Problem {
  readonly message: string;
  readonly fix: string;
}

function readEnvFiles(project: Project, service: ServiceSpec, files: Machine['files']) {
  const problems: Problem[] = [];
  const entriesOf = (path: string, { isRequired }: { readonly isRequired: boolean }): readonly DotenvEntry[] => {
    const text = files.read(path);
    if (text === undefined) {
      if (isRequired)
        problems.push({
          message: `Its env file ${path} does not exist or cannot be read.`,
          fix: 'create it, or remove it from env_file',
        });
      return [];
    }
    const parsed = parseDotenv(text);
    for (const { line, message } of parsed.problems)
      problems.push({ message: `${path}:${line}: ${message}`, fix: 'correct that line' });
    return parsed.entries;
  };
  const dotenv = entriesOf(join(project.root, '.env'), { isRequired: false });
  const envFiles = service.envFiles.flatMap((path) => entriesOf(path, { isRequired: true }));
  return { dotenv, envFiles, problems };
}

/** A script of a package whose dependencies were never installed finds no program of theirs. */
function missingPackages(cwd: string, command: Command, files: Machine['files']): Problem | undefined {
  const manager = /^(npm|pnpm|yarn|bun)\b/.exec(commandText(command))?.[1];
  if (manager === undefined || !/"(?:devD|d)ependencies":\s*\{\s*"/.test(files.read(join(cwd, 'package.json')) ?? ''))
    return undefined;
  if (withParents(cwd).some((dir) => existsSync(join(dir, 'node_modules')) || existsSync(join(dir, '.pnp.cjs'))))
    return undefined;
  return {
    message: `The packages of ${join(cwd, 'package.json')} are not installed.`,
    fix: `cd ${cwd} && ${manager} install`,
  };
}

function withParents(dir: string): readonly string[] {
  return dirname(dir) === dir ? [dir] : [dir, ...withParents(dirname(dir))];
}

/** Words that a shell knows by itself. */
const SHELL_WORDS = new Set(
  'if for while until case { ( ! . : [ alias break cd command continue echo eval exit export false kill printf pwd read return set shift source test time times trap true type ulimit umask unset wait'.split(
    ' ',
  ),
);

/** The program that a shell line starts first, when that can be told. */
function programOf(command: Command): Command | undefined {
  if (command.kind === 'argv') return command;
  const words = command.line.trim().split(/\s+/);
  const first = words.find((word) => !/^[A-Za-z_]\w*=\S*$/.test(word) && word !== 'exec');
  const assignsPath = words.some((word) => word.startsWith('PATH='));
  if (first === undefined || assignsPath || SHELL_WORDS.has(first) || !/^[\w./@+-]+$/.test(first)) return undefined;
  return { kind: 'argv', argv: [first] };
}
