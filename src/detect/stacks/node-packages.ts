// Packages of a Node project: which belong to one workspace, and which package manager runs their scripts.

import { compilePattern, type Pattern } from '../../core/output/pattern.ts';
import { valueOf } from '../ledger/read-source.ts';
import {
  asMap,
  asTexts,
  baseOf,
  dirOf,
  filesNamed,
  inDir,
  readJson,
  withParents,
  type Folder,
} from '../facts/folder.ts';

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

export interface NodePackage {
  readonly dir: string;
  readonly name: string | undefined;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: ReadonlySet<string>;
  readonly manager: PackageManager;
  /** It has workspaces: its scripts usually start those of others. */
  readonly isWorkspaceRoot: boolean;
}

const LOCK_FILES: readonly (readonly [file: string, manager: PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['pnpm-workspace.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
];

/** What is beyond is not looked into: no person wrote it. */
const LONGEST_SCRIPT = 2_000;
/** What is longer names no folder. */
const LONGEST_GLOB = 150;

/** Every package, nearest to the root first. Of a workspace only its members: a package beside it may be a template. */
export function nodePackages(folder: Folder): readonly NodePackage[] {
  const packages = filesNamed(folder, 'package.json').map((path) => readPackage(folder, dirOf(path)));
  const roots = packages.filter(({ isWorkspaceRoot }) => isWorkspaceRoot);
  return packages.filter(({ dir }) => {
    const root = roots.find((candidate) => candidate.dir !== dir && isBelow(dir, candidate.dir));
    return root === undefined || memberPatterns(folder, root.dir).isMember(dir);
  });
}

function isBelow(dir: string, parent: string): boolean {
  return parent === '' || dir.startsWith(`${parent}/`);
}

function readPackage(folder: Folder, dir: string): NodePackage {
  const json = readJson(folder, inDir(dir, 'package.json'));
  const scripts = Object.entries(asMap(json['scripts'])).flatMap(([name, text]) =>
    typeof text === 'string' ? [[name, text.slice(0, LONGEST_SCRIPT)] as const] : [],
  );
  return {
    dir,
    name: typeof json['name'] === 'string' ? json['name'] : undefined,
    scripts: Object.fromEntries(scripts),
    dependencies: new Set([
      ...Object.keys(asMap(json['dependencies'])),
      ...Object.keys(asMap(json['devDependencies'])),
    ]),
    manager: managerOf(folder, dir),
    isWorkspaceRoot: memberPatterns(folder, dir).exists,
  };
}

/** The nearest word on it upward: `packageManager`, then the lock file. */
function managerOf(folder: Folder, dir: string): PackageManager {
  for (const parent of withParents(dir)) {
    const declared = readJson(folder, inDir(parent, 'package.json'))['packageManager'];
    const named = /^(npm|pnpm|yarn|bun)@/.exec(typeof declared === 'string' ? declared : '')?.[1];
    if (named !== undefined) return named as PackageManager;
    const lock = LOCK_FILES.find(([file]) => folder.has(inDir(parent, file)));
    if (lock !== undefined) return lock[1];
  }
  return 'npm';
}

/** `workspaces` of package.json, as a list or under `packages`, or those of pnpm-workspace.yaml. */
function memberPatterns(folder: Folder, root: string): { readonly exists: boolean; isMember(dir: string): boolean } {
  const { workspaces } = readJson(folder, inDir(root, 'package.json'));
  const patterns = [
    ...asTexts(workspaces),
    ...asTexts(asMap(workspaces)['packages']),
    ...asTexts(valueOf(folder.read(inDir(root, 'pnpm-workspace.yaml')) ?? '', 'yaml')['packages']),
  ];
  const isNegated = (pattern: string): boolean => pattern.startsWith('!');
  const members = patterns.filter((pattern) => !isNegated(pattern)).map((pattern) => compileGlob(inDir(root, pattern)));
  const others = patterns.filter(isNegated).map((pattern) => compileGlob(inDir(root, pattern.slice(1))));
  return {
    exists: patterns.length > 0,
    isMember: (dir) => members.some((member) => member.test(dir)) && !others.some((other) => other.test(dir)),
  };
}

/** `apps/*`, `packages/**` and plain folders. */
export function compileGlob(glob: string): Pattern {
  const source = glob
    .slice(0, LONGEST_GLOB)
    .replace(/^\.\//, '')
    .replace(/\/$/, '')
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '.*');
  return compilePattern(`^${source}$`);
}

/** How a script is run, and given arguments of its own. */
export function scriptCommand(manager: PackageManager, script: string, args: string | undefined): string {
  const run = `${manager} run ${script}`;
  if (args === undefined) return run;
  // npm keeps what stands before `--`; the others hand everything on, and pnpm even the dashes.
  return manager === 'npm' ? `${run} -- ${args}` : `${run} ${args}`;
}

/** `@shop/web` → `web`; of a package without a name its folder. */
export function shortName({ dir, name }: Pick<NodePackage, 'dir' | 'name'>): string | undefined {
  return dir === '' ? undefined : baseOf(dir) || name;
}
