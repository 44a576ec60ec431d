// Where the engine is, as the docker command finds it, and what is said when nobody answers there.

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectEngine } from '../../../src/system/containers/connect.ts';
import { findEndpoint } from '../../../src/system/containers/endpoint.ts';
import { tempDir } from '../temp-dir.ts';

/** A home with a context, which `current` may name. */
function homeWithContext(name: string, host: string, current?: string): string {
  const home = tempDir();
  const folder = join(home, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
  if (current !== undefined)
    writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: current }));
  return home;
}

describe('the place of the engine', () => {
  it.each([
    ['unix:///run/other.sock', { kind: 'local', socket: '/run/other.sock' }],
    ['tcp://localhost:2375', { kind: 'local', socket: 'tcp://localhost:2375' }],
    ['tcp://[::1]:2375', { kind: 'local', socket: 'tcp://::1:2375' }],
    ['tcp://10.0.0.7:2376', { kind: 'remote', address: 'tcp://10.0.0.7:2376' }],
    ['ssh://ada@build', { kind: 'remote', address: 'ssh://ada@build' }],
    ['build', { kind: 'unknown' }],
  ])('is read from DOCKER_HOST=%s', (host, expected) => {
    expect(findEndpoint({ DOCKER_HOST: host, HOME: tempDir() })).toMatchObject({
      ...expected,
      chosenBy: 'DOCKER_HOST',
    });
  });

  it('is taken from the current context, unless DOCKER_CONTEXT names another', () => {
    const home = homeWithContext('colima', 'unix:///ada/colima.sock', 'colima');
    expect(findEndpoint({ HOME: home })).toMatchObject({ socket: '/ada/colima.sock' });
    expect(findEndpoint({ HOME: home, DOCKER_CONTEXT: 'gone' })).toMatchObject({
      kind: 'unknown',
      problem: 'the docker context gone does not exist',
    });
    expect(findEndpoint({ HOME: home, DOCKER_HOST: 'unix:///run/x.sock' })).toMatchObject({ socket: '/run/x.sock' });
  });

  it('is reported as on another machine when the context says so', () => {
    const home = homeWithContext('build', 'ssh://ada@build', 'build');
    expect(findEndpoint({ HOME: home })).toMatchObject({ kind: 'remote', chosenBy: 'the docker context build' });
  });

  it('is a socket of Podman when there is no Docker', () => {
    const runtime = tempDir();
    mkdirSync(join(runtime, 'podman'));
    writeFileSync(join(runtime, 'podman/podman.sock'), '');
    const endpoint = findEndpoint({ HOME: tempDir(), XDG_RUNTIME_DIR: runtime });
    // On a machine with Docker that comes first, as it does for the docker command.
    expect(['/var/run/docker.sock', join(runtime, 'podman/podman.sock')]).toContain(
      endpoint.kind === 'local' ? endpoint.socket : '',
    );
  });
});

describe('an engine that does not answer', () => {
  const programs = (...names: readonly string[]) => {
    const folder = tempDir();
    for (const name of names) writeFileSync(join(folder, name), '');
    return folder;
  };
  const connect = (env: Readonly<Record<string, string>>) =>
    connectEngine({ HOME: tempDir(), ...env }, { lockDir: tempDir(), platform: 'linux' });

  it('is reported as on another machine, with the way back', async () => {
    await expect(connect({ DOCKER_HOST: 'ssh://ada@build' })).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: 'DOCKER_HOST names an engine on another machine (ssh://ada@build), whose ports are not here',
      hint: 'unset DOCKER_HOST',
    });
  });

  it('is reported as absent at the place of DOCKER_HOST', async () => {
    const socket = join(tempDir(), 'no.sock');
    await expect(connect({ DOCKER_HOST: `unix://${socket}`, PATH: programs('docker') })).rejects.toMatchObject({
      message: `there is no ${socket} (by DOCKER_HOST): the engine does not run, or runs elsewhere`,
    });
  });

  it('is reported as not running when its socket is dead', async () => {
    const socket = join(tempDir(), 'dead.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    // A process that is killed leaves its socket behind; a server that closes removes it.
    await new Promise((resolve) => server.close(resolve));
    writeFileSync(socket, '');
    await expect(connect({ DOCKER_HOST: `unix://${socket}` })).rejects.toMatchObject({
      message: `Docker does not run: nobody answers at ${socket} (by DOCKER_HOST)`,
      hint: 'sudo systemctl start docker',
    });
  });

  it('is reported as silent after five seconds', async () => {
    const socket = join(tempDir(), 'hanging.sock');
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    onTestFinished(() => void server.close());
    await expect(connect({ DOCKER_HOST: `unix://${socket}` })).rejects.toMatchObject({
      message: `Docker does not answer at ${socket} (by DOCKER_HOST)`,
      hint: 'sudo systemctl restart docker',
    });
  });

  it('is reported when it answers with something else', async () => {
    const socket = join(tempDir(), 'lying.sock');
    const server = createServer((connection) => connection.end('220 mail.example.com ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    onTestFinished(() => void server.close());
    await expect(connect({ DOCKER_HOST: `unix://${socket}` })).rejects.toMatchObject({
      message: expect.stringContaining('Docker cannot be used') as string,
    });
  });
});
