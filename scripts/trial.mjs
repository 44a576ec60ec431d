// What `init` makes of projects, in two parts, each with a table.
// The trees of test/fixtures/projects, half of them public projects: the proposed config against the one that a careful person
// would write. Then projects made by the real scaffolders: `init --yes` and `up -d` in each.
//   npm run trial                 all of them; needs npm's registry, and some minutes
//   npm run trial -- --trees      the trees alone: a second
//   npm run trial -- vite next    those whose names hold one of these words
// The tests hold the trees. They do not run scaffolders, since what the newest ones make changes under our feet.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { counts, judgements } from './trial-table.mjs';

const devdeck = fileURLToPath(new URL('../bin/devdeck', import.meta.url));
const vite = (template) => `npm create --yes vite@latest app -- --template ${template} --no-interactive`;

/** For tools whose scaffolder takes its templates from elsewhere than the registry: the package, one page, one script. */
const own = (packages, dev, page, text = '<p>Hi</p>') =>
  `mkdir -p app/$(dirname ${page}) && cd app && npm init -y && npm i -D ${packages} && npm pkg set scripts.dev="${dev}" && npm pkg delete main type && printf '%s' "${text}" > ${page}`;
const EXPRESS = "require('express')().get('/', (_, answer) => answer.send('hi')).listen(process.env.PORT || 3000)";
const HONO =
  "import { Hono } from 'hono'; import { serve } from '@hono/node-server'; serve({ fetch: new Hono().get('/', (c) => c.text('hi')).fetch, port: process.env.PORT || 3000 })";

/** Each makes the project in ./app; `install` is left out where the scaffolder does it. */
const TREES = [
  { name: 'vite vanilla', make: vite('vanilla') },
  { name: 'vite react', make: vite('react') },
  { name: 'vite react-ts', make: vite('react-ts') },
  { name: 'vite vue', make: vite('vue') },
  { name: 'vite vue-ts', make: vite('vue-ts') },
  { name: 'vite svelte', make: vite('svelte') },
  { name: 'vite svelte-ts', make: vite('svelte-ts') },
  { name: 'vite preact', make: vite('preact') },
  { name: 'vite solid', make: vite('solid') },
  { name: 'vite lit', make: vite('lit') },
  { name: 'next', make: 'npx --yes create-next-app@latest app --yes --skip-install --disable-git' },
  { name: 'astro', make: own('astro', 'astro dev', 'src/pages/index.astro') },
  { name: 'nuxt', make: own('nuxt', 'nuxt dev', 'app.vue') },
  { name: 'sveltekit', make: 'npx --yes sv create app --template minimal --types ts --no-add-ons --no-install' },
  { name: 'nest', make: 'npx --yes @nestjs/cli@latest new app --skip-install --skip-git --package-manager npm' },
  { name: 'fastify', make: 'npx --yes fastify-cli@latest generate app' },
  { name: 'express', make: 'npx --yes express-generator@latest --no-view app' },
  { name: 'angular', make: 'npx --yes @angular/cli@latest new app --defaults --skip-install --skip-git' },
  { name: 'vue', make: 'npm create --yes vue@latest app -- --default' },
  { name: 'hono', make: own('hono @hono/node-server', 'node server.mjs', 'server.mjs', HONO) },
  { name: 'vitepress', make: own('vitepress', 'vitepress dev', 'index.md') },
  { name: 'eleventy', make: own('@11ty/eleventy', 'eleventy --serve', 'index.md') },
  { name: 'parcel', make: own('parcel', 'parcel index.html', 'index.html') },
  {
    name: 'webpack',
    make: own('webpack webpack-cli webpack-dev-server', 'webpack serve --mode development', 'src/index.js'),
  },
  { name: 'express by hand', make: own('express', 'node server.js', 'server.js', EXPRESS) },
  { name: 'http-server', make: own('http-server', 'http-server', 'index.html') },
];

const words = process.argv.slice(2).filter((word) => word !== '--trees');
const isChosen = (name) => words.length === 0 || words.some((word) => name.includes(word));
const judged = judgements().filter(({ trial }) => isChosen(trial.name));
for (const { trial, verdict, faults } of judged) {
  console.log(`${trial.name.padEnd(26)} ${verdict.padEnd(7)} ${trial.from ?? ''}`);
  for (const fault of faults) console.log(`    ${fault}`);
}
console.log(`${judged.length} trees: ${counts(judged)}\n`);
const failedTrees = judged.filter(({ verdict }) => verdict === 'silent' || verdict === 'wrong').length;

const chosen = (process.argv.includes('--trees') ? [] : TREES).filter(({ name }) => isChosen(name));
const home = mkdtempSync(join(tmpdir(), 'devdeck-trial-'));
const env = {
  ...process.env,
  CI: '1',
  XDG_RUNTIME_DIR: join(home, 'run'),
  XDG_STATE_HOME: join(home, 'state'),
  NO_COLOR: '1',
};
let bad = 0;
try {
  for (const tree of chosen) {
    const { result, services, seconds } = await tryOut(tree);
    if (result !== 'ready') bad += 1;
    console.log(
      `${tree.name.padEnd(16)} ${result.padEnd(12)} ${services.join(', ')}${seconds === undefined ? '' : `   ${seconds} s`}`,
    );
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
if (chosen.length > 0) console.log(`${chosen.length - bad} of ${chosen.length} ready`);
process.exitCode = bad + failedTrees === 0 ? 0 : 1;

async function tryOut({ name, make }) {
  const folder = join(home, name.replaceAll(' ', '-'));
  const app = join(folder, 'app');
  mkdirSync(folder);
  const made = run(folder, ['sh', '-c', make], 180_000);
  if (!existsSync(app)) return failed('not made', made);
  const installed = existsSync(join(app, 'node_modules'))
    ? made
    : run(app, ['npm', 'install', '--no-audit', '--no-fund'], 240_000);
  if (installed.status !== 0) return failed('no install', installed);
  const init = run(app, [devdeck, 'init', '--yes'], 30_000);
  if (init.status !== 0) return failed('no init', init);

  const { services } = parse(readFileSync(join(app, '.project.config'), 'utf8'));
  const names = Object.keys(services);
  const choices = [];
  for (const service of names)
    if (services[service].port !== undefined) choices.push('--port', `${service}=${await freePort()}`);
  const begin = performance.now();
  const up = run(app, [devdeck, 'up', '-d', '--timeout', '90s', ...choices], 120_000);
  const seconds = Math.round((performance.now() - begin) / 100) / 10;
  const outcome =
    up.status === 0 ? { result: 'ready', services: names, seconds } : failed(`exit ${up.status}`, up, names);
  run(app, [devdeck, 'stop', '--force'], 30_000);
  return outcome;
}

function failed(result, { stdout, stderr }, services = []) {
  const last = `${stdout}${stderr}`
    .trim()
    .split('\n')
    .slice(-12)
    .map((line) => `    ${line}`);
  console.error(last.join('\n'));
  return { result, services };
}

function run(cwd, [file, ...args], timeout) {
  return spawnSync(file, args, { cwd, env, encoding: 'utf8', timeout, stdio: ['ignore', 'pipe', 'pipe'] });
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
