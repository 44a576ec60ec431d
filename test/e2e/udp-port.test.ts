// A service that takes datagrams on its port: a name server, a game, a log sink.

import { expect, it } from 'vitest';
import { freePorts } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { readService } from '../helpers/session.ts';
import { createTempProject, isPortable } from '../helpers/temp-project.ts';

const UDP = `
import os, socket, time
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(('127.0.0.1', int(os.environ['PORT'])))
time.sleep(1000)
`;

it.skipIf(isPortable)('is ready by its UDP socket, which ports and the status show', async () => {
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

it.skipIf(isPortable)('is told of where the config asks for TCP', async () => {
  const [port] = (await freePorts(1)) as [number];
  const project = createTempProject({
    config: `services: {dns: {command: exec python3 udp.py, port: ${port}, health: {tcp: true}}}`,
  });
  project.write('udp.py', UDP);
  expect((await runDev(project, ['up', '-d', '--timeout', '3s'])).exitCode).toBe(124);
  const why = await runDev(project, ['why', 'dns']);
  expect(why.stdout).toContain(`nothing listens on ${port} by TCP; it takes datagrams there (UDP)`);
});
