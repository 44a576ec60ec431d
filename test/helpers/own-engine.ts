// A container engine of a test's own, which it may kill. It has no network, so its containers publish no ports. Only root can
// start one; where that is not so, the tests are skipped and say why.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';

const CLEARING_MS = 60_000;

export interface OwnEngine {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Resolves once it answers. */
  start(): Promise<void>;
  /** By SIGKILL, as if it had crashed; its containers may live on. */
  kill(): Promise<void>;
  docker(...args: readonly string[]): string;
  /** Takes the image over from the engine that all tests share. */
  load(image: string): void;
}

function whyNoOwnEngine(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can start an engine';
  const has = (program: string): boolean =>
    ['/usr/bin', '/usr/sbin'].some((folder) => existsSync(join(folder, program)));
  const missing = ['dockerd', 'containerd', 'runc'].find((program) => !has(program));
  return missing === undefined ? undefined : `there is no ${missing}`;
}

export function describeWithOwnEngine(title: string, tests: () => void): void {
  const reason = whyNoOwnEngine();
  describe.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (not run: ${reason})`, tests);
}

/** Not started yet. It is gone with all it has when the test ends. */
export function ownEngine(): OwnEngine {
  const folder = mkdtempSync(join(tmpdir(), 'devdeck-engine-'));
  const host = `unix://${folder}/engine.sock`;
  let daemon: ChildProcess | undefined;
  const docker = (...args: readonly string[]): string =>
    execFileSync('docker', args, {
      encoding: 'utf8',
      env: { ...process.env, DOCKER_HOST: host },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill(signal);
    await ended;
  };
  const start = async (): Promise<void> => {
    const places = ['--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`, '--pidfile', `${folder}/pid`];
    const kept = [
      '--bridge=none',
      '--iptables=false',
      '--storage-driver=vfs',
      '--exec-opt',
      'native.cgroupdriver=cgroupfs',
    ];
    // What one that was killed had left would keep the next from starting.
    rmSync(`${folder}/pid`, { force: true });
    for (const name of ['containerd.pid', 'containerd.sock', 'containerd.sock.ttrpc', 'containerd-debug.sock'])
      rmSync(`${folder}/exec/containerd/${name}`, { force: true });
    // In a network of its own: it would take away the bridge of the other one.
    daemon = spawn('unshare', ['--net', 'dockerd', '-H', host, ...places, ...kept], { stdio: 'ignore' });
    await eventually(
      'the engine answers',
      () => {
        try {
          return docker('version', '--format', '{{.Server.Version}}') !== '';
        } catch {
          return false;
        }
      },
      { timeoutMs: 30_000 },
    );
  };
  onTestFinished(async () => {
    if (daemon?.exitCode !== null || daemon.signalCode !== null) await start();
    const left = docker('ps', '-aq').split('\n').filter(Boolean);
    if (left.length > 0) docker('rm', '-f', ...left);
    await end('SIGTERM');
    for (const line of execFileSync('mount', { encoding: 'utf8' }).split('\n')) {
      const place = line.split(' ')[2] ?? '';
      if (place.startsWith(`${folder}/`)) execFileSync('umount', ['-l', place]);
    }
    rmSync(folder, { recursive: true, force: true });
  }, CLEARING_MS);
  const load = (image: string): void => {
    execFileSync('sh', ['-c', `docker save ${image} | DOCKER_HOST=${host} docker load`], { stdio: 'ignore' });
  };
  return { host, docker, load, start, kill: () => end('SIGKILL') };
}
