// Makes one file of everything that the entry shares with what it imports dynamically. esbuild makes one for each
// combination of sharers, which were 20 files at every start, at a third of a millisecond each.
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { build } from 'esbuild';

const NAME = 'shared-modules';
const WHOLE = '?whole';
const LOADERS = { '.ts': 'ts', '.tsx': 'tsx', '.js': 'js' };

/**
 * Options that build the same with one shared file: a first build finds out what is shared; then each part of the bundle
 * that is loaded by itself imports all of that, which makes it a sharer of every module of it.
 * Trap: with `inject`, modules of CommonJS would import it as well, and esbuild then wraps every shared module in a
 * function: 2 ms at each start.
 * @param {import('esbuild').BuildOptions & { entryPoints: [string] }} options
 */
export async function gatherShared(options) {
  const { metafile } = await build({ ...options, metafile: true, write: false });
  const shared = sharedInputs(metafile.outputs, options.entryPoints[0]);
  const parts = partsOf(metafile);
  const plugin = {
    name: NAME,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${NAME}$`) }, () => ({ path: NAME, namespace: NAME, sideEffects: true }));
      onLoad({ filter: /.*/, namespace: NAME }, () => ({
        contents: shared.map((path) => `import ${JSON.stringify(path)};`).join('\n'),
        resolveDir: process.cwd(),
      }));
      onLoad({ filter: /.*/, namespace: 'file' }, async ({ path, suffix }) => {
        if (!parts.has(path) || suffix === WHOLE) return undefined;
        const text = parts.get(path) === 'cjs' ? reexport(path) : await readFile(path, 'utf8');
        return { contents: `import '${NAME}'; ${text}`, loader: LOADERS[extname(path)] };
      });
      onResolve({ filter: new RegExp(`\\${WHOLE}$`) }, ({ path }) => ({
        path: path.slice(0, -WHOLE.length),
        suffix: WHOLE,
      }));
    },
  };
  return {
    ...options,
    plugins: [...(options.plugins ?? []), plugin],
    // A package without side effects is left where it is: it comes along with the module that uses it.
    logOverride: { 'ignored-bare-import': 'silent' },
  };
}

/** The modules that are the entry of a file of their own, each with its format. */
function partsOf({ outputs, inputs }) {
  const entries = Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  return new Map(entries.map((path) => [resolve(path), inputs[path].format]));
}

/**
 * A module of CommonJS cannot import what is shared by itself. Its default is all that it exports, as in Node, also when
 * it says that it was an ES module once.
 */
function reexport(path) {
  return `export default require(${JSON.stringify(`${path}${WHOLE}`)});`;
}

/** The modules of the files that the entry loads at once, its own file left out. */
function sharedInputs(outputs, entry) {
  const [file] = Object.entries(outputs).find(([, output]) => output.entryPoint === entry) ?? [];
  const reached = new Set();
  const queue = [file];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path) || outputs[path] === undefined) continue;
    reached.add(path);
    queue.push(...outputs[path].imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path));
  }
  reached.delete(file);
  return [...reached].flatMap((path) => Object.keys(outputs[path].inputs)).map(toImport);
}

/** Inputs are named relative to the working directory, and builtins by their namespace (see lean-plugin.mjs). */
function toImport(input) {
  return input.startsWith('builtin:') ? `node:${input.slice('builtin:'.length)}` : resolve(input);
}
