// Where supervisor and screen spend their time and memory, as one page to look at:
//   npm run profile [start|idle|keys|flood]
// start: ten services, from ./dev until all are ready; idle: twenty seconds with them; keys: two hundred keys;
// flood: 300 000 lines while one looks at them. Writes profiles/index.html. Times are of this machine with the profiler on:
// what is large counts, not the figure.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { profilePage } from '../scripts/profile-page.mjs';
import { callTree } from '../scripts/profile-tree.mjs';
import { close, env, folder, openScreen, project, runParts, writeLines } from './rig.mjs';

const target = fileURLToPath(new URL('../profiles/', import.meta.url));
const LINES = 300_000;
const PRESSES = 200;
/** Every 200 µs, and every 32 KiB. */
const FLAGS = '--cpu-prof --cpu-prof-interval=200 --heap-prof --heap-prof-interval=32768';
/** By the files that only they load. */
const PROGRAMS = { supervisor: /\/supervise\.js$/, screen: /\/run-screen-\w+\.js$/ };

const QUIET = Object.fromEntries(
  Array.from({ length: 10 }, (_, index) => [`s${index}`, { command: ['sleep', '1000'] }]),
);
const found = [];

async function profiled(name, services, work) {
  const root = project(name, services);
  const place = join(folder, `profiles-${name}`);
  env.NODE_OPTIONS = `${FLAGS} --cpu-prof-dir=${place} --heap-prof-dir=${place}`;
  const screen = openScreen(root);
  await screen.shows((text) => text.includes(`${Object.keys(services).length} ready`));
  await work(screen, root);
  delete env.NODE_OPTIONS;
  await close(root, screen);
  for (const file of readdirSync(place).toSorted()) found.push(...read(name, join(place, file)));
  console.log(`${name}: done`);
}

/** Nothing for the profiles of other processes, as of the command that ended the session. */
function read(workload, file) {
  const tree = callTree(JSON.parse(readFileSync(file, 'utf8')));
  const program = Object.keys(PROGRAMS).find((name) => tree.urls.some((url) => PROGRAMS[name].test(url)));
  return program === undefined ? [] : [{ workload, program, ...tree }];
}

await runParts({
  start: () => profiled('start', QUIET, async () => {}),
  idle: () => profiled('idle', QUIET, () => sleep(20_000)),
  keys: () =>
    profiled('keys', QUIET, async (screen) => {
      for (let press = 0; press < PRESSES; press += 1) {
        screen.write(press % 20 < 10 ? 'j' : 'k');
        await sleep(20);
      }
    }),
  flood: () => {
    const lines = join(folder, 'lines');
    writeLines(lines, LINES);
    return profiled('flood', { flood: { command: ['sh', '-c', `cat ${lines}; echo the-end; sleep 1000`] } }, (screen) =>
      screen.shows((text) => text.includes('the-end')),
    );
  },
});
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'index.html'), profilePage(found));
console.log(`open ${join(target, 'index.html')}`);
