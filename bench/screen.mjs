// How fast the screen is, and what it costs, in one run:
//   npm run bench:screen [key|lines|idle]
// key:   from a key press to the changed screen, while nothing is written, 20 000 lines a second, and as many as can be
// lines: 1 000 000 lines of 100 bytes through a service, beside a bare reader of the same terminal
// idle:  ten quiet services, with the screen open and without: CPU and memory of supervisor and screen together
// A key counts as answered when the bytes that it caused reach this side of the terminal.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  bareReaderMs,
  close,
  env,
  folder,
  openScreen,
  project,
  quantile,
  report,
  runParts,
  spentBy,
  writeLines,
} from './rig.mjs';

const PRESSES = 200;
const LINES = 1_000_000;

/** By everything of devdeck's own in this run: not the services. */
const spent = () =>
  spentBy(
    (words, environment) =>
      environment.includes(`XDG_RUNTIME_DIR=${env.XDG_RUNTIME_DIR}\0`) &&
      words.some((word) => /(?:dist\/\w+\.js|bin\/devdeck)$/.test(word)),
  );

const node = (script) => [process.execPath, '-e', script];

async function keys(name, command, barMs) {
  const root = project(`keys-${name}`, {
    a: { command: ['sleep', '1000'] },
    b: { command: ['sleep', '1000'] },
    noise: { command },
  });
  const screen = openScreen(root);
  await screen.shows((text) => text.includes('3 ready'));
  // The noisy log is the one on the screen.
  screen.write('G');
  await sleep(1500);
  const times = [];
  for (let press = 0; press < PRESSES; press += 1) {
    screen.text = '';
    const startedAt = performance.now();
    // The focus goes to the logs and back, which draws their title.
    screen.write(press % 2 === 0 ? '2' : '1');
    times.push((await screen.shows((text) => text.includes('logs: noise'))) - startedAt);
    await sleep(20 + (press % 7));
  }
  report(`key to screen, ${name}: p50`, quantile(times, 0.5), ' ms');
  report(`key to screen, ${name}: p95`, quantile(times, 0.95), ' ms', barMs);
  await close(root, screen);
}

const writer = (perTick) =>
  node(`
    const line = 'x'.repeat(99) + '\\n';
    const tick = () => process.stdout.write(line.repeat(${perTick}));
    setInterval(tick, 10);
  `);

async function lines() {
  // In files: the screen shows commands, and would show the last line before it is written. The lines are numbered, so
  // that a screen which follows has something new to show with each of them.
  const text = join(folder, 'million.txt');
  writeLines(text, LINES);
  const file = join(folder, 'million.sh');
  writeFileSync(file, `cat ${text}; echo the-end; date +%s%N > ${join(folder, 'stamp')}; exec sleep 1000`);
  const bareMs = await bareReaderMs(file);

  const root = project('lines', {
    flood: { command: ['sh', file], autostart: false, log: { max_size: '64MiB', keep: 5 } },
  });
  const screen = openScreen(root);
  await screen.shows((text) => text.includes('flood') && text.includes('stopped'));
  await sleep(500);
  const before = spent();
  const startedAt = performance.now();
  screen.write('s');
  await screen.shows((text) => text.includes('xxxxxxxxxx'));
  const longestPauseMs = screen.watchPauses();
  const seenAtWallMs = await screen.shows((text) => text.includes('the-end')).then(() => Date.now());
  const wallMs = performance.now() - startedAt;
  const stoodStillMs = longestPauseMs();
  await sleep(300);
  const after = spent();
  await sleep(200);
  const writtenAtWallMs = Number(readFileSync(join(folder, 'stamp'), 'utf8')) / 1e6;
  console.log(`${'a bare reader'.padEnd(44)} ${bareMs.toFixed(0)} ms`);
  report(`${LINES.toLocaleString('en')} lines`, wallMs / bareMs, ' ×', 1.25);
  report('  CPU of devdeck', (after.cpuMs - before.cpuMs) / 1000, ' s', 4);
  report('  last line on the screen after it was written', Math.max(0, seenAtWallMs - writtenAtWallMs), ' ms', 100);
  report('  screen stood still at most', stoodStillMs, ' ms', 100);
  report('  memory (PSS)', after.pssBytes / 1e6, ' MB');
  report('  bytes to the terminal', screen.bytes / 1e6, ' MB');
  report('  lines that are not on disk, or not in order', misplacedLines(root), '', 0);
  await close(root, screen);
}

/** Reads the log of `flood`, with its rotated files, and counts where the next line is not the next number. */
function misplacedLines(root) {
  const logs = join(root, '.devdeck/logs');
  const files = readdirSync(logs).filter((name) => name.startsWith('flood.log'));
  const rank = (name) => Number(/\d+$/.exec(name)?.[0] ?? 0);
  let next = 0;
  let misplaced = 0;
  for (const name of files.toSorted((a, b) => rank(b) - rank(a))) {
    for (const [, number] of readFileSync(join(logs, name), 'latin1').matchAll(/^\S+ line (\d+) x+$/gm)) {
      if (Number(number) !== next) misplaced += 1;
      next = Number(number) + 1;
    }
  }
  return misplaced + LINES - next;
}

async function idle() {
  const quiet = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`s${index}`, { command: ['sleep', '1000'] }]),
  );
  const root = project('idle', quiet);
  const screen = openScreen(root);
  await screen.shows((text) => text.includes('10 ready'));
  await sleep(65_000);
  const seconds = 20;
  const measure = async (what, barMs) => {
    const before = spent();
    await sleep(seconds * 1000);
    report(`idle, ten services, ${what}: CPU a second`, (spent().cpuMs - before.cpuMs) / seconds, ' ms', barMs);
  };
  await measure('screen open', 5);
  report('  memory (PSS)', spent().pssBytes / 1e6, ' MB', 110);
  screen.write('d');
  await screen.ended;
  await sleep(1000);
  await measure('detached', 1);
  await close(root);
}

await runParts({
  key: async () => {
    await keys('idle', ['sleep', '1000'], 10);
    await keys('20 000 lines/s', writer(200), 15);
    await keys('a flood', ['yes', 'x'.repeat(99)], 30);
  },
  lines,
  idle,
});
