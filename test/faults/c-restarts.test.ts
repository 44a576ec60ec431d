// Faults of restarts, readiness and health: storms, races with a stop, clocks that jump, answers that mean ill.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { readProcessTable } from '../../src/system/linux/proc.ts';
import { startBystander } from '../helpers/bystander.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort, freePorts } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { becomes, fixtureCommand, readService, readStatus } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';
import { fault } from './fault.ts';

const MACHINE = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const FAKETIME = `/usr/lib/${MACHINE}-linux-gnu/faketime/libfaketime.so.1`;

/** How often the service was really started: each run leaves a line. */
function runsOf(project: TempProject): number {
  const file = join(project.root, 'runs.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

/** Long enough for a start that must not happen, at the pauses that these tests set. */
const NOTHING_HAPPENS_MS = 400;

/** The fixture that answers badly, in the given way. */
function zoo(...words: readonly string[]): string {
  return JSON.stringify([...(JSON.parse(fixtureCommand('probe-zoo')) as string[]), ...words]);
}

fault(
  {
    id: 'C1',
    priority: 'P0',
    fault: 'a service ends right after every start',
    injected: 'exit 1; at most 10 restarts, a cool-down and a last try',
  },
  async () => {
    const project = createTempProject({
      config: `services:\n  job: {command: "echo run >> runs.txt; exit 1", restart: {backoff: 10ms, max_backoff: 40ms, cool_down: 300ms}}\n`,
    });
    await runDev(project, ['start']);
    const job = await becomes(project, 'job', 'failed');
    expect(job).toMatchObject({ restarts: 11, why: expect.stringContaining('gave up after 11 restarts in a row') });
    expect(runsOf(project)).toBe(12);
    await delay(NOTHING_HAPPENS_MS);
    expect(runsOf(project)).toBe(12);
  },
);

fault(
  {
    id: 'C2',
    priority: 'P0',
    fault: 'a service keeps ending soon after it became ready',
    injected: 'ready, then exit 1 after 100 ms; restarts without a stable minute in between are counted',
  },
  async () => {
    const project = createTempProject({
      config: `services:\n  job: {command: "echo run >> runs.txt; sleep 0.1; exit 1", ready: {command: "true"}, restart: {max: 4, backoff: 10ms, max_backoff: 40ms, cool_down: 100ms}}\n`,
    });
    await runDev(project, ['start']);
    await becomes(project, 'job', 'failed');
    expect(runsOf(project)).toBe(6);
  },
);

for (const { rounds, isSlow } of [
  { rounds: 5, isSlow: false },
  { rounds: 60, isSlow: true },
]) {
  fault(
    {
      id: 'C3',
      priority: 'P0',
      fault: 'a service restarts although it was stopped',
      injected: `a service that keeps ending is stopped at ${rounds} different moments`,
      isSlow,
      timeoutMs: 300_000,
    },
    async () => {
      const project = createTempProject({
        config: `services:\n  job: {command: "echo run >> runs.txt; sleep 0.02; exit 1", restart: {max: 1000, backoff: 30ms, max_backoff: 30ms}}\n`,
      });
      await runDev(project, ['start']);
      for (let round = 0; round < rounds; round += 1) {
        await delay((round * 37) % 130);
        expect(await runDev(project, ['stop', 'job', '--wait'])).toMatchObject({ exitCode: 0 });
        const runs = runsOf(project);
        await delay(120);
        expect(runsOf(project)).toBe(runs);
        expect(await readService(project, 'job')).toMatchObject({ state: 'stopped', pid: null, dueAt: null });
        await runDev(project, ['start', 'job']);
      }
    },
  );
}

fault(
  {
    id: 'C4',
    fault: 'the wall clock jumps by an hour and back',
    injected: 'libfaketime, ± 1 h while a back-off of 2 s and an uptime count',
    isSlow: true,
  },
  async () => {
    if (!existsSync(FAKETIME)) throw new Error(`${FAKETIME} is missing: apt-get install libfaketime`);
    const project = createTempProject({
      config: `
services:
  job: {command: "date +%s.%N >> runs.txt; sleep 0.2; exit 1", restart: {max: 100, backoff: 2s, max_backoff: 2s}}
  web: {command: "while sleep 0.1; do echo line; done"}
`,
    });
    const clock = join(project.root, 'clock');
    writeFileSync(clock, '+0');
    const env = {
      LD_PRELOAD: FAKETIME,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
    await runDev(project, ['start'], { env });
    for (const jump of ['+3600', '-3600', '+0']) {
      await becomes(project, 'job', 'backoff');
      writeFileSync(clock, jump);
      const runs = runsOf(project);
      const startedAtMs = performance.now();
      // By the wall clock it would come in an hour, or at once; a busy machine sees the back-off late.
      await eventually('it is tried again', () => runsOf(project) > runs);
      expect(performance.now() - startedAtMs).toBeGreaterThan(500);
      const web = await readService(project, 'web');
      expect(web).toMatchObject({ state: 'ready', restarts: 0 });
      expect((await runDev(project, ['status'], { env })).stdout).not.toMatch(/-\d+ ?s/);
    }
    // The clock did jump.
    const times = readFileSync(join(project.root, 'runs.txt'), 'utf8').trim().split('\n').map(Number);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(3_500);
  },
);

for (const { seconds, isSlow } of [
  { seconds: 3, isSlow: false },
  { seconds: 60, isSlow: true },
]) {
  fault(
    {
      id: 'C5',
      priority: 'P0',
      fault: 'the supervisor is paused for a while, so every probe seems late',
      injected: `SIGSTOP for ${seconds} s with probes under way that restart on the first failure`,
      isSlow,
      timeoutMs: 120_000,
    },
    async () => {
      const ports = await freePorts(4);
      // Each check takes 150 ms and the next one follows soon, so most are under way at any moment.
      const health = 'health: {http: /, interval: 20ms, timeout: 2s, retries: 1, restart: true}';
      const services = ports.map((port, index) => `  s${index}: {command: ${zoo('slow')}, port: ${port}, ${health}}`);
      const project = createTempProject({ config: `services:\n${services.join('\n')}\n` });
      expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
      const before = await readStatus(project);
      process.kill(before.session.pid, 'SIGSTOP');
      await delay(seconds * 1_000);
      process.kill(before.session.pid, 'SIGCONT');
      await delay(NOTHING_HAPPENS_MS);
      const after = await readStatus(project);
      expect(after.services.map(({ pid }) => pid)).toEqual(before.services.map(({ pid }) => pid));
      for (const service of after.services) expect(service).toMatchObject({ state: 'ready', restarts: 0 });
    },
  );
}

fault(
  {
    id: 'C6',
    priority: 'P0',
    fault: 'a foreign program answers on the port of the service',
    notPortable: 'no tool shows which process answers on a port',
    injected: 'a foreign program listens after the look; the service itself never does',
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({
      config: `services:\n  web: {command: sleep 100000, port: ${port}, health: {http: /, interval: 100ms, start_period: 200ms, retries: 1}}\n`,
    });
    await runDev(project, ['start']);
    await eventually('it runs', async () => (await readService(project, 'web')).pid !== null);
    const stranger = await holdPort(port);
    const web = await eventually('the stranger is named', async () => {
      const service = await readService(project, 'web');
      expect(service.ready).toBe(false);
      return service.why.includes(String(stranger.pid)) && service;
    });
    expect(web.readyAt).toBeNull();
    expect(stranger.isAlive()).toBe(true);
  },
);

fault(
  {
    id: 'C7',
    fault: 'health checks get no answer',
    injected: 'ten servers that accept and send nothing, or one space every 50 ms',
  },
  async () => {
    const ports = await freePorts(10);
    const health = 'health: {http: /, interval: 50ms, timeout: 100ms, retries: 2, start_period: 300ms}';
    const services = ports.map(
      (port, index) =>
        `  s${index}: {command: ${zoo(index % 2 === 0 ? 'hang' : 'drip')}, port: ${port}, ${health}, env: {CONNECTIONS: s${index}}}`,
    );
    const project = createTempProject({ config: `services:\n${services.join('\n')}\n` });
    await runDev(project, ['start']);
    const status = await eventually('each was asked ten times', async () => {
      const seen = await readStatus(project);
      return seen.services.every(({ probes }) => probes.length >= 10) && seen;
    });
    for (const service of status.services) {
      expect(service).toMatchObject({ ready: false, health: { status: 'fail' } });
      expect(service.why).toContain('timed out');
      expect(Math.max(...service.probes.map(({ latencyMs }) => latencyMs))).toBeLessThan(1_000);
      // One question at a time: the one that was given up may still be on its way out.
      expect(Number(readFileSync(join(project.root, service.name), 'utf8'))).toBeLessThanOrEqual(2);
    }
  },
);

fault(
  {
    id: 'C8',
    fault: 'health checks get an endless answer or circular redirects',
    injected: 'an endless body, a redirect to itself, a reset, 204; memory of the supervisor',
  },
  async () => {
    const modes = ['flood', 'redirect', 'reset', 'empty', 'well'] as const;
    const ports = await freePorts(modes.length);
    const health = 'health: {http: /, interval: 50ms, timeout: 500ms, retries: 1, start_period: 200ms}';
    const services = modes.map((mode, index) => `  ${mode}: {command: ${zoo(mode)}, port: ${ports[index]}, ${health}}`);
    const project = createTempProject({ config: `services:\n${services.join('\n')}\n` });
    await runDev(project, ['start']);
    const { session } = await readStatus(project);
    await becomes(project, 'well', 'ready');
    const before = rssOf(session.pid);
    const status = await eventually('each was asked twenty times', async () => {
      const seen = await readStatus(project);
      return seen.services.every(({ probes }) => probes.length >= 20) && seen;
    });
    const states = Object.fromEntries(status.services.map(({ name, state }) => [name, state]));
    expect(states).toEqual({
      flood: 'ready',
      redirect: 'unhealthy',
      reset: 'unhealthy',
      empty: 'ready',
      well: 'ready',
    });
    for (const service of status.services) expect(service.restarts).toBe(0);
    expect(rssOf(session.pid) - before).toBeLessThan(60_000_000);
  },
);

fault(
  {
    id: 'C9',
    fault: 'the server listens on one address family of localhost only',
    injected: 'a server on ::1, another on 127.0.0.1',
  },
  async () => {
    const [six, four] = (await freePorts(2)) as [number, number];
    const project = createTempProject({
      config: `
services:
  six: {command: ${zoo('well')}, port: ${six}, health: /, env: {BIND: "::1"}}
  four: {command: ${zoo('well')}, port: ${four}, health: /}
`,
    });
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    expect((await readService(project, 'six')).listening).toMatchObject([{ address: '::1', port: six }]);
    expect((await readService(project, 'four')).listening).toMatchObject([{ address: '127.0.0.1', port: four }]);
  },
);

fault(
  {
    id: 'C10',
    priority: 'P0',
    fault: 'a slow first start is restarted by its own health check',
    injected: 'listens 2 s after its start period is over; restart: true',
  },
  async () => {
    const port = await freePort();
    const project = createTempProject({
      config: `services:\n  slow: {command: ${zoo('well', '2000')}, port: ${port}, health: {http: /, interval: 50ms, timeout: 200ms, retries: 1, start_period: 200ms, restart: true}}\n`,
    });
    await runDev(project, ['start']);
    const early = await becomes(project, 'slow', 'unhealthy');
    expect(await becomes(project, 'slow', 'ready')).toMatchObject({ pid: early.pid, restarts: 0 });
  },
);

fault(
  {
    id: 'C11',
    priority: 'P0',
    fault: 'a dependency fails for good; dependencies in a circle',
    injected: 'exit 1 at the end of a chain of 20; a → b → a',
  },
  async () => {
    const chain = Array.from(
      { length: 20 },
      (_, index) => `  s${index}: {command: sleep 100000, depends_on: [s${index + 1}]}`,
    );
    const project = createTempProject({
      config: `services:\n${chain.join('\n')}\n  s20: {command: "exit 1", restart: no}\n`,
    });
    expect((await runDev(project, ['up', '-d'])).exitCode).toBe(1);
    const { services } = await readStatus(project);
    const waiting = services.filter(({ state }) => state === 'waiting');
    expect(waiting.length).toBe(20);
    expect(services.find(({ name }) => name === 's19')?.why).toContain('s20');
    expect((await runDev(project, ['why', 's0'])).stdout).toContain('s20 is failed');
    expect((await runDev(project, ['stop'])).exitCode).toBe(0);

    project.write(
      '.project.config',
      'services:\n  a: {command: x, depends_on: [b]}\n  b: {command: x, depends_on: [a]}\n',
    );
    const circle = await runDev(project, ['up', '-d']);
    expect(circle.exitCode).toBe(3);
    expect(circle.stderr).toMatch(/a → b → a|b → a → b/);
  },
);

fault(
  {
    id: 'C12',
    priority: 'P0',
    fault: 'a service ends in each possible way',
    injected: 'codes 0, 1, 2, 126, 127, 255, SIGTERM, SIGSEGV, SIGKILL; our own stop',
  },
  async () => {
    const ends: Readonly<Record<string, readonly [string, string, RegExp]>> = {
      zero: ['exit 0', 'exited', /success/],
      one: ['exit 1', 'backoff', /exited with code 1/],
      two: ['exit 2', 'backoff', /exited with code 2/],
      cannot: ['exit 126', 'failed', /126/],
      missing: ['exit 127', 'failed', /127/],
      last: ['exit 255', 'backoff', /code 255/],
      term: ['kill -TERM $$', 'backoff', /SIGTERM/],
      crash: ['kill -SEGV $$', 'backoff', /SIGSEGV/],
      killed: ['kill -KILL $$', 'backoff', /SIGKILL/],
    };
    const services = Object.entries(ends).map(([name, [command]]) => `  ${name}: {command: '${command}'}`);
    const project = createTempProject({
      config: `defaults: {restart: {backoff: 60s, max_backoff: 60s}}\nservices:\n${services.join('\n')}\n  ours: {command: sleep 100000}\n`,
    });
    await runDev(project, ['start']);
    for (const [name, [, state, why]] of Object.entries(ends)) {
      expect((await becomes(project, name, state as 'exited')).why, name).toMatch(why);
    }
    await runDev(project, ['stop', 'ours', '--wait']);
    expect(await readService(project, 'ours')).toMatchObject({ state: 'stopped', restarts: 0 });
  },
);

for (const { probes, isSlow } of [
  { probes: 15, isSlow: false },
  { probes: 500, isSlow: true },
]) {
  fault(
    {
      id: 'C13',
      fault: 'health commands that never end pile up',
      injected: `sleep in the background and in front, ${probes} checks of 50 ms each`,
      isSlow,
      timeoutMs: 120_000,
    },
    async () => {
      const project = createTempProject({
        config: `services:\n  job: {command: sleep 100000, health: {command: "date >> runs.txt; setsid sleep 4242 & sleep 4242", interval: 20ms, timeout: 50ms, retries: 1, start_period: 100ms}}\n`,
      });
      const bystander = await startBystander({ cwd: project.root });
      await runDev(project, ['start']);
      await eventually(`${probes} checks`, () => runsOf(project) >= probes, { timeoutMs: 100_000 });
      const sleepers = project.processes().filter(({ pid }) => commandOf(pid).includes('4242'));
      // Those of the check that is under way right now.
      expect(sleepers.length).toBeLessThanOrEqual(4);
      expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
      await eventually('no check is left', () => project.processes().length === 0);
      bystander.expectUnharmed();
    },
  );
}

function rssOf(pid: number): number {
  return readProcessTable().find((row) => row.pid === pid)?.rssBytes ?? 0;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

fault(
  {
    id: 'C15',
    fault: 'answers of health checks exceed what one message can hold',
    injected: '40 services whose health answer names 70 components with names of 200 characters; status and health',
  },
  async () => {
    const port = await freePort();
    const services = Array.from({ length: 40 }, (_, index) => {
      const health = `{http: 'http://127.0.0.1:${port}/', interval: 30s}`;
      return `  s${index}: {command: sleep 100000, depends_on: {server: ready}, health: ${health}}\n`;
    });
    const project = createTempProject({
      config: `services:\n  server: {command: ["${process.execPath}", server.cjs], port: ${port}}\n${services.join('')}`,
    });
    project.write(
      'server.cjs',
      `const name = (index) => '漢'.repeat(200) + index;
       const components = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [name(index), { status: 'ok' }]));
       const body = JSON.stringify({ components });
       require('node:http').createServer((_, answer) => {
         answer.setHeader('content-type', 'application/json');
         answer.end(body);
       }).listen(${port}, '127.0.0.1');`,
    );
    expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
    for (const command of [['status'], ['status', '--json'], ['health', '--json']]) {
      expect(await runDev(project, command), command.join(' ')).toMatchObject({ exitCode: 0 });
    }
    expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
  },
);
