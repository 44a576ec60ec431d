// `init`: looks at the folder, proposes a config with its launcher, shows both, and writes them once that is agreed to.

import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseProject } from '../../../config/parse.ts';
import { readSource } from '../../../config/text/source.ts';
import type { Project } from '../../../core/model/project.ts';
import { cleanLine } from '../../../core/output/log-line.ts';
import { configText } from '../../../detect/config-text.ts';
import { detect } from '../../../detect/detect.ts';
import { importableFiles, importFile } from '../../../detect/importers.ts';
import type { Folder } from '../../../detect/facts/folder.ts';
import type { Proposal } from '../../../detect/facts/proposal.ts';
import { settle, type SettledProposal } from '../../../detect/settle.ts';
import { BugError, DevError, EXIT, type ExitCode } from '../../../errors.ts';
import { renderTable } from '../../../format/table.ts';
import type { CommandOptions } from '../../arguments/request.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { planInit, type InitPlan } from '../../init/plan.ts';
import { writeFiles } from '../../init/write.ts';
import { jsonData } from '../../context/json.ts';

/** Where npm puts it, for a project that depends on devdeck. */
const SCHEMA = 'node_modules/devdeck/config.schema.json';

export async function run(context: CliContext, { options }: CommandRequest): Promise<ExitCode> {
  if (context.globals.configFile !== undefined) throw notWithConfig(context.globals.configFile);
  const root = resolve(context.globals.projectDir ?? '.');
  const folder = (await context.machine()).readSourceTree(root);
  const proposal = settle(options.from === undefined ? detect(folder) : imported(root, folder, options.from));
  const { services, leftOut } = proposal;
  const text = configText({ services, leftOut, ...(existsSync(join(root, SCHEMA)) ? { schema: `./${SCHEMA}` } : {}) });
  const proposed = mustParse(root, text);
  const plan = planInit({
    configText: text,
    services,
    makefile: options.make === true,
    scripts: options.scripts === true,
    ...(options.agents === true
      ? { agents: { ...ownFiles(root), port: await pagePort(context, root, proposed) } }
      : {}),
    read: (path) => folder.read(path),
    has: (path) => folder.has(path),
  });
  if (plan.files.length === 0) throw nothingToDo(plan);
  if (options.from !== undefined && !plan.files.some(({ path }) => path === '.project.config'))
    throw wouldReplace(options.from);

  const isAgreed = await isAgreedTo(context, plan, proposal, options);
  if (isAgreed) writeFiles(root, plan.files);
  if (options.json === true) context.output.print(jsonData(jsonView(plan, proposal, isAgreed)));
  else if (isAgreed) tellWritten(context, plan, proposal);
  return EXIT.ok;
}

/** Of the service that a person would open. The config that is there says it, else the proposed one. */
async function pagePort(context: CliContext, root: string, proposed: Project): Promise<number | undefined> {
  const { services, main } = existsSync(join(root, '.project.config')) ? await context.loadProject() : proposed;
  const withPort = services.filter(({ port }) => port !== undefined);
  const needed = new Set(withPort.flatMap(({ dependsOn }) => dependsOn.map(({ service }) => service)));
  const page = withPort.find(({ name }) => name === main) ?? withPort.find(({ name }) => !needed.has(name));
  return page?.port?.wanted;
}

/** Files of any folder below the root, also of those that hold no source. */
function ownFiles(root: string): {
  readonly read: (path: string) => string | undefined;
  readonly has: (path: string) => boolean;
} {
  return {
    has: (path) => existsSync(join(root, path)),
    read: (path) => {
      const { text, problem } = readSource(join(root, path), path) ?? {};
      return problem === undefined ? text : undefined;
    },
  };
}

function imported(root: string, folder: Folder, file: string): Proposal {
  const path = resolve(root, file);
  const source = readSource(path, file);
  const others = importableFiles(folder);
  const known =
    others.length === 0 ? 'Procfile, mprocs.yaml, process-compose.yaml or a compose file' : others.join(', ');
  if (source === undefined || source.problem !== undefined) {
    const why = source?.problem?.message ?? `there is no ${path}`;
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: `--from ${file}: ${why}.`,
      hint: `try: ${known}`,
    });
  }
  const found = importFile(folder, relative(root, path));
  if (found === undefined) {
    const message = `--from ${file}: init does not read files of this name.`;
    throw new DevError({ code: 'usage', exitCode: EXIT.usage, message, hint: `try: ${known}` });
  }
  if (found.services.length > 0) return found;
  throw new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `--from ${file}: ${found.problem ?? 'no process was found in it'}.`,
    hint: 'see that it lists processes the way its own tool wants them',
  });
}

/** What we write, we must be able to read. */
function mustParse(root: string, text: string): Project {
  const configFile = join(root, '.project.config');
  const source = { file: '.project.config', text };
  const result = parseProject({ root, configFile, sources: [source], variable: () => undefined });
  if (!('issues' in result)) return result.project;
  const issues = result.issues.map(({ line, message, sourceLine }) => `line ${line}: ${message}: ${sourceLine.trim()}`);
  throw new BugError(`init proposed a config that devdeck cannot use:\n${issues.join('\n')}`);
}

async function isAgreedTo(
  context: CliContext,
  plan: InitPlan,
  proposal: SettledProposal,
  options: CommandOptions,
): Promise<boolean> {
  const { output, terminal } = context;
  if (options.dryRun === true || options.yes !== true) {
    if (options.json !== true) output.print(preview(context, plan, proposal));
    if (options.dryRun === true) return false;
    if (!terminal.hasInput || !terminal.hasOutput || options.json === true) throw nobodyToAsk();
    const answer = await context.ask(`\nWrite ${plan.files.map(({ path }) => path).join(', ')}? [Y/n] `);
    if (!/^(?:y|yes)?$/i.test(answer)) throw declined();
  }
  return true;
}

function preview(
  { output: { paint }, terminal, globals }: CliContext,
  plan: InitPlan,
  proposal: SettledProposal,
): string {
  const width = terminal.size()?.columns ?? 80;
  const files = plan.files.flatMap(({ path, change, shown, isExecutable }) => {
    const what = change === 'create' ? `new${isExecutable === true ? ', executable' : ''}` : 'added to it';
    const title = `── ${path} (${what}) `;
    const lines = shown.trimEnd().split('\n').map(cleanLine);
    // The launcher is always the same.
    const isLong = path === 'dev' && !globals.isVerbose;
    const body = isLong
      ? [...lines.slice(1, 4), paint('muted', `… ${lines.length - 4} more lines, shown with -v`)]
      : lines;
    return ['', paint('heading', title.padEnd(Math.min(width, 80), '─')), ...body];
  });
  return [...summary(proposal, width, paint), ...files, ...remarks(plan, proposal)].join('\n');
}

function summary(
  { services }: SettledProposal,
  width: number,
  paint: CliContext['output']['paint'],
): readonly string[] {
  if (services.length === 0) return ['devdeck did not recognise this project. This is a starter config.'];
  const rows = services.map(({ name, because, port }) => {
    const number = typeof port === 'object' ? port?.default : port;
    return { cells: [{ text: name }, { text: String(number ?? '') }, { text: cleanLine(because) }] };
  });
  const columns = [
    { heading: 'SERVICE' },
    { heading: 'PORT', align: 'right' as const },
    { heading: 'FOUND', minWidth: 10 },
  ];
  return renderTable(columns, rows, width, paint);
}

function remarks({ kept }: InitPlan, proposal: SettledProposal): readonly string[] {
  const lines = [...kept.map((what) => `Left alone: ${what}.`), ...proposal.notes, ...leftOutLines(proposal)].map(
    cleanLine,
  );
  return lines.length === 0 ? [] : ['', ...lines];
}

/** One line for each key, with all services that have it. The config has the same line above each of them. */
function leftOutLines({ leftOut, services }: SettledProposal): readonly string[] {
  const owners = new Map<string, string[]>();
  for (const service of services)
    for (const line of service.leftOut) owners.set(line, [...(owners.get(line) ?? []), service.name]);
  const named = [...owners].map(([line, names]) => {
    const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
    return `Not carried over (${shown.join(', ')}): ${line}`;
  });
  return [...leftOut.map((line) => `Not carried over: ${line}`), ...named];
}

function tellWritten({ output }: CliContext, plan: InitPlan, proposal: SettledProposal): void {
  const { services } = proposal;
  output.print(`Wrote ${plan.files.map(({ path }) => path).join(', ')}.`);
  if (services.length > 0) output.print(`Services: ${services.map(({ name }) => name).join(', ')}.`);
  for (const line of remarks(plan, proposal)) if (line !== '') output.say(line);
  const start = plan.kept.some((what) => what.includes('npx devdeck')) ? 'npx devdeck' : './dev';
  output.say(`Next: ${start} check tests whether this machine can run it, ${start} starts it.`);
}

function jsonView(plan: InitPlan, { services, notes, leftOut }: SettledProposal, written: boolean) {
  return {
    written,
    files: plan.files.map(({ path, change, text }) => ({ path, change, text })),
    services: services.map(({ name, role, because, leftOut: own }) => ({ name, role, because, leftOut: own })),
    notes: [...plan.kept, ...notes],
    leftOut,
  };
}

function nobodyToAsk(): DevError {
  return new DevError({
    code: 'refused',
    exitCode: EXIT.usage,
    message: 'Nothing was written: there is no terminal to ask at.',
    hint: 'devdeck init --yes writes it; --dry-run only shows it',
  });
}

function declined(): DevError {
  const hint = 'nothing was changed; init --dry-run shows it again';
  return new DevError({ code: 'refused', exitCode: EXIT.notReady, message: 'Not written, as you said.', hint });
}

function nothingToDo({ kept }: InitPlan): DevError {
  return new DevError({
    code: 'refused',
    exitCode: EXIT.usage,
    message: `There is nothing to write: ${kept.join('; ')}.`,
    hint: 'edit .project.config by hand, or move it away first: mv .project.config .project.config.old',
  });
}

function wouldReplace(from: string): DevError {
  return new DevError({
    code: 'refused',
    exitCode: EXIT.usage,
    message: `.project.config already exists, and --from ${from} would replace it.`,
    hint: 'move it away first: mv .project.config .project.config.old',
  });
}

function notWithConfig(file: string): DevError {
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `init writes .project.config, but --config ${file} was given.`,
    hint: 'leave it out, or say which folder: init --project DIR',
  });
}
