// A service that takes datagrams on its port: a name server, a game, a log sink.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePorts } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { becomes, DIALOG_TAKES_KEYS, openScreen, readService, shows } from '../helpers/session.ts';
import { createTempProject, isPortable, type TempProject } from '../helpers/temp-project.ts';

const UDP = `
import os, socket, time
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(('127.0.0.1', int(os.environ['PORT'])))
time.sleep(1000)
`;

it.skipIf(isPortable)('a service is ready by its UDP socket, which ports and status show', async () => {
  const [port] = (await freePorts(1)) as [number];
  const project = createTempProject({
    config: `services: {dns: {command: exec python3 udp.py, port: ${port}}}`,
  });
  project.write('udp.py', UDP);
  expect((await runDev(project, ['up', '-d'])).exitCode).toBe(0);
  expect(await readService(project, 'dns')).toMatchObject({ ready: true, port, why: '' });
  expect((await runDev(project, ['ports'])).stdout).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}/udp\\s+python3.*ours`));
  const one = await runDev(project, ['ports', String(port)]);
  expect(one.stdout).toMatch(/is in use by UDP, on 127\.0\.0\.1:\d+\/udp\. It is free for TCP\.\n[^]*udp\.py/);
});

it.skipIf(isPortable)('a UDP socket is reported when the config asks for TCP', async () => {
  const [port] = (await freePorts(1)) as [number];
  const project = createTempProject({
    config: `services: {dns: {command: exec python3 udp.py, port: ${port}, health: {tcp: true}}}`,
  });
  project.write('udp.py', UDP);
  expect((await runDev(project, ['up', '-d', '--timeout', '3s'])).exitCode).toBe(124);
  const why = await runDev(project, ['why', 'dns']);
  expect(why.stdout).toContain(`nothing listens on ${port} by TCP; it takes datagrams there (UDP)`);
});

describe.skipIf(isPortable)('a UDP port of a foreign process', () => {
  const HOLDER = `
import socket, sys, time
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(('127.0.0.1', int(sys.argv[1])))
print('bound', flush=True)
time.sleep(1000)
`;

  async function taken(): Promise<{ project: TempProject; port: number; holder: ChildProcess }> {
    const [port] = (await freePorts(1)) as [number];
    const project = createTempProject({
      config: `services: {dns: {command: exec python3 udp.py, port: ${port}}}`,
    });
    project.write('udp.py', UDP);
    const holder = spawn('python3', ['-c', HOLDER, String(port)]);
    onTestFinished(() => void holder.kill('SIGKILL'));
    await once(holder.stdout, 'data');
    return { project, port, holder };
  }

  it('is a conflict with its owner, also for up and ensure, and moves on demand', async () => {
    const { project, port, holder } = await taken();
    const up = await runDev(project, ['up', '-d', '--timeout', '20s']);
    expect(up.exitCode).toBe(5);
    expect(up.stderr).toContain(`(pid ${holder.pid})`);
    const ensured = await runDev(project, ['ensure', '--json']);
    expect(ensured.exitCode).toBe(5);
    expect((await readService(project, 'dns')).conflict).toMatchObject({
      port,
      owners: [{ pid: holder.pid, listening: [{ port, protocol: 'udp' }] }],
    });
    expect(up.stderr).not.toContain('--on-conflict reuse');
    expect((await runDev(project, ['up', '-d', '--on-conflict', 'reroute'])).exitCode).toBe(0);
    const { port: moved } = await becomes(project, 'dns', 'ready');
    expect(moved).not.toBe(port);
  });

  it('shows its owner in the dialog, which stops it on demand', async () => {
    const { project, port, holder } = await taken();
    const screen = openScreen(project);
    await screen.waitFor((lines) => DIALOG_TAKES_KEYS.test(lines.join('\n')));
    expect(screen.screen().join('\n')).toContain(`127.0.0.1:${port}/udp`);
    const gone = once(holder, 'exit');
    screen.press('K', 'y');
    await gone;
    await screen.waitFor(shows({ dns: 'ready' }));
  });

  it('is freed by kill, after a dry run', async () => {
    const { project, port, holder } = await taken();
    expect((await runDev(project, ['kill', String(port), '--dry-run'])).stdout).toContain(`(pid ${holder.pid})`);
    const gone = once(holder, 'exit');
    expect((await runDev(project, ['kill', String(port), '--yes'])).stdout).toContain(`Port ${port} is free`);
    await gone;
  });
});
