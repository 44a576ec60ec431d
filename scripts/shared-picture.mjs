// The picture of two agents and a person at one session. Nothing of it is prepared: a real session, its screen in a real
// terminal, and two clients by the official SDK. One restarts a service, the other one asks the person for a yes.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { svgOf } from './terminal-svg.mjs';

const DEVDECK = fileURLToPath(new URL('../bin/devdeck', import.meta.url));
const LIMIT_MS = 20_000;
const server = `exec node -e 'let n = 0; setInterval(() => console.log("GET /books 200 in " + (9 + (n++ % 5)) + " ms"), 700)'`;
const CONFIG = `name: bookshop
services:
  db: {command: '${server.replaceAll("'", "''")}'}
  api: {command: '${server.replaceAll("'", "''")}', depends_on: [db]}
  web: {command: '${server.replaceAll("'", "''")}', depends_on: [api]}
`;

/** @param size columns and rows */
export async function takeSharedPicture(path, [cols, rows]) {
  const home = await mkdtemp(join(tmpdir(), 'devdeck-shared-'));
  const folder = join(home, 'bookshop');
  await mkdir(folder);
  const { PATH } = process.env;
  const dirs = Object.fromEntries(['XDG_STATE_HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME'].map((key) => [key, home]));
  const env = { PATH, HOME: home, ...dirs, TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8' };
  await writeFile(join(folder, '.project.config'), CONFIG);
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  const screen = spawn(DEVDECK, [], { cols, rows, cwd: folder, env });
  const ended = new Promise((resolve) => void screen.onExit(resolve));
  screen.onData((data) => terminal.write(data));
  const clients = [];
  try {
    await sees(terminal, /3 ready/);
    const [writer, tester] = [await agent('claude-code', '2.1'), await agent('codex', '0.42')];
    await writer.callTool({ name: 'restart', arguments: { services: ['web'] } });
    await sees(terminal, /3 ready/);
    const asked = { service: 'api', command: ['npm', 'test'] };
    tester.callTool({ name: 'run', arguments: asked }).catch(() => undefined);
    await sees(terminal, /y allow/);
    await writeFile(path, svgOf(terminal));
    screen.write('n');
    await sees(terminal, /refused:/);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    screen.write('qy');
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, LIMIT_MS))]);
    screen.kill('SIGKILL');
    await promisify(execFile)(DEVDECK, ['stop'], { cwd: folder, env }).catch(() => undefined);
    terminal.dispose();
    // Servers that are ending may still be writing to their caches.
    await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }

  async function agent(name, version) {
    const client = new Client({ name, version });
    const transport = new StdioClientTransport({ command: DEVDECK, args: ['mcp'], cwd: folder, env, stderr: 'ignore' });
    await client.connect(transport);
    clients.push(client);
    await client.callTool({ name: 'status', arguments: {} });
    return client;
  }
}

function sees(terminal, words) {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`the screen does not show ${words}:\n${textOf(terminal)}`)),
      LIMIT_MS,
    );
    const look = () => {
      if (!words.test(textOf(terminal))) return;
      clearTimeout(limit);
      parsed.dispose();
      resolve();
    };
    const parsed = terminal.onWriteParsed(look);
    look();
  });
}

export function textOf({ buffer: { active }, rows }) {
  return Array.from({ length: rows }, (_, row) => active.getLine(row)?.translateToString(true) ?? '').join('\n');
}
