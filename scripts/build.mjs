// Bundles the three entries into dist/: cli (small, starts fast), tui (Ink and React), supervisor.
import { rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import packageJson from '../package.json' with { type: 'json' };

await rm('dist', { recursive: true, force: true });

const entries = ['cli', 'tui', 'supervisor'].flatMap((name) =>
  ['ts', 'tsx'].map((extension) => `src/main/${name}.${extension}`).filter(existsSync),
);

await build({
  entryPoints: entries,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minify: true,
  keepNames: false,
  sourcemap: true,
  sourcesContent: false,
  jsx: 'automatic',
  external: ['@lydell/node-pty'],
  // Ink loads its devtools only with DEV=true; nobody debugs the bundle that way.
  alias: { 'react-devtools-core': './scripts/no-devtools.mjs' },
  define: {
    'process.env.NODE_ENV': '"production"',
    DEVDECK_VERSION: JSON.stringify(packageJson.version),
  },
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  logLevel: 'warning',
});
