// The port of `metrics:`, asked as a scraper and as a load balancer ask.

import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePorts } from '../helpers/free-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { becomes, fixtureCommand, readStatus } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const WEB = fixtureCommand('web-server');
const PROMTOOL = spawnSync('promtool', ['--version']).error === undefined;

const ask = (port: number, path: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers });

/** As a page asks that reaches this machine by a name of its own. */
async function statusUnderName(port: number, host: string): Promise<number | undefined> {
  const request = get({ host: '127.0.0.1', port, path: '/metrics', headers: { host }, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

async function createShop(more = '') {
  const [web, metrics] = (await freePorts(2)) as [number, number];
  const config = `
services:
  web: {command: ${WEB}, port: ${web}, health: /health${more}}
metrics: {port: ${metrics}}
`;
  return { project: createTempProject({ config }), metrics, config };
}

it('the metrics endpoint answers scrapers in their format, and probes with the states', async () => {
  const { project, metrics } = await createShop();
  expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });

  const older = await ask(metrics, '/metrics');
  expect(older.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await older.text();
  expect(text).toContain('# TYPE devdeck_service_restarts_total counter\n');
  expect(text).toContain('\ndevdeck_service_start_duration_seconds_count{service="web"} 1\n');
  const open = await ask(metrics, '/metrics', {
    accept: 'application/openmetrics-text; version=1.0.0,text/plain;q=0.5',
  });
  expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(await open.text()).toMatch(/\n# EOF\n$/);

  for (const path of ['/livez', '/readyz', '/healthz']) {
    const answer = await ask(metrics, path);
    expect([path, answer.status]).toEqual([path, 200]);
    expect(await answer.json()).toMatchObject({ status: 'ok', services: { web: { state: 'ready' } } });
  }
  const health = (await (await ask(metrics, '/healthz')).json()) as { readonly supervisor: Record<string, number> };
  expect(health.supervisor).toMatchObject({ pid: (await readStatus(project)).session.pid });
  expect(health.supervisor['rssBytes']).toBeGreaterThan(10_000_000);

  expect(await statusUnderName(metrics, 'evil.example')).toBe(403);
  expect(await statusUnderName(metrics, `localhost:${metrics}`)).toBe(200);
  expect((await ask(metrics, '/nothing')).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${metrics}/metrics`, { method: 'POST' })).status).toBe(405);
  await runDev(project, ['stop']);
});

it('the metrics endpoint reports a service that is not ready, and ends with the session', async () => {
  const { project, metrics } = await createShop(', restart: no');
  await runDev(project, ['up', '-d']);
  process.kill((await becomes(project, 'web', 'ready')).pid ?? 0, 'SIGKILL');
  await becomes(project, 'web', 'failed');
  expect((await ask(metrics, '/livez')).status).toBe(200);
  const answer = await ask(metrics, '/readyz');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ status: 'unavailable', services: { web: { state: 'failed' } } });
  expect((await ask(metrics, '/healthz')).status).toBe(503);
  await runDev(project, ['stop']);
  await expect(ask(metrics, '/livez')).rejects.toThrow();
});

it('a session starts despite a taken metrics port, names its owner, and takes the port once it is free', async () => {
  const { project, metrics } = await createShop();
  const holder = createServer().listen(metrics, '127.0.0.1');
  await once(holder, 'listening');
  onTestFinished(() => void holder.close());
  expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  const told = await eventually('the status names the owner', async () => {
    const { stdout } = await runDev(project, ['status']);
    return stdout.includes('metrics are not served') && stdout;
  });
  expect(told).toContain(`port ${metrics} is taken by node`);
  expect(told).toContain(`(pid ${process.pid})`);
  holder.close();
  await eventually('the metrics are served', async () => (await readStatus(project)).session.metrics?.url != null);
  expect((await ask(metrics, '/metrics')).status).toBe(200);
  await runDev(project, ['stop']);
});

it('the metrics endpoint follows an edit of the config', async () => {
  const { project, metrics, config } = await createShop();
  await runDev(project, ['up', '-d']);
  expect((await ask(metrics, '/livez')).status).toBe(200);
  project.write('.project.config', config.replace(/^metrics:.*$/m, ''));
  await runDev(project, ['reload']);
  await eventually('nobody answers', async () =>
    ask(metrics, '/livez').then(
      () => false,
      () => true,
    ),
  );
  expect((await readStatus(project)).session.metrics).toBeUndefined();
  await runDev(project, ['stop']);
});

it.skipIf(!PROMTOOL)('the metrics pass the check of promtool', async () => {
  const { project, metrics } = await createShop();
  await runDev(project, ['up', '-d']);
  const text = await (await ask(metrics, '/metrics')).text();
  expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
  await runDev(project, ['stop']);
});
