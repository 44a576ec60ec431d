// Bundles devdeck into dist/: `cli` (the entry of every command), `early-screen` (the first frame of a plain ./dev, in one
// file), `command-line` (all that a command like `status` needs, in two files), `supervisor` and `supervise` (likewise);
// each with what it loads when it must.
import { rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build } from 'esbuild';
import packageJson from '../package.json' with { type: 'json' };
import { bundleOptions } from './bundle-options.mjs';
import { gatherShared } from './gather-shared.mjs';

const options = { ...bundleOptions, outdir: 'dist' };
await rm(options.outdir, { recursive: true, force: true });

// These import nothing of ours by themselves: see their headers.
const LATER = /\/(early-screen|command-line|supervise)\.ts$/;
const apart = {
  name: 'apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: LATER }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path, '.ts')}.js`, external: true } : undefined,
    ),
};
// One by one, so that none of them is in two files.
for (const entry of ['src/main/cli.ts', 'src/main/supervisor.ts']) {
  await build({ ...options, entryPoints: [entry], plugins: [apart, ...options.plugins], inject: [] });
}

await build({ ...options, entryPoints: ['src/main/early-screen.ts'] });
await build(await gatherShared({ ...options, entryPoints: ['src/main/command/command-line.ts'] }));
await build(await gatherShared({ ...options, entryPoints: ['src/main/session/supervise.ts'] }));

// For configs of tests, which may be loaded by `require`.
await build({
  ...options,
  entryPoints: ['src/system/library/url.ts'],
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  splitting: false,
  plugins: [],
  inject: [],
});

// For bin/answer.sh, which believes the files of its own version alone.
await writeFile('dist/version', `${packageJson.version}\n`);
