// Bundles devdeck into dist/: `cli` (the entry of every command), `command-line` (all that a command like `status`
// needs, in two files) with what it loads when it must, and `supervisor`.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';
import { gatherShared } from './gather-shared.mjs';

const options = { ...bundleOptions, outdir: 'dist' };
await rm(options.outdir, { recursive: true, force: true });

// Imports nothing of ours by itself: see its header.
const cli = { name: 'apart', setup: ({ onResolve }) => onResolve({ filter: /command-line\.ts$/ }, toBuiltCommandLine) };
const toBuiltCommandLine = () => ({ path: './command-line.js', external: true });
await build({ ...options, entryPoints: ['src/main/cli.ts'], plugins: [cli], inject: [] });

await build(await gatherShared({ ...options, entryPoints: ['src/main/command-line.ts'] }));
await build({ ...options, entryPoints: ['src/main/supervisor.ts'] });
