// A long life under load: many services, of which some are killed all the time.
// SOAK_SECONDS sets how long (60).

import { expect } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import { readProcessTable } from '../../src/system/linux/proc.ts';
import { startBystander } from '../helpers/bystander.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePorts } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand, readStatus } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';

const SERVICES = 120;
const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 60);
/** One in a hundred of them each minute. */
const KILL_EVERY_MS = 60_000 / (SERVICES / 100);
const GRACE_MS = 3_000;

fault(
  {
    id: 'C14',
    priority: 'P0',
    fault: `${SERVICES} services run for a long time while some are killed`,
    injected: `servers, loops that write, daemons, stubborn ones; SIGKILL to one in a hundred each minute, ${SECONDS} s`,
    isSlow: true,
    timeoutMs: (SECONDS + 240) * 1_000,
  },
  async () => {
    const ports = await freePorts(20);
    const kinds = [
      (index: number) =>
        `command: ${fixtureCommand('web-server')}, port: ${ports[index / 6]}, health: {http: /health, interval: 2s}`,
      () => `command: "while sleep 0.5; do echo line $$; done"`,
      () => `command: sleep 1000000, tty: false`,
      () => `command: "trap '' TERM; while :; do sleep 1; done", stop: {grace: ${GRACE_MS}ms}`,
      () => `command: "setsid sleep 1000000 & exec sleep 1000000"`,
      () => `command: [cat]`,
    ];
    const services = Array.from(
      { length: SERVICES },
      (_, index) => `  s${index}: {${kinds[index % kinds.length]?.(index)}}`,
    );
    const project = createTempProject({
      config: `defaults: {restart: {policy: always, backoff: 100ms}, stop: {grace: ${GRACE_MS}ms}}\nservices:\n${services.join('\n')}\n`,
    });
    const bystander = await startBystander({ cwd: project.root });
    const allReady = () =>
      eventually(
        'all are ready',
        async () => {
          const status = await readStatus(project);
          return status.services.every(({ ready }) => ready) && status;
        },
        { timeoutMs: 90_000 },
      );
    expect(await runDev(project, ['start'], { timeoutMs: 90_000 })).toMatchObject({ exitCode: 0 });
    const { session } = await allReady();

    const rss: number[] = [];
    const untilMs = performance.now() + SECONDS * 1_000;
    let killed = 0;
    let nextKillMs = performance.now() + 5_000;
    while (performance.now() < untilMs) {
      await delay(1_000);
      rss.push(readProcessTable().find(({ pid }) => pid === session.pid)?.rssBytes ?? 0);
      if (performance.now() < nextKillMs) continue;
      nextKillMs += KILL_EVERY_MS;
      const { services: seen } = await readStatus(project);
      const victim = seen[(killed * 37) % SERVICES];
      if (victim?.pid) process.kill(victim.pid, 'SIGKILL');
      killed += 1;
    }
    const after = await allReady();
    expect(after.services.reduce((sum, { restarts }) => sum + restarts, 0)).toBe(killed);
    // The tails of the logs fill at first; what counts is that it does not go on.
    const quarters = [1, 2, 3].map((quarter) =>
      medianOf(rss.slice((quarter * rss.length) / 4, ((quarter + 1) * rss.length) / 4)),
    );
    console.log(`${killed} killed; supervisor ${quarters.map(toMiB).join(', ')} MiB in the second to fourth quarter`);
    expect(quarters[2]).toBeLessThan((quarters[0] ?? 0) * 1.25);

    const startedAtMs = performance.now();
    expect(await runDev(project, ['stop'], { timeoutMs: 60_000 })).toMatchObject({ exitCode: 0 });
    const tookMs = performance.now() - startedAtMs;
    console.log(`stopped within ${Math.round(tookMs)} ms`);
    expect(tookMs).toBeLessThan(GRACE_MS + 5_000);
    await eventually('no process is left', () => project.processes().length === 0, { timeoutMs: 2_000 });
    bystander.expectUnharmed();
  },
);

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function toMiB(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}
