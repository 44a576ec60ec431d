// A real Prometheus scrapes a session through a crash, a restart, a flood and two port conflicts.

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePorts } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { becomes, fixtureCommand, readService } from '../helpers/session.ts';
import { spawnHeld } from '../helpers/spawn-held.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const HAS_PROMETHEUS = ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).error === undefined);

interface Answer {
  readonly data: {
    readonly alerts: readonly { readonly state: string }[];
    readonly activeTargets: readonly { readonly health: string; readonly lastError: string }[];
    readonly result: readonly { readonly value: readonly [number, string] }[];
  };
}

function startPrometheus(project: TempProject, { port, metrics }: { readonly port: number; readonly metrics: number }) {
  project.write('rules.yml', 'groups: [{name: own, rules: [{alert: Down, expr: "devdeck_service_up == 0"}]}]\n');
  project.write(
    'prometheus.yml',
    `global: {scrape_interval: 500ms, evaluation_interval: 500ms}
rule_files: [rules.yml]
scrape_configs: [{job_name: devdeck, scrape_timeout: 500ms, static_configs: [{targets: ["127.0.0.1:${metrics}"]}]}]
`,
  );
  spawnHeld('prometheus', [
    `--config.file=${join(project.root, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(project.root, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const ask = async (path: string): Promise<Answer['data']> => {
    const { data } = (await (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json()) as Answer;
    return data;
  };
  return {
    ask,
    valueOf: async (query: string) => {
      const { result } = await ask(`query?query=${encodeURIComponent(query)}`);
      return Number(result[0]?.value[1]);
    },
    becomesFiring: (isFiring: boolean) =>
      eventually(`its own alert ${isFiring ? 'fires' : 'clears'}`, async () => {
        const { alerts } = await ask('alerts');
        return alerts.some(({ state }) => state === 'firing') === isFiring;
      }),
  };
}

it.skipIf(!HAS_PROMETHEUS)('reads metrics that agree with the events, and its own alert fires and clears', async () => {
  const [api, port, metrics] = (await freePorts(3)) as [number, number, number];
  const project = createTempProject({
    config: `
services:
  api: {command: ${fixtureCommand('web-server')}, port: ${api}, health: {http: /health, interval: 200ms}, restart: {policy: on-failure, backoff: 50ms}}
  noisy: {command: "seq 100000; exec sleep 1000"}
metrics: {port: ${metrics}}
`,
  });
  await runDev(project, ['up', '-d']);
  const { ask, valueOf, becomesFiring } = startPrometheus(project, { port, metrics });
  // Before it listens, nobody answers.
  await eventually('it has scraped', async () => (await valueOf('up').catch(() => 0)) === 1);

  process.kill((await readService(project, 'api')).pid ?? 0, 'SIGKILL');
  await eventually('it runs again', async () => (await readService(project, 'api')).restarts === 1);
  await becomes(project, 'api', 'ready');
  await runDev(project, ['restart', 'api', '--wait']);
  for (const policy of ['kill', 'reroute'] as const) {
    await runDev(project, ['stop', 'api']);
    await becomesFiring(true);
    const holder = await holdPort(api);
    await runDev(project, ['up', '-d', 'api', '--on-conflict', policy]);
    await becomes(project, 'api', 'ready');
    await holder.stop();
    await becomesFiring(false);
  }

  const text = (await runDev(project, ['metrics'])).stdout;
  const starts = (await runDev(project, ['events'])).stdout
    .split('\n')
    .filter((line) => line.includes('"type":"start","service":"api"'))
    .map((line) => JSON.parse(line) as { readonly beforeMs: number; readonly startingMs: number });
  expect(text).toContain(`devdeck_service_start_duration_seconds_count{service="api"} ${starts.length}\n`);
  const sum = /devdeck_service_start_duration_seconds_sum\{service="api"\} (\S+)/.exec(text)?.[1];
  expect(Number(sum)).toBeCloseTo(
    starts.reduce((total, { beforeMs, startingMs }) => total + beforeMs + startingMs, 0) / 1000,
  );
  for (const outcome of ['rerouted', 'killed'])
    expect(text).toContain(`devdeck_conflicts_total{outcome="${outcome}"} 1\n`);

  const older = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  expect(execFileSync('promtool', ['check', 'metrics'], { input: older, encoding: 'utf8' })).toBe('');
  await eventually(
    'it has seen the last restart',
    async () => (await valueOf('devdeck_service_restarts_total{service="api"}')) >= 1,
  );
  expect((await ask('targets')).activeTargets).toMatchObject([{ health: 'up', lastError: '' }]);
  for (const counter of ['restarts_total', 'log_lines_total', 'cpu_seconds_total'])
    expect([counter, await valueOf(`sum(resets(devdeck_service_${counter}[1h]))`)]).toEqual([counter, 0]);
  expect(await valueOf('min_over_time(up[1h])')).toBe(1);
  await runDev(project, ['stop']);
});
