// How fast devdeck starts, as ratios to the bare start of the same Node, all in one run:
//   npm run bench
// `status`, `status --json`, `ensure` and a press of Tab on a running session whose services are ready, `status` by Node, the first frame
// that names all services, and the first service's process; and these two in a folder where devdeck never ran, with a
// config that it never read.
// Each round measures all of them one after the other, so that a machine that gets slower slows them all.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';

const ROUNDS = Number(process.argv[2] ?? 15);
const COMMANDS = {
  status: ['status'],
  'status --json': ['status', '--json'],
  ensure: ['ensure'],
  completion: ['__complete', '--', ''],
};
const BY_NODE = ['status', '--no-color'];
const BARS = {
  status: 0.25,
  'status --json': 0.25,
  ensure: 0.25,
  completion: 0.5,
  'status by Node': 1.6,
  'first frame': 3,
  'first process': 3,
  'first frame, new': 1.8,
  'first process, new': 3,
};
const devdeck = fileURLToPath(new URL('../bin/devdeck', import.meta.url));
const SERVICES = ['backend', 'frontend', 'worker'];

const folder = mkdtempSync(join(tmpdir(), 'devdeck-bench-'));
const stamp = join(folder, 'stamp');
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
  XDG_RUNTIME_DIR: join(folder, 'run'),
  XDG_CACHE_HOME: join(folder, 'cache'),
  XDG_STATE_HOME: join(folder, 'state'),
};

function project(name, commands) {
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  const services = SERVICES.map((service) => `  ${service}: {command: "${commands[service] ?? 'sleep 1000'}"}`);
  writeFileSync(join(root, '.project.config'), `# ${name}\nservices:\n${services.join('\n')}\n`);
  return root;
}

const now = () => performance.now();

function timed(file, args, cwd) {
  const startedAt = now();
  const { status, stderr } = spawnSync(file, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return now() - startedAt;
}

/** Opens the screen in a terminal; times until all services are named, and until the first one's process has run. */
async function openScreen(root) {
  rmSync(stamp, { force: true });
  const startedAt = now();
  const startedAtWallMs = Date.now();
  const terminal = spawn(devdeck, [], { cwd: root, env, cols: 120, rows: 40 });
  let screen = '';
  terminal.onData((data) => (screen += data));
  const shows = (isThere) =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (isThere(screen)) resolve(now() - startedAt);
      };
      terminal.onData(look);
      terminal.onExit(() => reject(new Error(`the screen ended too soon: ${screen}`)));
      look();
    });
  const connected = shows((text) => text.includes('starting') && text.includes('3 ready'));
  const firstFrame = await shows((text) => SERVICES.every((service) => text.includes(service)));
  while (!existsSync(stamp) || readFileSync(stamp, 'utf8').trim() === '')
    await new Promise((resolve) => setTimeout(resolve, 2));
  await connected;
  const firstProcess = Number(readFileSync(stamp, 'utf8')) / 1e6 - startedAtWallMs;
  const ended = new Promise((resolve) => terminal.onExit(resolve));
  execFileSync(devdeck, ['stop'], { cwd: root, env, stdio: 'ignore' });
  await ended;
  return { firstFrame, firstProcess };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const running = project('running', {});
const STAMPED = { backend: `date +%s%N > ${stamp}; exec sleep 1000` };
const cold = project('cold', STAMPED);
try {
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  timed(devdeck, ['up', '-d'], running);
  const times = Object.fromEntries(['node', ...Object.keys(BARS)].map((name) => [name, []]));
  for (let round = -2; round < ROUNDS; round += 1) {
    const node = timed(process.execPath, ['-e', '0'], folder);
    const commands = Object.entries(COMMANDS).map(([name, args]) => [name, timed(devdeck, args, running)]);
    const byNode = timed(devdeck, BY_NODE, running);
    const { firstFrame, firstProcess } = await openScreen(cold);
    const inNew = await openScreen(project(`new${round}`, STAMPED));
    if (round < 0) continue; // The first two fill the caches.
    times.node.push(node);
    for (const [name, took] of commands) times[name].push(took);
    times['status by Node'].push(byNode);
    times['first frame'].push(firstFrame);
    times['first process'].push(firstProcess);
    times['first frame, new'].push(inNew.firstFrame);
    times['first process, new'].push(inNew.firstProcess);
  }
  console.log(
    `node -e 0          ${median(times.node).toFixed(1)} ms   (Node ${process.version}, median of ${ROUNDS})`,
  );
  for (const [name, bar] of Object.entries(BARS)) {
    const ratio = median(times[name].map((value, round) => value / times.node[round]));
    const verdict = ratio <= bar ? 'ok' : 'MISSED';
    console.log(
      `${name.padEnd(18)} ${median(times[name]).toFixed(1)} ms   ${ratio.toFixed(2)} × (at most ${bar} ×: ${verdict})`,
    );
  }
} finally {
  spawnSync(devdeck, ['stop'], { cwd: running, env, stdio: 'ignore' });
  spawnSync(devdeck, ['stop'], { cwd: cold, env, stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
}
