// What the root of a workspace starts: which task, in which packages, and what has to be built before. Read from the root's
// script and from the files of turbo and nx, whose graphs say which task is a server.

import { asMap, asTexts, inDir, type Folder } from '../facts/folder.ts';
import { wordsOf } from '../commands/words.ts';
import { valueOf } from '../ledger/read-source.ts';
import { compileGlob, type NodePackage } from './node-packages.ts';

export interface WorkspaceStart {
  /** The script of each package that the root's script runs. */
  readonly task: string;
  readonly tool: 'turbo' | 'nx' | 'lerna' | 'pnpm' | 'yarn' | 'bun';
  /** Whether it starts the task of this one of the members. */
  includes(member: Member, members: readonly Member[]): boolean;
}

/** A package of the workspace, or a project of nx. */
export type Member = Pick<NodePackage, 'name' | 'dir'> & Partial<Pick<NodePackage, 'dependencies'>>;

/** Options that take the next word, when they have no `=`. */
const WITH_VALUE = new Set(
  '--filter -F --scope --project --projects -p --include --exclude --concurrency -j --env-mode --ui --log-order --output-logs -t --target --targets --configuration -C --dir'.split(
    ' ',
  ),
);
const FILTERS = new Set('--filter -F --scope --project --projects -p --include'.split(' '));

interface Call {
  /** Words that are not options. */
  readonly names: readonly string[];
  readonly options: ReadonlySet<string>;
  readonly filters: readonly string[];
  readonly target: string | undefined;
}

function callOf(words: readonly string[]): Call {
  const names: string[] = [];
  const options = new Set<string>();
  const filters: string[] = [];
  let target: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') break;
    if (!word.startsWith('-')) {
      names.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const option = equals < 0 ? word : word.slice(0, equals);
    const takesNext = equals < 0 && WITH_VALUE.has(option);
    const value = (takesNext ? words[index + 1] : word.slice(equals + 1))?.replaceAll(/["']/g, '') ?? '';
    if (takesNext) index += 1;
    options.add(option);
    if (FILTERS.has(option)) filters.push(...value.split(','));
    if (option === '-t' || option.startsWith('--target')) target = value.split(',')[0];
  }
  return { names, options, filters, target };
}

/** The task that a program of a workspace runs in its packages. */
function taskOf(tool: string, { names, options, filters, target }: Call): string | undefined {
  const [first, second] = names;
  switch (tool) {
    case 'turbo':
      return first === 'run' || first === 'watch' ? second : first;
    case 'nx':
      if (first === 'run-many' || first === 'affected') return target ?? second;
      if (first === 'run') return second?.split(':')[1];
      return first !== undefined && ['serve', 'dev', 'start'].includes(first) ? first : undefined;
    case 'lerna':
      return first === 'run' ? second : undefined;
    case 'pnpm':
    case 'bun': {
      const isOfMany =
        filters.length > 0 || ['-r', '--recursive', '--parallel', '--stream'].some((option) => options.has(option));
      return isOfMany ? (first === 'run' ? second : first) : undefined;
    }
    case 'yarn':
      return first === 'workspaces' && second === 'foreach' ? names.slice(2).find((name) => name !== 'run') : undefined;
    default:
      return undefined;
  }
}

const TOOLS = ['turbo', 'nx', 'lerna', 'pnpm', 'yarn', 'bun'] as const;

/** Undefined when the script starts no tasks of packages. */
export function workspaceStart(text: string): WorkspaceStart | undefined {
  const isQuoted = /\bconcurrently\b/.test(text) && /\bnx\b/.test(text);
  const starts = text.split(isQuoted ? /["']|&&?|;/ : /&&?|;/).flatMap(startOf);
  const [first] = starts;
  if (first === undefined) return undefined;
  // Several calls of one task side by side: `nx serve web & nx serve api`.
  const alike = starts.filter(({ tool, task }) => tool === first.tool && task === first.task);
  return { ...first, includes: (member, members) => alike.some((start) => start.includes(member, members)) };
}

function startOf(segment: string): readonly WorkspaceStart[] {
  const words = wordsOf(segment);
  for (const tool of TOOLS) {
    const at = words.indexOf(tool);
    const call = callOf(at < 0 ? [] : words.slice(at + 1));
    const task = at < 0 ? undefined : taskOf(tool, call);
    if (task === undefined || !/^[\w:.-]+$/.test(task)) continue;
    const filters = tool === 'nx' ? [...call.filters, ...projectOfNx(call)] : call.filters;
    const without = filters.filter(isNegated).map((filter) => filter.slice(1));
    const only = filters.filter((filter) => !isNegated(filter) && filter !== '*');
    const includes = (member: Member, members: readonly Member[]): boolean =>
      !without.some((filter) => chosenBy(filter, members).has(member)) &&
      (only.length === 0 || only.some((filter) => chosenBy(filter, members).has(member)));
    return [{ task, tool, includes }];
  }
  return [];
}

/** `nx serve api`, `nx run api:serve`. */
function projectOfNx({ names: [first, second] }: Call): readonly string[] {
  if (second === undefined || first === 'run-many' || first === 'affected') return [];
  return [first === 'run' ? (second.split(':')[0] ?? second) : second];
}

function isNegated(filter: string): boolean {
  return filter.startsWith('!');
}

/** The members that a filter names. `web...` is web and what it depends on, `...web` what depends on it; `^` leaves web out. */
function chosenBy(filter: string, members: readonly Member[]): ReadonlySet<Member> {
  const [, dependents, plain = '', dependencies] = /^(\.{3}\^?)?(.*?)(\^?\.{3})?$/.exec(filter) ?? [];
  const named = members.filter((member) => fits(plain, member));
  const needs = (one: Member, other: Member): boolean =>
    other.name !== undefined && one.dependencies?.has(other.name) === true;
  const reached = new Set([
    ...named,
    ...(dependencies === undefined ? [] : reachedFrom(named, members, needs)),
    ...(dependents === undefined ? [] : reachedFrom(named, members, (one, other) => needs(other, one))),
  ]);
  if (`${dependents}${dependencies}`.includes('^')) for (const member of named) reached.delete(member);
  return reached;
}

function reachedFrom(
  start: readonly Member[],
  members: readonly Member[],
  leadsTo: (one: Member, other: Member) => boolean,
): ReadonlySet<Member> {
  const reached = new Set(start);
  for (const one of reached) for (const other of members) if (leadsTo(one, other)) reached.add(other);
  return reached;
}

/** `web`, `@shop/*`, `./apps/*`, `{apps/*}`. */
function fits(filter: string, { name, dir }: Member): boolean {
  const plain = filter.replaceAll(/[{}]/g, '');
  const matcher = compileGlob(plain);
  const own = name ?? '';
  if (/^\.?\//.test(plain) || filter.startsWith('{')) return matcher.test(dir);
  return matcher.test(own) || matcher.test(own.replace(/^@[^/]+\//, '')) || matcher.test(dir);
}

/** What turbo.json says of a task: of the package's own file, over the root's. */
interface TurboTask {
  /** `false` only when the file says so. */
  readonly isPersistent: boolean | undefined;
  readonly dependsOn: readonly string[];
  /** Tasks that run beside it: `worker#dev`. */
  readonly beside: readonly string[];
}

function turboTask(folder: Folder, pkg: NodePackage, task: string): TurboTask {
  const rules = ['turbo.json', inDir(pkg.dir, 'turbo.json')].flatMap((file) => {
    const whole = valueOf(folder.read(file) ?? '', 'json5');
    const tasks = asMap(whole['tasks'] ?? whole['pipeline']);
    return [tasks[task], tasks[`${pkg.name}#${task}`]].map(asMap);
  });
  const last = (key: string): unknown => rules.findLast((rule) => rule[key] !== undefined)?.[key];
  const persistent = last('persistent');
  return {
    isPersistent: typeof persistent === 'boolean' ? persistent : undefined,
    dependsOn: asTexts(last('dependsOn')).filter((entry) => !entry.startsWith('$')),
    beside: asTexts(last('with')),
  };
}

/** The tasks that turbo runs beside a package's own, as `worker#dev`. */
export function turboBeside(folder: Folder, pkg: NodePackage, task: string): readonly string[] {
  return turboTask(folder, pkg, task).beside.map((entry) => (entry.includes('#') ? entry : `${pkg.name}#${entry}`));
}

const RUN_TURBO = { npm: 'npx turbo', pnpm: 'pnpm exec turbo', yarn: 'yarn turbo', bun: 'bunx turbo' } as const;

/**
 * The command that builds what the task needs, as `turbo run` would before it: `^build` of the packages that this one
 * depends on, own tasks of this one. Undefined when nothing has such a script.
 */
export function turboBefore(
  folder: Folder,
  pkg: NodePackage,
  { task, packages }: { readonly task: string; readonly packages: readonly NodePackage[] },
): readonly string[] {
  const name = pkg.name;
  if (name === undefined) return [];
  const needed = packages.filter((other) => other.name !== undefined && pkg.dependencies.has(other.name));
  return turboTask(folder, pkg, task).dependsOn.flatMap((entry) => {
    const run = `${RUN_TURBO[pkg.manager]} run`;
    if (entry.startsWith('^')) {
      const upstream = entry.slice(1);
      return needed.some(({ scripts }) => scripts[upstream] !== undefined)
        ? [`${run} ${upstream} --filter=${name}^...`]
        : [];
    }
    if (entry.includes('#')) return [`${run} ${entry}`];
    return pkg.scripts[entry] === undefined ? [] : [`${run} ${entry} --filter=${name}`];
  });
}
