// Bundles the three entries into dist/: cli (small, starts fast), tui (Ink and React), supervisor.
import { rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';

await rm('dist', { recursive: true, force: true });

const entries = ['cli', 'tui', 'supervisor'].flatMap((name) =>
  ['ts', 'tsx'].map((extension) => `src/main/${name}.${extension}`).filter(existsSync),
);

await build({ ...bundleOptions, entryPoints: entries, outdir: 'dist' });
