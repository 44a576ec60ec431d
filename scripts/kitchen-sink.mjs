// Draws the screen on sessions that do not exist: `npm run kitchen-sink -- SCENE`; the scenes are in
// test/fixtures/screen/kitchen-sink.ts, and are named when there is none of that name.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildScreenProgram } from './screen-program.mjs';

const folder = mkdtempSync(join(tmpdir(), 'devdeck-kitchen-sink-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const program = await buildScreenProgram(folder);
// How one likes to see the logs is kept in the folder.
process.chdir(folder);
process.env.SCENE = process.argv[2] ?? 'states';
await import(program);
