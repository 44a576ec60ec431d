// What a script of package.json does: serve, run a program, watch to build again, or end at once. A library that is built
// again and a script that only builds are nothing to start beside the servers unasked.

import { nodeTool } from '../commands/server-tools.ts';

export type ScriptKind = 'server' | 'program' | 'watcher' | 'one-shot';

export type Scripts = Readonly<Record<string, string>>;

/** Programs that build, once or again at each change. */
const BUILDERS = new Set(
  (
    'tsc vue-tsc tsc-watch tsup tsdown rollup esbuild babel swc microbundle unbuild webpack parcel sass postcss tailwindcss ' +
    'ng-packagr lessc stencil bunchee preconstruct graphql-codegen relay-compiler svelte-package pkgroll father cpx copyfiles ' +
    'chokidar jest vitest mocha ava typedoc api-extractor openapi-typescript orval lingui i18next formatjs'
  ).split(' '),
);
/** Programs that do their work and end. */
const ONE_SHOTS = new Set(
  (
    'eslint prettier biome oxlint rimraf rm cp mv mkdir echo true exit prisma drizzle-kit typeorm knex sequelize husky ' +
    'changeset sherif typechain git tar zip del-cli shx cpy ncp wait-on kill-port sleep tsc-alias'
  ).split(' '),
);
const BUILDS =
  /^(?:vite|next|nuxt|nuxi|astro|remix|ng|react-scripts|gatsby|expo|svelte-kit|nest|turbo|nx|lerna)\s+(?:\S+\s+)*?(?:build|generate|export|sync)\b/;
const WATCHES = /(?:^|\s)(?:--watch(?:=true)?|-w|-W|watch|dev)(?=\s|$)|^(?:tsc-watch|chokidar)\b/;
const ONE_SHOT_NAME =
  /^(?:build|compile|tsc|typecheck|type-check|check-types|types|lint|format|test|translate|i18n|generate|codegen|gen|migrate|seed|clean|extract|prepare|postinstall|setup)(?![\w])(?!.*watch)/;

/** Of words before a program that say only how it is run. */
const WRAPPERS =
  /^(?:(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*)|cross-env(?:-shell)?|env|npx|bunx|exec|time|dotenv|dotenvx|env-cmd|pnpm exec|pnpm dlx|yarn run|yarn exec|bun x|npm exec|--|-[efc] \S+|-\S+|run)\s+)+/;

/** @param name of the script, which tells what its text does not */
export function scriptKind(scripts: Scripts, name: string, depth = 0): ScriptKind {
  const kind = kindOf(scripts, scripts[name] ?? '', depth);
  return kind === 'program' && ONE_SHOT_NAME.test(name) ? 'one-shot' : kind;
}

const MAX_DEPTH = 5;

function kindOf(scripts: Scripts, text: string, depth: number): ScriptKind {
  const kinds = commandsIn(text).map((command): ScriptKind => {
    const called = scriptCalled(scripts, command);
    if (called !== undefined && depth < MAX_DEPTH) return scriptKind(scripts, called, depth + 1);
    return commandKind(command);
  });
  return (['server', 'program', 'watcher'] as const).find((kind) => kinds.includes(kind)) ?? 'one-shot';
}

function commandKind(command: string): ScriptKind {
  const line = command.replace(WRAPPERS, '');
  const [program = ''] = line.split(/\s+/);
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (BUILDS.test(line)) return WATCHES.test(line.replace(/^\S+\s+/, '')) ? 'watcher' : 'one-shot';
  if (nodeTool(line) !== undefined) return 'server';
  if (name === 'vitest' && !/\brun\b/.test(line)) return 'watcher';
  if (BUILDERS.has(name))
    return WATCHES.test(line.slice(program.length)) || /^tsc-watch$/.test(name) ? 'watcher' : 'one-shot';
  return ONE_SHOTS.has(name) || name === '' ? 'one-shot' : 'program';
}

/** The command lines of a script, also those that `concurrently` is given in quotes. */
function commandsIn(text: string): readonly string[] {
  const side = /(?:^|[\s;&|])concurrently\s(.*)$/s.exec(text)?.[1];
  const quoted = side === undefined ? [] : [...side.matchAll(/\\?"((?:[^"\\]|\\(?!"))*?)\\?"|'([^']*)'/g)];
  const lines = quoted.length > 0 ? quoted.map(([, double, single]) => double ?? single ?? '') : [text];
  return lines
    .flatMap((line) => line.split(/&&|\|\||[;&|]/))
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const RUNS_SCRIPT =
  /^(?:npm run(?:-script)?|pnpm run|yarn run|bun run|npm:|pnpm:|yarn:|bun:|pnpm|yarn|bun)\s*([\w:.*/-]+)/;
const STARTS = /^npm (start|test)\b/;

/** The script that a command line runs by a package manager, if the package has it. */
function scriptCalled(scripts: Scripts, command: string): string | undefined {
  const line = command.replace(/^(?:[A-Za-z_]\w*=\S*|cross-env|env)\s+/g, '');
  const name = RUNS_SCRIPT.exec(line)?.[1] ?? STARTS.exec(line)?.[1];
  return name !== undefined && scripts[name] !== undefined ? name : undefined;
}

const ELSEWHERE =
  /--prefix|--cwd|(?:^|[\s&;])cd\s|--workspace|--filter|\b(?:npm|pnpm|yarn|bun)\s(?:[^&;|]{0,200}\s)?-[wFC]\s/;

/**
 * The scripts of the same package that a script runs side by side, by name, not by a word that only looks like one.
 * Those of other packages are found there.
 */
export function scriptsStartedBy(scripts: Scripts, text: string): readonly string[] {
  const runsNames = /(?:^|[\s;&|])(?:npm-run-all2?|run-[ps])\s(.*)$/s.exec(text)?.[1];
  const written =
    runsNames === undefined
      ? [
          ...text.matchAll(
            /(?:(?:npm run(?:-script)?|pnpm run|yarn run|bun run|pnpm|yarn|bun)\s+|(?:npm|pnpm|yarn|bun|node):)([\w:.*/-]+)/g,
          ),
        ]
          .map(([, name = '']) => name)
          .concat(/\bnpm start\b/.test(text) ? ['start'] : [])
      : runsNames.split(/[\s"'\\]+/);
  return Object.keys(scripts).filter((name) => {
    const isNamed = written.some(
      (word) => word === name || (/:\*{1,2}$/.test(word) && name.startsWith(word.replace(/\*{1,2}$/, ''))),
    );
    return isNamed && scripts[name] !== text && !ELSEWHERE.test(scripts[name] ?? '');
  });
}
