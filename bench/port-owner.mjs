// The time to find the owner of a port, against find-process, lsof and ss, all in one run:
//   npm run bench:ports [ROUNDS]
// With 100 processes more than the machine has anyway. What is not installed is left out. The bar is 20 ms.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import findProcess from 'find-process';
import { createPorts } from '../src/system/ports/ports.ts';

const ROUNDS = Number(process.argv[2] ?? 15);
const BAR_MS = 20;
const nobody = { root: '/nowhere', ours: new Set(), recorded: [] };

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
const sleepers = Array.from({ length: 100 }, () => spawn('sleep', ['600'], { stdio: 'ignore' }));

const ports = createPorts();
const ways = {
  devdeck: async () => (await ports.use(port, nobody)).owners.map(({ pid }) => pid),
  'find-process': async () => (await findProcess('port', port)).map(({ pid }) => pid),
  lsof: async () =>
    run('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'])
      .match(/\d+/g)
      ?.map(Number) ?? [],
  ss: async () => [...run('ss', ['-ltnpH', `sport = :${port}`]).matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid)),
};

function run(program, args) {
  const { stdout, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return stdout;
}

try {
  const tookMs = new Map(Object.keys(ways).map((name) => [name, []]));
  // One after the other in each round, so that a machine that gets slower slows them all. The first round is for warmth.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, times] of tookMs) {
      const startedAt = performance.now();
      try {
        const pids = await ways[name]();
        if (!pids.includes(process.pid)) throw new Error(`did not find pid ${process.pid}, but ${pids.join(', ')}`);
        if (round > 0) times.push(performance.now() - startedAt);
      } catch (error) {
        console.log(`${name} is left out: ${error.message}`);
        tookMs.delete(name);
      }
    }
  }
  const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
  const ourMs = median(tookMs.get('devdeck') ?? [Infinity]);
  for (const [name, times] of tookMs) {
    const ms = median(times);
    console.log(`${name.padEnd(14)} ${ms.toFixed(1).padStart(7)} ms   ${(ms / ourMs).toFixed(1)} × devdeck`);
  }
  if (ourMs > BAR_MS) {
    console.log(`over the bar of ${BAR_MS} ms`);
    process.exitCode = 1;
  }
} finally {
  for (const sleeper of sleepers) sleeper.kill();
  server.close();
}
