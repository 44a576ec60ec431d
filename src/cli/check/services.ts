// Whether each service could be started: its folder, its env files, its program. Runs nothing. See engine.ts for containers.
// Trap: a shell line may be anything, so only its first word is looked for, and only when that is a plain one.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DotenvEntry } from '../../core/env/dotenv.ts';
import { envFileContent, type EnvFileProblem } from '../../core/env/env-file.ts';
import { buildEnvironment, type Environment, type EnvironmentLayers } from '../../core/env/environment.ts';
import { commandText, type Command, type Project, type ServiceSpec } from '../../core/model/project.ts';
import { expandCommand, type Endpoints } from '../../core/env/references.ts';
import { DevError } from '../../errors.ts';
import type { Machine } from '../context/context.ts';
import type { Finding } from './finding.ts';

export function checkServices(project: Project, env: Environment, machine: Machine): readonly Finding[] {
  const path = join(project.root, '.env');
  const dotenv = lookAtEnvFile(path, machine.files, { isRequired: false });
  const found = dotenv.findings.map((finding) => ({ ...finding, subject: '.env' }));
  const layers = { caller: env, dotenv: dotenv.entries };
  return [...found, ...project.services.flatMap((service) => checkService(project, service, layers, machine))];
}

function checkService(
  project: Project,
  service: ServiceSpec,
  layers: Pick<EnvironmentLayers, 'caller' | 'dotenv'>,
  machine: Machine,
): readonly Finding[] {
  const { files, lookUpCommand } = machine;
  const report = (level: Finding['level'], message: string, fix?: string): Finding => ({
    area: 'services',
    subject: service.name,
    level,
    message,
    ...(fix === undefined ? {} : { fix }),
  });
  const read = service.envFiles.map((path) => lookAtEnvFile(path, files, { isRequired: true }));
  const envFiles = read.flatMap(({ entries }) => entries);
  const found = read.flatMap(({ findings }) => findings.map(({ level, message, fix }) => report(level, message, fix)));
  const endpoints: Endpoints = new Map(
    project.services.flatMap(({ name, port }) =>
      port === undefined ? [] : [[name, { host: port.host, port: port.wanted }] as const],
    ),
  );
  if (service.watch.length > 0) {
    for (const glob of machine.unmatchedGlobs(project.root, service.watch)) {
      found.push(
        report(
          'warn',
          `its watch "${glob}" matches no file`,
          'correct the glob; it counts from the root of the project',
        ),
      );
    }
  }
  const command = expandCommand(service.command, endpoints);
  const program = programOf(command);
  try {
    const known = { ...layers, envFiles, service, endpoints };
    const env = buildEnvironment({ ...known, project: project.name, session: 'check' });
    if (service.container !== undefined) return found;
    found.push(...oddities(service, env, layers.caller).map(({ message, fix }) => report('warn', message, fix)));
    const { file } = lookUpCommand({ command: program ?? command, cwd: service.cwd, env });
    const missing = missingPackages(service.cwd, command, files);
    if (missing !== undefined) return [...found, report('fail', missing.message, missing.fix)];
    const what = program === undefined ? 'its folder and its shell exist' : `${file} is there`;
    return found.length > 0 ? found : [report('ok', what)];
  } catch (error) {
    if (!(error instanceof DevError)) throw error;
    return [...found, report('fail', error.message, error.hint)];
  }
}

/** What works, and yet hardly means what its author had in mind. */
function oddities({ command }: ServiceSpec, env: Environment, caller: Environment): readonly EnvFileProblem[] {
  const { PATH: path = '' } = env;
  const folders = (caller['PATH'] ?? '').split(':');
  const losesAll = path !== '' && folders.length > 1 && !path.split(':').some((folder) => folders.includes(folder));
  const tilde = command.kind === 'argv' ? command.argv.slice(1).find((word) => word.startsWith('~/')) : undefined;
  return [
    ...(losesAll
      ? [{ message: `its PATH is ${path} alone, without any folder of yours`, fix: `write PATH=${path}:$PATH` }]
      : []),
    ...(tilde === undefined
      ? []
      : [
          {
            message: `the word ${tilde} of its command is passed on unchanged: a list has no shell`,
            fix: 'write the command as one text, or the path in full',
          },
        ]),
  ];
}

interface EnvFileLook {
  readonly entries: readonly DotenvEntry[];
  readonly findings: readonly Omit<Finding, 'subject'>[];
}

/** A named pipe is not read: its content can be read only once, and belongs to the start. */
function lookAtEnvFile(path: string, files: Machine['files'], options: { readonly isRequired: boolean }): EnvFileLook {
  const file = files.readEnvFile(path);
  if (file.kind === 'pipe') {
    const message = `${path} is a named pipe: it is read at each start, and not here`;
    return { entries: [], findings: [{ area: 'services', level: 'warn', message }] };
  }
  const { entries, problems, leftOut } = envFileContent(path, file, options);
  const finding = (level: Finding['level'], { message, fix }: EnvFileProblem) =>
    ({ area: 'services', level, message, fix }) as const;
  const warnings = leftOut.map(({ message, fix }) => ({ message: `${message}; the line is left out`, fix }));
  return {
    entries,
    findings: [...problems.map((each) => finding('fail', each)), ...warnings.map((each) => finding('warn', each))],
  };
}

/** A script of a package whose dependencies were never installed finds no program of theirs. */
function missingPackages(cwd: string, command: Command, files: Machine['files']): EnvFileProblem | undefined {
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

/** The program that a shell line starts first; undefined when that is not certain. */
function programOf(command: Command): Command | undefined {
  if (command.kind === 'argv') return command;
  const words = command.line.trim().split(/\s+/);
  const first = words.find((word) => !/^[A-Za-z_]\w*=\S*$/.test(word) && word !== 'exec');
  const assignsPath = words.some((word) => word.startsWith('PATH='));
  if (first === undefined || assignsPath || SHELL_WORDS.has(first) || !/^[\w./@+-]+$/.test(first)) return undefined;
  return { kind: 'argv', argv: [first] };
}
