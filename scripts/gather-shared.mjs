// Makes one file of everything that the entry shares with what it imports dynamically. esbuild makes one for each
// combination of sharers, which were 20 files at every start, at a third of a millisecond each.
import { resolve } from 'node:path';
import { build } from 'esbuild';

const NAME = 'shared-modules';

/**
 * Options that build the same with one shared file: a first build finds out what is shared; then a module that imports
 * all of that is injected everywhere, which makes every part of the bundle a sharer of it.
 * @param {import('esbuild').BuildOptions & { entryPoints: [string] }} options
 */
export async function gatherShared(options) {
  const { metafile } = await build({ ...options, metafile: true, write: false });
  const shared = sharedInputs(metafile.outputs, options.entryPoints[0]).filter((path) => !isInjected(options, path));
  const plugin = {
    name: NAME,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${NAME}$`) }, () => ({ path: NAME, namespace: NAME, sideEffects: true }));
      onLoad({ filter: /.*/, namespace: NAME }, () => ({
        contents: shared.map((path) => `import ${JSON.stringify(path)};`).join('\n'),
        resolveDir: process.cwd(),
      }));
    },
  };
  return {
    ...options,
    plugins: [plugin, ...(options.plugins ?? [])],
    inject: [...(options.inject ?? []), NAME],
    // A package without side effects is left where it is: it comes along with the module that uses it.
    logOverride: { 'ignored-bare-import': 'silent' },
  };
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

function isInjected({ inject = [] }, path) {
  return inject.some((injected) => resolve(injected) === path);
}
