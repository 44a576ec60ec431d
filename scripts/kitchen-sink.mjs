// Draws the screen on sessions that do not exist: `npm run kitchen-sink -- calm|states|conflict|connecting|empty`.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';

const folder = await mkdtemp(join(tmpdir(), 'devdeck-kitchen-sink-'));
await build({
  ...bundleOptions,
  entryPoints: ['test/fixtures/screen/program.ts'],
  outdir: folder,
  outExtension: { '.js': '.mjs' },
});
const child = spawn(process.execPath, [join(folder, 'program.mjs')], {
  stdio: 'inherit',
  env: { ...process.env, SCENE: process.argv[2] ?? 'states', LIVE: '1' },
});
child.on('exit', (code) => {
  void rm(folder, { recursive: true, force: true }).then(() => process.exit(code ?? 1));
});
