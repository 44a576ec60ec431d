// Faults around ports: who has one, who seems to have one, and what happens to it between two looks.

import type { PortReport } from '../../src/core/model/port-facts.ts';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort, freePorts, isPortOpen } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { DEVDECK, runDev } from '../helpers/run-dev.ts';
import {
  becomes,
  fixtureCommand,
  openScreen,
  readService,
  readStatus,
  shows,
  DIALOG_TAKES_KEYS,
} from '../helpers/session.ts';
import { startAside, startFixture } from '../helpers/side-program.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { fault, faultNotRun } from './fault.ts';

const WEB = fixtureCommand('web-server');
const [NODE, HOLD_PORT] = JSON.parse(fixtureCommand('hold-port')) as [string, string];
const PYTHON = '/usr/bin/python3';

function webProject(port: number, more = ''): TempProject {
  return createTempProject({ config: `services:\n  web: {command: ${WEB}, port: ${port}${more}}\n` });
}

async function inspectPort(project: TempProject, port: number): Promise<PortReport> {
  const { stdout } = await runDev(project, ['ports', String(port), '--json']);
  return (JSON.parse(stdout) as { readonly data: PortReport }).data;
}

/** The pids that devdeck holds for the owners of the port. */
async function ownersOf(project: TempProject, port: number): Promise<readonly number[]> {
  return (await inspectPort(project, port)).owners.map(({ pid }) => pid).toSorted((a, b) => a - b);
}

for (const host of ['127.0.0.1', '0.0.0.0', '::1', '::']) {
  fault(
    {
      id: 'A1',
      priority: 'P0',
      fault: `the port is taken on ${host} only, and free on the others`,
      injected: `a foreign program listens on ${host}`,
    },
    async () => {
      const port = await freePort();
      const stranger = await startFixture('hold-port', host, String(port));
      const project = webProject(port);
      const up = await runDev(project, ['up', '-d']);
      expect(up.exitCode).toBe(5);
      expect(up.stderr).toContain(`(pid ${stranger.pid})`);
      expect(stranger.isAlive()).toBe(true);
    },
  );
}

fault(
  {
    id: 'A1',
    priority: 'P0',
    fault: 'localhost reaches the service or a foreign program, by address family',
    notPortable: 'devdeck does not see a foreign program that listens beside a service',
    injected: 'a foreign program listens on ::1 after the service has started on 127.0.0.1',
  },
  async () => {
    const port = await freePort();
    const project = webProject(port);
    const screen = openScreen(project);
    await screen.waitFor(shows({ web: 'ready' }));
    const stranger = await holdPort(port, { host: '::1' });
    await screen.waitFor((rows) => rows.some((row) => row.includes(`${port} ▲`)));
    const web = await readService(project, 'web');
    expect(web.listening).toEqual([{ address: '127.0.0.1', port, pid: web.pid }]);
    expect(web.secondListener).toMatchObject({ address: '::1', pid: stranger.pid });
    expect(stranger.isAlive()).toBe(true);
  },
);

fault(
  {
    id: 'A2',
    fault: 'the port is free when devdeck looks and taken when the service binds it',
    injected: 'a foreign program listens between the look and the bind',
  },
  async () => {
    const port = await freePort();
    const command = `while [ ! -e taken ]; do sleep 0.02; done; exec "$NODE" "$WEB"`;
    const project = createTempProject({
      config: `services:\n  web: {command: '${command}', port: ${port}, on_conflict: ask}\n`,
      env: { NODE, WEB: join(HOLD_PORT, '../web-server.mjs') },
    });
    await runDev(project, ['start']);
    await becomes(project, 'web', 'starting');
    const stranger = await holdPort(port);
    project.write('taken', '');
    const settled = await eventually('the conflict is seen', async () => {
      const service = await readService(project, 'web');
      return service.conflict !== null && service;
    });
    expect(settled.conflict?.owners.map(({ pid }) => pid)).toEqual([stranger.pid]);
    expect(settled).toMatchObject({ restarts: 0, pid: null });

    await stranger.stop();
    expect(await runDev(project, ['restart', 'web', '--wait'])).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'A3',
    priority: 'P0',
    fault: 'devdeck takes a client of the port for its owner',
    injected: 'a client connects before the look; the owner is killed',
  },
  async () => {
    const port = await freePort();
    const owner = await holdPort(port);
    const client = await startFixture('connect-port', String(port));
    const project = webProject(port);
    expect(await ownersOf(project, port)).toEqual([owner.pid]);
    expect(await runDev(project, ['up', '-d', '--kill-existing'])).toMatchObject({ exitCode: 0 });
    expect(owner.isAlive()).toBe(false);
    expect(client.isAlive()).toBe(true);
  },
);

fault(
  {
    id: 'A4',
    fault: 'devdeck takes a UDP socket for the owner of the TCP port',
    injected: 'one process on UDP, another on TCP; then UDP alone',
  },
  async () => {
    const port = await freePort();
    const udp = await startFixture('udp-port', String(port));
    const tcp = await holdPort(port);
    const project = webProject(port);
    expect(await ownersOf(project, port)).toEqual([tcp.pid]);
    await tcp.stop();
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    expect(await readService(project, 'web')).toMatchObject({ port, state: 'ready' });
    expect(udp.isAlive()).toBe(true);
  },
);

fault(
  {
    id: 'A5',
    fault: 'one port has several owners',
    injected: 'two processes with SO_REUSEPORT and a third on ::1; the port is freed',
  },
  async () => {
    const port = await freePort();
    const owners = [
      await startFixture('hold-port', '127.0.0.1', String(port), 'reuse'),
      await startFixture('hold-port', '127.0.0.1', String(port), 'reuse'),
      await startFixture('hold-port', '::1', String(port)),
    ];
    const project = webProject(port);
    expect(await ownersOf(project, port)).toEqual(owners.map(({ pid }) => pid).toSorted((a, b) => a - b));
    expect(await runDev(project, ['kill', String(port), '--yes'])).toMatchObject({ exitCode: 0 });
    expect(owners.some((owner) => owner.isAlive())).toBe(false);
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'A6',
    priority: 'P0',
    fault: 'the owner belongs to another user and cannot be seen',
    notPortable: 'lsof shows another user’s sockets to root alone; macOS has netstat for them',
    injected: 'a listener of root; devdeck as nobody (setpriv)',
    needsRoot: true,
  },
  async () => {
    const port = await freePort();
    const stranger = await holdPort(port);
    const project = webProject(port);
    execFileSync('chown', ['-R', '65534:65534', join(project.root, '..')]);
    const through = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const up = await runDev(project, ['up', '-d'], { through });
    expect(up.exitCode).toBe(5);
    expect(up.stderr).toContain('root');
    const kill = await runDev(project, ['kill', String(port), '--yes', '--force'], { through });
    expect(kill.exitCode).toBe(5);
    expect(kill.stdout + kill.stderr).not.toMatch(/is free/);
    expect(stranger.isAlive()).toBe(true);

    const moved = await runDev(project, ['up', '-d', '--on-conflict', 'reroute'], { through });
    expect(moved).toMatchObject({ exitCode: 0 });
  },
);

fault(
  {
    id: 'A7',
    priority: 'P0',
    fault: 'the owner serves containers: killing it cuts them all off',
    injected: 'a program named docker-proxy with its arguments listens',
  },
  async () => {
    const port = await freePort();
    const project = webProject(port);
    symlinkSync(NODE, join(project.root, 'docker-proxy'));
    const proxy = await startAside([
      join(project.root, 'docker-proxy'),
      HOLD_PORT,
      '127.0.0.1',
      String(port),
      ...`-proto tcp -host-ip 127.0.0.1 -host-port ${port} -container-ip 172.17.0.2 -container-port 5432`.split(' '),
    ]);
    const up = await runDev(project, ['up', '-d', '--kill-existing']);
    expect(up.exitCode).toBe(5);
    expect(up.stderr).toMatch(/container/i);
    const kill = await runDev(project, ['kill', String(port), '--yes', '--force']);
    expect(kill.exitCode).not.toBe(0);
    expect(proxy.isAlive()).toBe(true);
  },
);

faultNotRun({ id: 'A8', fault: 'macOS ControlCenter has port 5000 or 7000' }, 'macOS only');

fault(
  {
    id: 'A9',
    priority: 'P0',
    fault: 'the owner is the program that started devdeck',
    injected: 'a parent process that listens runs up --kill-existing and kill --force',
  },
  async () => {
    const port = await freePort();
    const project = webProject(port);
    const parent = `
      const { createServer } = require('node:net');
      const { spawn } = require('node:child_process');
      process.on('SIGTERM', () => console.log('signalled'));
      createServer().listen(${port}, '127.0.0.1', () => {
        const child = spawn(process.argv[1], ['kill', '${port}', '--yes', '--force'], { stdio: 'inherit' });
        child.on('exit', (code) => { console.log('exit code', code); process.exit(); });
      });`;
    const answer = execFileSync(process.execPath, ['-e', parent, DEVDECK], {
      cwd: project.root,
      env: project.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(answer).toMatch(/exit code [15]/);
    expect(answer).not.toContain('signalled');
  },
);

fault(
  { id: 'A9', fault: 'the owner is a service of another project', injected: 'two projects with one port' },
  async () => {
    const port = await freePort();
    const [other, project] = [webProject(port), webProject(port)];
    await runDev(other, ['up', '-d']);
    const up = await runDev(project, ['up', '-d']);
    expect(up.exitCode).toBe(5);
    const { conflict } = await readService(project, 'web');
    expect(conflict?.owners).toMatchObject([{ verdict: 'other project', project: { root: other.root } }]);
    expect(await readService(other, 'web')).toMatchObject({ state: 'ready', restarts: 0 });
  },
);

fault(
  {
    id: 'A10',
    fault: 'the port is bound and nobody listens on it',
    injected: 'a Python program that binds without listen',
  },
  async () => {
    const port = await freePort();
    const bind = `import socket,time; s=socket.socket(); s.bind(('127.0.0.1',${port})); print('bound',flush=True); time.sleep(1e6)`;
    const holder = await startAside([PYTHON, '-c', bind]);
    const project = webProject(port);
    const up = await runDev(project, ['up', '-d', '--kill-existing']);
    expect(up.exitCode).toBe(5);
    expect(up.stderr).toContain('without listening on it');
    expect(await runDev(project, ['up', '-d', '--on-conflict', 'reroute'])).toMatchObject({ exitCode: 0 });
    expect((await readService(project, 'web')).port).not.toBe(port);
    expect(holder.isAlive()).toBe(true);
  },
);

fault(
  {
    id: 'A10',
    priority: 'P0',
    fault: 'the port is the local end of somebody’s connection',
    notPortable: 'no tool shows it; the port counts as taken by a program that does not listen',
    injected: 'a client whose own port it is; up --kill-existing',
  },
  async () => {
    const far = await holdPort(await freePort());
    const client = await startFixture('connect-port', String(far.port));
    const project = webProject(Number(client.said));
    const up = await runDev(project, ['up', '-d', '--kill-existing']);
    expect(up.exitCode).toBe(5);
    expect(up.stderr).toContain('is the local end of a connection');
    expect(client.isAlive()).toBe(true);
  },
);

fault(
  {
    id: 'A11',
    fault: 'a moved service gets a port of the range for outgoing connections, or two services get the same port',
    injected: '30 copies of a service, foreign programs on five of the ports; then all restarted',
    isSlow: true,
  },
  async () => {
    const [from, to] = ephemeralRange();
    const first = await freePortBelow(from);
    const strangers = await Promise.all([0, 1, 7, 8, 20].map((offset) => holdPort(first + offset)));
    const project = webProject(first, ', replicas: 30');
    expect(await runDev(project, ['up', '-d', '--on-conflict', 'reroute'])).toMatchObject({ exitCode: 0 });
    const before = portsOf((await readStatus(project)).services);
    const ports = Object.values(before);
    expect(new Set([...ports, ...strangers.map(({ port }) => port)]).size).toBe(35);
    expect(ports.filter((port) => port >= from && port <= to)).toEqual([]);
    expect(await runDev(project, ['restart', '--wait'])).toMatchObject({ exitCode: 0 });
    expect(portsOf((await readStatus(project)).services)).toEqual(before);
    expect(strangers.every((stranger) => stranger.isAlive())).toBe(true);
  },
);

fault(
  {
    id: 'A12',
    fault: 'the port is in TIME_WAIT, and the server does not set SO_REUSEADDR',
    injected: 'the server closes a connection first, then is restarted',
    isSlow: true,
    timeoutMs: 150_000,
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({
      config: `services:\n  old: {command: [${PYTHON}, server.py], port: ${port}, restart: {backoff: 200ms, max_backoff: 2s, max: 100}}\n`,
    });
    project.write('server.py', CLOSES_FIRST);
    await runDev(project, ['up', '-d']);
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await eventually('the server has closed the connection', () => socket.destroyed || socket.readableEnded);
    socket.resume().destroy();
    await runDev(project, ['restart', 'old']);
    const service = await eventually(
      'it is up again',
      async () => {
        const { services } = await readStatus(project);
        return services[0]?.state === 'ready' && services[0];
      },
      { timeoutMs: 100_000 },
    );
    expect(service).toMatchObject({ port, restarts: 0 });
  },
);

fault(
  {
    id: 'A13',
    priority: 'P0',
    fault: 'no ss, lsof, netstat, ps or getconf on the machine',
    notPortable: 'devdeck needs ps and lsof',
    injected: 'a PATH that holds node and sh alone',
  },
  async () => {
    const [port, taken] = (await freePorts(2)) as [number, number];
    const stranger = await holdPort(taken);
    const project = createTempProject({
      config: `services:\n  web: {command: exec node ${join(HOLD_PORT, '../web-server.mjs')}, port: ${port}}\n  other: {command: ${WEB}, port: ${taken}}\n`,
    });
    const bin = join(project.root, 'bin');
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
    symlinkSync('/bin/sh', join(bin, 'sh'));
    const env = { PATH: bin };
    const bare = { ...project, env: { ...project.env, ...env } };

    expect(await runDev(bare, ['up', '-d', 'web'])).toMatchObject({ exitCode: 0, stderr: '' });
    const web = await readService(bare, 'web');
    expect(web.listening).toEqual([{ address: '127.0.0.1', port, pid: web.pid }]);
    expect(web.rssBytes).toBeGreaterThan(0);
    expect(web.pids).toContain(web.pid);
    expect((await runDev(bare, ['start', 'other', '--wait'])).exitCode).toBe(5);
    expect((await readService(bare, 'other')).conflict?.owners.map(({ pid }) => pid)).toEqual([stranger.pid]);
    expect(await runDev(bare, ['stop'])).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(NOTHING_FOUND) });
    expect(await isPortOpen(port)).toBe(false);
    expect(stranger.isAlive()).toBe(true);
  },
);

fault(
  {
    id: 'A14',
    priority: 'P0',
    fault: 'the owner has a deceptive name and deceptive arguments',
    injected: 'comm "pid=1,x", argv with terminal escapes; K and y in the dialog',
  },
  async () => {
    const port = await freePort();
    const project = webProject(port);
    const spoof = await startAside([PYTHON, '-c', SPOOF, '\u001b]0;HACKED\u0007\u001b[2J\u202Egnp', String(port)]);
    const bystander = await startFixture('hold-port');
    const listed = await runDev(project, ['ports', String(port)]);
    expect(listed.stdout).toContain(`pid ${spoof.pid}`);
    for (const control of ['\u001b', '\u0007', '\u202E']) expect(listed.stdout).not.toContain(control);
    const screen = openScreen(project);
    await screen.waitFor(`kill pid=1,x (pid ${spoof.pid})`);
    await screen.waitFor(DIALOG_TAKES_KEYS);
    screen.press('K', 'y');
    await screen.waitFor(shows({ web: 'ready' }));
    expect(spoof.isAlive()).toBe(false);
    expect(bystander.isAlive()).toBe(true);
  },
);

fault(
  {
    id: 'A15',
    priority: 'P0',
    fault: 'other services use the old port of a moved service',
    injected:
      'a foreign program has the port; --on-conflict reroute; env and NAME_PORT of the services that refer to it',
  },
  async () => {
    const port = await freePort();
    await holdPort(port);
    const project = createTempProject({
      config: `
services:
  api: {command: ${WEB}, port: ${port}}
  web: {command: 'echo "$API $API_PORT $API_URL" > seen; exec sleep 100000', env: {API: "\${api.address}"}, depends_on: [api]}
`,
    });
    expect(await runDev(project, ['up', '-d', '--on-conflict', 'reroute'])).toMatchObject({ exitCode: 0 });
    const api = await readService(project, 'api');
    expect(api.port).not.toBe(port);
    const seen = readFileSync(join(project.root, 'seen'), 'utf8').trim();
    expect(seen).toBe(`localhost:${api.port} ${api.port} ${api.url}`);
  },
);

fault(
  {
    id: 'A16',
    fault: 'the config has a port that is not a port',
    injected: '70000, -1, 3000.5, "abc", [], true in the config',
  },
  async () => {
    const project = createTempProject();
    for (const port of ['70000', '-1', '3000.5', '"abc"', '[]', 'true']) {
      project.write('.project.config', `services:\n  web:\n    command: touch started\n    port: ${port}\n`);
      const up = await runDev(project, ['up', '-d']);
      expect(up, port).toMatchObject({ exitCode: 3 });
      expect(up.stderr, port).toContain('.project.config:4:');
    }
    expect(project.processes()).toEqual([]);
  },
);

const CLOSES_FIRST = `
import os, signal, socket
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
s = socket.socket()
s.bind(('127.0.0.1', int(os.environ['PORT'])))
s.listen()
while True:
    client, _ = s.accept()
    client.close()
`;

const SPOOF = `
import ctypes, socket, sys, time
ctypes.CDLL(None).prctl(15, b'pid=1,x', 0, 0, 0)
s = socket.socket()
s.bind(('127.0.0.1', int(sys.argv[2])))
s.listen()
print('listens', flush=True)
time.sleep(1e6)
`;

/** By proof of the kernel where it gives one. */
const NOTHING_FOUND = /^Stopped\. (?:Nothing is left|No process of it is found any more)\.\n$/;

function portsOf(services: readonly { readonly name: string; readonly port: number | null }[]) {
  return Object.fromEntries(services.map(({ name, port }) => [name, port ?? 0]));
}

/** With forty free ones from it on. */
async function freePortBelow(limit: number): Promise<number> {
  for (let first = 10_000 + ((process.pid * 97) % 10_000); first < limit; first += 40) {
    const taken = await Promise.all(Array.from({ length: 40 }, (_, offset) => isPortOpen(first + offset)));
    if (!taken.includes(true)) return first;
  }
  throw new Error(`no forty free ports in a row below ${limit}`);
}

function ephemeralRange(): readonly [number, number] {
  const [from = 0, to = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/).map(Number);
  return [from, to];
}
