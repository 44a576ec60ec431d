// Many projects that want the same port, started at the same moment.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readService } from '../helpers/session.ts';
import { createTempProject, isPortable, type TempProject } from '../helpers/temp-project.ts';

const ROOTS = 20;

it.skipIf(isPortable)(
  'twenty projects get twenty ports, and the same ones the next time',
  { timeout: 120_000 },
  async () => {
    const wanted = await freePort();
    await holdPort(wanted);
    const first = createTempProject();
    const projects = Array.from({ length: ROOTS }, (_, index): TempProject => {
      const root = join(first.root, '..', `shop-${index}`);
      mkdirSync(root);
      const config = `services:\n  web: {command: ${fixtureCommand('web-server')}, port: ${wanted}}\n`;
      writeFileSync(join(root, '.project.config'), config);
      return { ...first, root };
    });
    const round = async (): Promise<readonly (number | null)[]> => {
      const up = ['up', '-d', '--on-conflict', 'reroute'];
      const ends = await Promise.all(projects.map((project) => runDev(project, up, { timeoutMs: 60_000 })));
      expect(ends.map(({ exitCode }) => exitCode)).toEqual(projects.map(() => 0));
      const services = await Promise.all(projects.map((project) => readService(project, 'web')));
      expect(services.map(({ state, listening }) => [state, listening.map((socket) => socket.port)])).toEqual(
        services.map(({ port }) => ['ready', [port]]),
      );
      const stops = await Promise.all(projects.map((project) => runDev(project, ['stop'])));
      expect(stops.map(({ exitCode }) => exitCode)).toEqual(projects.map(() => 0));
      return services.map(({ port }) => port);
    };

    const ports = await round();
    expect(new Set([...ports, wanted]).size).toBe(ROOTS + 1);
    expect(await round()).toEqual(ports);
  },
);
