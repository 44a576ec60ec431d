// Many services, and how soon they are there, gone and back, in one run:
//   npm run bench:scale [start|quit|restart]
// start:   50, 100 and 300 services, from the command to the last one's process, beside a bare Node that starts as many
// quit:    ten services that exit at once, from `q` to the end of the screen
// restart: from `r` to the new process of a service that exits at once, 200 times
// A process counts as started when it has made a file.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { spawn as spawnProcess, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { close, env, folder, openScreen, project, quantile, reachFiles, report, runParts } from './rig.mjs';

const ROUNDS = 5;
const RESTARTS = 200;

/** A command whose processes leave a file each in a folder, and a way to wait for those files. */
function starts(name) {
  const place = join(folder, `${name}-started`);
  mkdirSync(place);
  const script = `: > ${place}/$$; exec sleep 1000`;
  return {
    script,
    command: ['sh', '-c', script],
    forget: () => {
      for (const file of readdirSync(place)) rmSync(join(place, file));
    },
    reach: (count) => reachFiles(place, count),
  };
}

/** What any program that is written for Node needs for it: its own start, a shell for each, and their output. */
async function bareStartMs(count) {
  const { script, reach } = starts(`bare-${count}-${performance.now()}`);
  const program = `
    const { spawn } = require('node:child_process');
    for (let index = 0; index < ${count}; index += 1) {
      spawn('sh', ['-c', ${JSON.stringify(script)}]).stdout.on('data', (data) => process.stdout.write(data));
    }`;
  const startedAt = performance.now();
  // In a group of its own, so that all of it can be ended at once.
  const bare = spawnProcess(process.execPath, ['-e', program], { env, detached: true, stdio: 'ignore' });
  const ms = (await reach(count)) - startedAt;
  if (bare.pid !== undefined) process.kill(-bare.pid, 'SIGKILL');
  return ms;
}

/** Starts all services of one project, again and again, as in the morning. */
function devdeckStarts(count) {
  const name = `start-${count}`;
  const { command, forget, reach } = starts(name);
  const services = Array.from({ length: count }, (_, index) => [`s${index}`, { command }]);
  const root = project(name, Object.fromEntries(services));
  return async () => {
    forget();
    const startedAt = performance.now();
    const screen = openScreen(root);
    const ms = (await reach(count)) - startedAt;
    await screen.shows((text) => text.includes(`${count} ready`));
    const pressedAt = performance.now();
    screen.text = '';
    screen.write('j');
    await screen.shows((text) => text.includes('logs: s1'));
    const keyMs = performance.now() - pressedAt;
    await close(root, screen);
    return { ms, keyMs };
  };
}

async function start() {
  const perService = [];
  for (const count of [50, 100, 300]) {
    const startDevdeck = devdeckStarts(count);
    await startDevdeck();
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const bareMs = await bareStartMs(count);
      rounds.push({ bareMs, ...(await startDevdeck()) });
    }
    const median = (pick) => quantile(rounds.map(pick), 0.5);
    perService.push(median(({ ms }) => ms) / count);
    report(
      `${count} services started`,
      median(({ ms }) => ms),
      ' ms',
    );
    report(
      '  beside a bare Node',
      median(({ ms, bareMs }) => ms / bareMs),
      ' ×',
      3,
    );
    report(
      '  key to screen right afterwards',
      median(({ keyMs }) => keyMs),
      ' ms',
    );
  }
  report('time for a service of 300 beside one of 100', perService[2] / perService[1], ' ×', 1.25);
}

async function quit() {
  const times = [];
  const nodes = [];
  for (let round = 0; round < 2 * ROUNDS; round += 1) {
    const services = Array.from({ length: 10 }, (_, index) => [`s${index}`, { command: ['sleep', '1000'] }]);
    const screen = openScreen(project(`quit-${round}`, Object.fromEntries(services)));
    await screen.shows((text) => text.includes('10 ready'));
    await sleep(500);
    const pressedAt = performance.now();
    screen.write('q');
    await screen.ended;
    times.push(performance.now() - pressedAt);
    const nodeStartedAt = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    nodes.push(performance.now() - nodeStartedAt);
  }
  report('node -e 0, for comparison: median', quantile(nodes, 0.5), ' ms');
  report('q to the prompt, ten services: median', quantile(times, 0.5), ' ms', 100);
  report('q to the prompt, ten services: p95', quantile(times, 0.95), ' ms');
}

async function restart() {
  const { command, reach } = starts('restart');
  const root = project('restart', { app: { command }, other: { command: ['sleep', '1000'] } });
  const screen = openScreen(root);
  await screen.shows((text) => text.includes('2 ready'));
  const times = [];
  for (let count = 1; count <= RESTARTS; count += 1) {
    const pressedAt = performance.now();
    screen.write('r');
    // One that never comes ends the bench.
    times.push((await reach(count + 1, 5000)) - pressedAt);
    await sleep(5 + (count % 7));
  }
  report(`r to the new process, ${RESTARTS} of ${RESTARTS}: p50`, quantile(times, 0.5), ' ms');
  report(`r to the new process, ${RESTARTS} of ${RESTARTS}: p95`, quantile(times, 0.95), ' ms', 30);
  await close(root, screen);
}

await runParts({ start, quit, restart });
