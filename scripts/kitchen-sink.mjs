// Draws the screen on sessions that do not exist: `npm run kitchen-sink -- calm|states|conflict|connecting|empty`.
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
process.env.SCENE = process.argv[2] ?? 'states';
await import(join(folder, 'program.mjs'));
