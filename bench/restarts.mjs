// Restarts a real uvicorn and a real Vite server again and again, and counts how often one could not have its port:
//   npm run bench:restarts [TIMES]
// Needs uvicorn on the PATH. Ends with 1 when a restart failed, a service moved, or "address already in use" was said.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TIMES = Number(process.argv[2] ?? 100);
const repository = fileURLToPath(new URL('..', import.meta.url));
const devdeck = join(repository, 'bin/devdeck');
const TAKEN = /EADDRINUSE|address already in use|Errno (?:98|48)|Port \d+ is in use/gi;

const home = mkdtempSync(join(tmpdir(), 'devdeck-restarts-'));
const root = join(home, 'project');
mkdirSync(root);
symlinkSync(join(repository, 'node_modules'), join(home, 'node_modules'));
const env = {
  // Debian's Python has uvicorn; another one may come first.
  PATH: `${join(repository, 'node_modules/.bin')}:/usr/bin:${process.env.PATH}`,
  HOME: home,
  TERM: 'dumb',
  XDG_RUNTIME_DIR: join(home, 'run'),
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_STATE_HOME: join(home, 'state'),
};
for (const folder of ['run', 'cache', 'state']) mkdirSync(join(home, folder), { mode: 0o700 });

/** Not the blocking kind: meanwhile the connections of `fetch` have to notice that their server went. */
function dev(...args) {
  return new Promise((resolve) => {
    execFile(devdeck, args, { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

/** Outside of the range that the system lends to outgoing connections, as a port of a config is. */
async function freePort(from) {
  for (let port = from; port < 32_000; port += 1) {
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    server.close();
    if (isFree) return port;
  }
  throw new Error(`no port is free from ${from} up`);
}

const APP = `
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})
`;

async function main() {
  const ports = { api: await freePort(28_000), web: await freePort(29_000) };
  writeFileSync(join(root, 'app.py'), APP);
  writeFileSync(join(root, 'index.html'), '<p>hello</p>');
  writeFileSync(
    join(root, '.project.config'),
    `services:
  api: {command: uvicorn app:app --host 127.0.0.1 --port $PORT, port: ${ports.api}, health: /}
  web: {command: vite --host 127.0.0.1 --port $PORT --strictPort, port: ${ports.web}, health: /}
`,
  );
  const up = await dev('up', '-d');
  if (up.status !== 0) throw new Error(`up ended with ${up.status}:\n${up.stdout}${up.stderr}`);
  const tookMs = [];
  let failed = 0;
  for (let time = 0; time < TIMES; time += 1) {
    // A connection that is open while the server goes is what leaves its port in TIME_WAIT.
    await Promise.all(Object.values(ports).map((port) => fetch(`http://127.0.0.1:${port}/`).then((r) => r.text())));
    const startedAt = performance.now();
    const { status, stderr } = await dev('restart', 'api', 'web', '--wait');
    tookMs.push(performance.now() - startedAt);
    if (status === 0) continue;
    failed += 1;
    console.log(`restart ${time + 1} ended with ${status}: ${stderr}`);
  }
  const { services } = JSON.parse((await dev('status', '--json')).stdout).data;
  const moved = services.filter(({ name, port }) => port !== ports[name]).length;
  const said = services.map(({ logFile }) => readFileSync(logFile, 'utf8').match(TAKEN)?.length ?? 0);
  const taken = said.reduce((sum, count) => sum + count, 0);
  const runs = services.map(({ name, run }) => `${name} ${run}`).join(', ');
  tookMs.sort((a, b) => a - b);
  console.log(`${TIMES} restarts of uvicorn and Vite (runs: ${runs}), median ${Math.round(tookMs[TIMES >> 1])} ms`);
  console.log(`failed ${failed}, moved ${moved}, "address already in use" ${taken}`);
  if (failed + moved + taken > 0) process.exitCode = 1;
}

try {
  await main();
} finally {
  await dev('stop');
  rmSync(home, { recursive: true, force: true });
}
