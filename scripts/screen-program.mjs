// The real screen on sessions that do not exist (test/fixtures/screen/program.ts), bundled as devdeck is.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';

/** Builds it into the folder; resolves to the file to run. */
export async function buildScreenProgram(folder) {
  await build({
    ...bundleOptions,
    entryPoints: [fileURLToPath(new URL('../test/fixtures/screen/program.ts', import.meta.url))],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
  });
  await stop();
  return join(folder, 'program.mjs');
}
