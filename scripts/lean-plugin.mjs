// Takes out of the bundle what costs time at every start and is not needed for the first frame. Measured on Node 24:
// - yoga-layout fetches its WebAssembly from a data: URL, which loads all of undici: 40 ms. Here: bytes, instantiated at once.
// - string-width builds the set of all emoji before it has seen one: 20 ms. Here: a file of its own, loaded by the first text
//   that needs it.
// - every `new Intl.Segmenter()` loads tables: 9 ms. Here: one, made when needed (lean/lazy-segmenter.ts).
// - `import` of a builtin evaluates all its exports, and with them process.stdin: 8 ms. Here: process.getBuiltinModule.
// - esbuild's interop then copies the exports one by one, which evaluates those that Node makes when they are first
//   asked for (util.parseArgs, fs.promises …): 4 ms. Here: an object that inherits from the builtin and owns nothing.
// - a builtin that Node itself has not needed yet is compiled when it is imported: crypto 5 ms, child_process and net 4 ms.
//   Here: when it is first used.
// - commander loads child_process for subcommands in programs of their own, which we do not have: 2 ms.
// - re2js is 110 kB, and most commands match no pattern. Here: a file of its own, loaded by the first pattern that needs it.
// - Ink paints every frame on a sheet of cells, for texts that lie over each other: half of the cost of a frame. Here: rows.
// - what Ink brings for cases that we do not have: its overview of a crash, its handlers of signals, its devtools.
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { loadLater } from './later-packages.mjs';

const STUBS = [
  [/[\\/]ink[\\/]build[\\/]components[\\/]ErrorOverview\.js$/, 'export default () => null;'],
  // The screen restores the terminal itself, and gives Ink a stream that always has a size.
  [/[\\/]signal-exit[\\/].*index\.js$/, 'export default () => () => {}; export const onExit = () => () => {};'],
  [/[\\/]terminal-size[\\/]index\.js$/, 'export default () => ({ columns: 80, rows: 24 });'],
];

/** Loaded by every start of Node, or used so often that they must not stand behind a proxy. */
const LOADED_BUILTINS = new Set(['buffer', 'events', 'fs', 'module', 'path', 'timers', 'url', 'util']);

function inheritFromBuiltin(path) {
  const builtin = `process.getBuiltinModule('node:${path}')`;
  if (typeof process.getBuiltinModule(`node:${path}`) !== 'object') return builtin;
  if (LOADED_BUILTINS.has(path)) return `Object.create(${builtin})`;
  return `Object.create(new Proxy({}, { get: (_, name) => (name === '__esModule' ? undefined : ${builtin}[name]) }))`;
}

const INK_OUTPUT = new URL('lean/ink-output.ts', import.meta.url).pathname;
const INK_RENDERER = /[\\/]ink[\\/]build[\\/]renderer\.js$/;
const COMMANDER = /[\\/]commander[\\/]lib[\\/]/;

const YOGA = `
import loadYoga from '../binaries/yoga-wasm-base64-esm.js';
import bytes from 'yoga-layout.wasm';
import wrapAssembly from './wrapAssembly.js';
const assembly = {
  instantiateWasm(imports, receive) {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
    receive(instance);
    return instance.exports;
  },
};
loadYoga(assembly);
export default wrapAssembly(assembly);
export * from './generated/YGEnums.js';
`;
const WASM_URL = /data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)/;

/** @type {import('esbuild').Plugin} */
export const leanPlugin = {
  name: 'lean',
  setup(build) {
    build.onResolve({ filter: /^(?:node:)?[a-z_/]+$/ }, ({ path, namespace, importer, kind }) => {
      const name = path.replace(/^node:/, '');
      if (!builtinModules.includes(name)) return undefined;
      if (kind === 'dynamic-import') return { path: `node:${name}`, external: true };
      if (name === 'child_process' && COMMANDER.test(importer)) return { path: name, namespace: 'empty' };
      return namespace === 'builtin' ? undefined : { path: name, namespace: 'builtin' };
    });
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      if (path === 'process') return { contents: 'module.exports = globalThis.process;' };
      return { contents: `module.exports = ${inheritFromBuiltin(path)};` };
    });
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {};' }));

    loadLater(build);

    build.onResolve({ filter: /^\.\/output\.js$/ }, ({ importer }) =>
      INK_RENDERER.test(importer) ? { path: INK_OUTPUT } : undefined,
    );

    build.onResolve({ filter: /^\.\/devtools\.js$/ }, () => ({ path: 'data:text/javascript,', external: true }));
    for (const [filter, contents] of STUBS) build.onLoad({ filter }, () => ({ contents }));

    const yogaBinary = /[\\/]yoga-wasm-base64-esm\.js$/;
    build.onLoad({ filter: /[\\/]yoga-layout[\\/]dist[\\/]src[\\/]index\.js$/ }, () => ({
      contents: YOGA,
      loader: 'js',
    }));
    build.onResolve({ filter: /^yoga-layout\.wasm$/ }, ({ resolveDir }) => ({
      path: `${resolveDir}/../binaries/yoga-wasm-base64-esm.js`,
      namespace: 'yoga-wasm',
    }));
    build.onLoad({ filter: yogaBinary, namespace: 'file' }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(WASM_URL, 'data:application/octet-stream;base64,'),
    }));
    build.onLoad({ filter: yogaBinary, namespace: 'yoga-wasm' }, async ({ path }) => {
      const base64 = WASM_URL.exec(await readFile(path, 'utf8'))?.[1];
      if (base64 === undefined) throw new Error(`no WebAssembly found in ${path}`);
      return { contents: Buffer.from(base64, 'base64'), loader: 'binary' };
    });
  },
};
