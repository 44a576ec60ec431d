// All measurements in one run, written to docs/benchmarks.md with the machine and the versions:
//   npm run benchmarks [startup|screen|scale|ports|peers]
// From a clean clone it needs `npm ci` alone: the peers are installed from npm into a folder that goes afterwards. Takes
// a quarter of an hour, on a machine that does nothing else: it says so when others use the processor meanwhile.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const page = join(repository, 'docs/benchmarks.md');
const PEERS = ['mprocs', 'turbo', 'concurrently', 'foreman', 'pm2'];
/** More than this at the beginning, and the figures are those of a busy machine. */
const QUIET_LOAD = 0.5;

const PARTS = {
  startup: ['Start and commands, beside a bare start of Node', 'bench/startup.mjs'],
  screen: ['The screen', 'bench/screen.mjs'],
  scale: ['Many services, quitting, restarting', 'bench/scale.mjs'],
  ports: ['Who owns a port', 'bench/port-owner.mjs'],
  peers: ['Other tools for the same job', 'bench/peers.mjs'],
};

/** What the script prints, as it prints it; a missed bar is part of it, and no reason to stop. */
function run(script, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: repository, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (data) => {
      printed += data;
      process.stdout.write(data);
    });
    child.on('error', reject);
    child.on('close', () => resolve(printed.trimEnd()));
  });
}

function installPeers() {
  const folder = mkdtempSync(join(tmpdir(), 'devdeck-peers-'));
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, ...PEERS], {
    stdio: 'inherit',
  });
  return folder;
}

function versionsIn(folder) {
  return PEERS.filter((name) => existsSync(join(folder, 'node_modules', name))).map(
    (name) => `${name} ${JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version}`,
  );
}

function machine() {
  const [first] = cpus();
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: repository, encoding: 'utf8' }).trim();
  const [load] = loadavg();
  const isQuiet = load < QUIET_LOAD * cpus().length;
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)}, commit ${commit}, by \`npm run benchmarks\` in one run.`,
    `${type()} ${release()}, ${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}.`,
    ...(isQuiet ? [] : [`**The machine was busy with other work (load ${load.toFixed(1)}): times are too long.**`]),
  ].join('\n');
}

const wanted = process.argv.slice(2);
const chosen = Object.keys(PARTS).filter((name) => wanted.length === 0 || wanted.includes(name));
const sections = [`# Benchmarks\n\n${machine()}`];
let peers;
try {
  if (chosen.includes('peers')) peers = installPeers();
  for (const name of chosen) {
    const [title, script] = PARTS[name];
    console.log(`\n${title}`);
    const printed = await run(script, name === 'peers' ? [peers] : []);
    const versions = name === 'peers' ? `${versionsIn(peers).join(', ')}.\n\n` : '';
    sections.push(`## ${title}\n\n${versions}\`\`\`\n${printed}\n\`\`\``);
  }
} finally {
  if (peers !== undefined) rmSync(peers, { recursive: true, force: true });
}
writeFileSync(page, `${sections.join('\n\n')}\n`);
console.log(`\nwritten to ${page}`);
