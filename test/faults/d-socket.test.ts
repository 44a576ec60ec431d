// Faults around the socket: what lies in its place, who may reach it, and clients without manners.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { runtimePaths } from '../../src/system/state/runtime-dir.ts';
import { eventually } from '../helpers/eventually.ts';
import { runDev, startDev } from '../helpers/run-dev.ts';
import { openScreen, readService, readStatus, shows } from '../helpers/session.ts';
import { signalAll } from '../helpers/signal.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { RawClient } from '../ipc/ipc-bench.ts';
import { fault } from './fault.ts';
import { screenProcesses } from './screen-facts.ts';

const run = promisify(execFile);
/** Ready as soon as it runs. */
const JOB = 'services:\n  job: {command: echo up; exec sleep 100000, health: {log: up}}\n';
/** Writes as fast as it can. */
const FLOOD = 'services:\n  flood: {command: echo up; exec yes a line of output, health: {log: up}, tty: false}\n';
const MEBIBYTE = 1024 * 1024;

function socketOf(project: TempProject): string {
  return runtimePaths(project.root, project.env).socket;
}

function rssBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** A client that has been welcomed. */
async function connectTo(socketPath: string): Promise<RawClient> {
  const client = new RawClient(socketPath);
  client.hello();
  await client.frame((frame) => 'welcome' in frame);
  return client;
}

/** How long the session takes to answer somebody with manners. */
async function answerMs(client: RawClient): Promise<number> {
  const startMs = performance.now();
  const asked = client.frames.length + 1_000_000;
  client.send({ id: asked, method: 'snapshot', params: [] });
  await client.frame(({ id }) => id === asked);
  return performance.now() - startMs;
}

/** Hostile connections of every kind; gives the longest time that the good client waited for an answer meanwhile. */
async function attack(socketPath: string, good: RawClient): Promise<number> {
  let slowestMs = 0;
  for (let round = 0; round < 50; round += 1) {
    const [noise, half, deep, poisoned, idle] = Array.from({ length: 5 }, () => new RawClient(socketPath));
    noise?.socket.write(randomBytes(4096));
    half?.socket.write('{"hello":{"protocol":1,');
    deep?.hello();
    deep?.socket.write(`{"id":1,"method":"start","params":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n`);
    poisoned?.hello();
    poisoned?.socket.write('{"__proto__":{"role":"screen"},"id":1,"method":"constructor","params":[]}\n');
    poisoned?.socket.write('{"id":2,"method":"start","params":[["job"],{"__proto__":{"ports":{"job":1}}}]}\n');
    poisoned?.socket.write('{"id":3,"method":"readLogs","params":[{"service":"job","from":-1e308,"count":1e308}]}\n');
    slowestMs = Math.max(slowestMs, await answerMs(good));
    for (const client of [noise, half, deep, poisoned, idle]) client?.socket.destroy();
  }
  const endless = new RawClient(socketPath);
  endless.hello();
  const piece = Buffer.alloc(MEBIBYTE, 'x');
  for (let mebibytes = 0; mebibytes < 100 && !endless.socket.destroyed; mebibytes += 1) {
    endless.socket.write(piece);
    slowestMs = Math.max(slowestMs, await answerMs(good));
  }
  await endless.closed;
  return slowestMs;
}

const OBSTACLES: Readonly<Record<string, (path: string, victim: string) => void>> = {
  'a file': (path) => writeFileSync(path, 'mine'),
  'a folder': (path) => mkdirSync(path),
  'a link to a file': (path, victim) => symlinkSync(victim, path),
  'a link to nothing': (path) => symlinkSync('/nowhere', path),
};

fault(
  {
    id: 'D7',
    priority: 'P0',
    fault: 'the path of the socket holds something else',
    injected: 'a file, a folder, links; then up -d',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const socketPath = socketOf(project);
    const victim = join(project.root, 'victim');
    writeFileSync(victim, 'precious');
    mkdirSync(dirname(socketPath), { mode: 0o700 });
    for (const [what, put] of Object.entries(OBSTACLES)) {
      put(socketPath, victim);
      const before = lstatSync(socketPath);
      const { exitCode, stderr } = await runDev(project, ['up', '-d']);
      expect(exitCode, what).not.toBe(0);
      expect(stderr, what).toContain(socketPath);
      expect(lstatSync(socketPath).ino, what).toBe(before.ino);
      rmSync(socketPath, { recursive: true });
    }
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'D8',
    fault: 'paths of projects are longer than a socket path may be, and begin alike',
    injected: 'two projects below the same 300 characters; both up -d',
  },
  async () => {
    const project = createTempProject();
    const long = Array.from({ length: 3 }, (_, index) => `${index}`.repeat(100)).join('/');
    for (const name of ['one', 'two']) project.write(`${long}/${name}/.project.config`, `name: ${name}\n${JOB}`);
    const at = (name: string) => ['-C', join(project.root, long, name)];
    for (const name of ['one', 'two']) {
      expect(await runDev(project, [...at(name), 'up', '-d'])).toMatchObject({ exitCode: 0 });
    }
    const pids = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const { stdout } = await runDev(project, [...at(name), 'status', '--json']);
        const { data } = JSON.parse(stdout) as { data: { project: { name: string }; session: { pid: number } } };
        expect(data.project.name).toBe(name);
        return data.session.pid;
      }),
    );
    expect(new Set(pids).size).toBe(2);
  },
);

fault(
  {
    id: 'D9',
    priority: 'P0',
    fault: 'the folder of the socket is not private',
    injected: 'before up -d: a link to another folder, mode 0777, another owner',
    needsRoot: true,
  },
  async () => {
    const project = createTempProject({ config: JOB });
    const folder = dirname(socketOf(project));
    const victim = join(project.root, 'victim');
    mkdirSync(victim, { mode: 0o700 });
    const traps: Readonly<Record<string, () => void>> = {
      'a link': () => symlinkSync(victim, folder),
      'mode 0777': () => {
        mkdirSync(folder);
        chmodSync(folder, 0o777);
      },
      'another owner': () => {
        mkdirSync(folder, { mode: 0o700 });
        chownSync(folder, 65_534, 65_534);
      },
    };
    for (const [what, set] of Object.entries(traps)) {
      set();
      const { exitCode, stderr } = await runDev(project, ['up', '-d']);
      expect(exitCode, what).toBe(1);
      expect(stderr, what).toContain(folder);
      expect(stderr, what).toMatch(/\n {2}\S/);
      rmSync(folder, { recursive: true });
    }
    expect(readdirSync(victim)).toEqual([]);
  },
);

fault(
  {
    id: 'D9',
    fault: 'a cleaner of temporary files removes the socket, with its folder',
    injected: 'rm -r of the folder while a session runs; status at once, up -d at once',
    isSlow: true,
  },
  async () => {
    const project = createTempProject({ config: JOB });
    await runDev(project, ['up', '-d']);
    const { session } = await readStatus(project);
    const folder = dirname(socketOf(project));
    for (const command of [['status'], ['up', '-d']]) {
      // `status` does not need it, and may come before the session has made it again.
      await eventually('the folder is there', () => existsSync(folder));
      rmSync(folder, { recursive: true });
      const startMs = performance.now();
      expect(await runDev(project, command)).toMatchObject({ exitCode: 0 });
      expect(performance.now() - startMs).toBeLessThan(5_000);
    }
    expect((await readStatus(project)).session.pid).toBe(session.pid);
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'D10',
    priority: 'P0',
    fault: 'another user of the machine wants to use the session',
    injected: 'connect to the socket as nobody (setpriv), with every folder above open to all',
    needsRoot: true,
  },
  async () => {
    const project = createTempProject({ config: JOB });
    await runDev(project, ['up', '-d']);
    const socketPath = socketOf(project);
    const open = [dirname(project.root), join(dirname(project.root), 'run'), project.root];
    for (const folder of open) chmodSync(folder, 0o755);
    const program = `require('net').connect(process.argv[1]).on('error', (e) => console.log(e.code)).on('connect', () => { console.log('in'); process.exit(); })`;
    const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, '-e', program, socketPath];
    expect((await run('setpriv', asNobody)).stdout.trim()).toBe('EACCES');
    // Not even when the folder is open to all.
    chmodSync(dirname(socketPath), 0o755);
    expect((await run('setpriv', asNobody)).stdout.trim()).toBe('EACCES');
    expect((await run('setpriv', ['--reuid=0', ...asNobody.slice(3)])).stdout.trim()).toBe('in');
  },
);

fault(
  {
    id: 'D15',
    priority: 'P0',
    fault: 'clients are stopped while a service floods',
    injected: 'SIGSTOP for a screen and logs -f, and twenty subscribers that never read',
    isSlow: true,
  },
  async () => {
    const project = createTempProject({ config: FLOOD });
    await runDev(project, ['up', '-d']);
    const { session } = await readStatus(project);
    const follower = startDev(project, ['logs', '-f']);
    await follower.waitForOutput('a line of output');
    const screen = openScreen(project);
    await screen.waitFor(shows({ flood: 'ready' }));
    for (let at = 0; at < 20; at += 1) {
      const client = new RawClient(socketOf(project), { reads: false });
      client.hello('screen');
      client.send({ id: 1, method: 'subscribe', params: [] });
      const query = { service: 'flood', from: 0, count: 5_000 };
      for (let id = 2; id < 50; id += 1) client.send({ id, method: 'readLogs', params: [query] });
    }
    const client = await connectTo(socketOf(project));
    const nextLine = async () => {
      client.send({ id: 1, method: 'readLogs', params: [{ service: 'flood', from: 0, count: 0 }] });
      const frame = await client.frame(({ id }) => id === 1);
      client.frames.length = 0;
      return (frame['result'] as { readonly next: number }).next;
    };
    // What the flood itself takes is there before the clients stop.
    await eventually('the flood has warmed up', async () => (await nextLine()) > 2_000_000, { timeoutMs: 60_000 });
    signalAll(screenProcesses(project), 'SIGSTOP');
    const before = rssBytes(session.pid);
    const from = await nextLine();
    await eventually('the flood goes on', async () => (await nextLine()) > from + 3_000_000, { timeoutMs: 60_000 });
    expect((rssBytes(session.pid) - before) / MEBIBYTE).toBeLessThan(50);
    expect(await answerMs(client)).toBeLessThan(200);
    follower.signal('SIGCONT');
  },
);

fault(
  {
    id: 'D16',
    priority: 'P0',
    fault: 'clients send invalid data: noise, endless frames, half frames, deep and poisoned JSON',
    injected: '500 hostile connections and a frame of 100 MB, beside a normal client',
  },
  async () => {
    const project = createTempProject({ config: JOB });
    await runDev(project, ['up', '-d']);
    const { session } = await readStatus(project);
    const socketPath = socketOf(project);
    const good = await connectTo(socketPath);
    // What a first round takes is code and room to collect garbage in; flat means that a second one takes no more.
    await attack(socketPath, good);
    const before = rssBytes(session.pid);
    const slowestMs = await attack(socketPath, good);
    expect(slowestMs).toBeLessThan(200);
    // Of more than 100 MiB that were sent, little is kept; what is not collected yet counts here as well.
    expect((rssBytes(session.pid) - before) / MEBIBYTE).toBeLessThan(80);
    expect((await readStatus(project)).session.pid).toBe(session.pid);
    expect(await readService(project, 'job')).toMatchObject({ state: 'ready', restarts: 0 });
  },
);
