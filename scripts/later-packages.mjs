// Packages that most starts do without: each is a file of its own beside the bundle, loaded by the first call that needs it.
// Of CommonJS, because that is loaded at once, where it is called. Not parts of the bundle: esbuild wraps in functions
// whatever shares a file with a module that is required, which took 2 ms at each start.
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';

const lean = (name) => fileURLToPath(new URL(`lean/${name}`, import.meta.url));

/** Modules with one function as their default export, loaded at its first call. */
const LAZY_FUNCTIONS = ['cli-truncate', 'slice-ansi', 'wrap-ansi'];

/** What the package in a file of its own gives to its stand-in. */
const LATER = {
  re2js: "export { RE2JS } from 're2js';",
  ...Object.fromEntries(
    ['string-width', ...LAZY_FUNCTIONS].map((name) => [name, `export { default } from '${name}';`]),
  ),
};

/** @param {import('esbuild').PluginBuild} build */
export function loadLater(build) {
  const later = new Set();
  replaceWidth(build, () => later.add('string-width'));
  build.onResolve({ filter: /^re2js$/ }, () => {
    later.add('re2js');
    return { path: lean('re2js.ts') };
  });
  build.onResolve({ filter: new RegExp(`^(?:${LAZY_FUNCTIONS.join('|')})$`) }, ({ path }) => {
    later.add(path);
    return { path, namespace: 'lazy' };
  });
  build.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({
    contents: `
      import { createRequire } from 'node:module';
      let call;
      export default (...args) => (call ??= createRequire(import.meta.url)('./${path}.cjs').default)(...args);`,
  }));
  build.onEnd(async () => {
    const { outdir, write } = build.initialOptions;
    if (write !== false) await Promise.all([...later].map((name) => bundle(laterBundle(name, outdir))));
  });
}

function laterBundle(name, outdir) {
  return {
    stdin: { contents: LATER[name], sourcefile: name, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    outfile: `${outdir}/${name}.cjs`,
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    define: { 'import.meta.url': '__filename' },
    plugins: name === 'string-width' ? [] : [{ name: 'lean-width', setup: replaceWidth }],
    logLevel: 'warning',
  };
}

/** Every copy of string-width is the lean one, which is told by `onNeed`. */
function replaceWidth({ onResolve }, onNeed = () => undefined) {
  onResolve({ filter: /^string-width$/ }, () => {
    onNeed();
    return { path: lean('string-width.ts') };
  });
}
