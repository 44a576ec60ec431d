// Draws the screen on sessions that do not exist: `npm run kitchen-sink -- SCENE`; the scenes are in
// test/fixtures/screen/kitchen-sink.ts, and are named when there is none of that name.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';

const folder = mkdtempSync(join(tmpdir(), 'devdeck-kitchen-sink-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
await build({
  ...bundleOptions,
  entryPoints: [fileURLToPath(new URL('../test/fixtures/screen/program.ts', import.meta.url))],
  outdir: folder,
  outExtension: { '.js': '.mjs' },
});
await stop();
// How one likes to see the logs is kept in the folder.
process.chdir(folder);
process.env.SCENE = process.argv[2] ?? 'states';
await import(join(folder, 'program.mjs'));
