// Bundles devdeck into dist/: `cli` (the entry of every command), `early-screen` (the first frame of a plain ./dev, in one
// file), `command-line` (all that a command like `status` needs, in two files) with what it loads when it must, and
// `supervisor`.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';
import { gatherShared } from './gather-shared.mjs';

const options = { ...bundleOptions, outdir: 'dist' };
await rm(options.outdir, { recursive: true, force: true });

// Imports nothing of ours by itself: see its header.
const LATER = /\/(early-screen|command-line)\.ts$/;
const apart = {
  name: 'apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: LATER }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: path.replace(/\.ts$/, '.js'), external: true } : undefined,
    ),
};
await build({ ...options, entryPoints: ['src/main/cli.ts'], plugins: [apart], inject: [] });
await build({ ...options, entryPoints: ['src/main/early-screen.ts'] });

await build(await gatherShared({ ...options, entryPoints: ['src/main/command-line.ts'] }));
await build({ ...options, entryPoints: ['src/main/supervisor.ts'] });
