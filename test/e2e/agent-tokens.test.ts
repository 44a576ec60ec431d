// What a diagnosis costs an agent: ten failures, each explained by one or two small answers in place of everybody's logs.
// A token is counted as four characters.

import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { agentOn, call } from '../helpers/mcp-agent.ts';
import { runDev } from '../helpers/run-dev.ts';
import { readService } from '../helpers/session.ts';
import { createTempProject } from '../helpers/temp-project.ts';

const CHARACTERS_PER_TOKEN = 4;
const SHARE = 10;

interface Case {
  readonly service: string;
  readonly settings: string;
  /** The state in which it is asked about. */
  readonly state: string;
  readonly tools: readonly ('why' | 'errors' | 'conflict' | 'status' | 'health')[];
  /** What a person would name as the cause. */
  readonly cause: RegExp;
}

/** As a server that has been at work for a while: 250 lines that say nothing. */
const NOISE = 'seq -f "2026-11-29 12:00:00 INFO request %g handled in 12 ms, all is well with the worker" 250';

function cases(takenPort: number, deadPort: number): readonly Case[] {
  const failing = (words: string, code = 1) =>
    `{command: '${NOISE}; echo "${words}" >&2; exit ${code}', restart: "no"}`;
  return [
    {
      service: 'crash',
      settings: failing('TypeError: shop.open is not a function', 3),
      state: 'failed',
      tools: ['why'],
      cause: /TypeError: shop\.open is not a function/,
    },
    {
      service: 'taken',
      settings: `{command: '${NOISE}; sleep 1000', port: ${takenPort}}`,
      state: 'conflict',
      tools: ['conflict'],
      cause: /"pid":\d+.*"verdict":"foreign"|foreign-server\.mjs/,
    },
    {
      service: 'migration',
      settings: `{command: sleep 1000, before: ['${NOISE}; echo "ERROR: column price does not exist" >&2; exit 1'], restart: "no"}`,
      state: 'failed',
      tools: ['why', 'errors'],
      cause: /column price does not exist/,
    },
    {
      service: 'waiting',
      settings: `{command: sleep 1000, depends_on: [slow]}`,
      state: 'waiting',
      tools: ['why'],
      cause: /slow/,
    },
    {
      service: 'memory',
      settings: `{command: '${NOISE}; sleep 1000', alerts: {memory: {above: 64KiB, for: 0s}}}`,
      state: 'ready',
      tools: ['status'],
      cause: /memory/i,
    },
    {
      service: 'variable',
      settings: failing('KeyError: DATABASE_URL'),
      state: 'failed',
      tools: ['why'],
      cause: /KeyError: DATABASE_URL/,
    },
    {
      service: 'reloader',
      settings: `{command: '${NOISE}; echo "SyntaxError: invalid syntax (app.py, line 7)" >&2; sleep 1000', port: ${deadPort}}`,
      state: 'starting',
      tools: ['why', 'errors'],
      cause: /SyntaxError: invalid syntax \(app\.py, line 7\)/,
    },
    {
      service: 'program',
      settings: '{command: [no-such-program, serve], restart: "no"}',
      state: 'failed',
      tools: ['why'],
      cause: /no-such-program/,
    },
    {
      service: 'health',
      settings: `{command: '${NOISE}; sleep 1000', health: {command: 'echo "disk is full"; exit 1', start_period: 0s, interval: 1s}}`,
      state: 'unhealthy',
      tools: ['health'],
      cause: /disk is full|exit code 1|exited with code 1/,
    },
    {
      service: 'database',
      settings: failing('Error: connect ECONNREFUSED 127.0.0.1:5432'),
      state: 'failed',
      tools: ['why'],
      cause: /ECONNREFUSED 127\.0\.0\.1:5432/,
    },
  ];
}

it('names the cause of ten failures in a tenth of the tokens of all logs', async () => {
  const [takenPort, deadPort] = [await freePort(), await freePort()];
  const all = cases(takenPort, deadPort);
  const services = all.map(({ service, settings }) => `  ${service}: ${settings}`).join('\n');
  const slow = `  slow: {command: '${NOISE}; sleep 1000', ready: {log: never}}`;
  const project = createTempProject({ config: `services:\n${slow}\n${services}\n` });
  await holdPort(takenPort);
  const agent = await agentOn(project);
  await call(agent, 'start');
  const table: (readonly [string, number, number])[] = [];
  for (const { service, state, tools, cause } of all) {
    await eventually(`${service} is ${state}`, async () => (await readService(project, service)).state === state);
    const one = await eventually(`the cause of ${service}`, async () => {
      const args = { why: { service }, conflict: { service }, errors: { service }, status: { services: [service] } };
      const answers: string[] = [];
      for (const tool of tools) {
        const given = tool === 'health' ? { services: [service] } : args[tool];
        answers.push(JSON.stringify(await call(agent, tool, given)));
      }
      const told = answers.join('\n');
      return cause.test(told) ? told : undefined;
    });
    const { stdout: logs } = await runDev(project, ['logs', '-n', '200']);
    table.push([service, tokens(one), tokens(logs)]);
  }
  for (const [service, told, logs] of table)
    expect({ service, told, isSmall: told <= logs / SHARE }).toMatchObject({ isSmall: true });
  expect(table).toHaveLength(10);
  await runDev(project, ['stop', '--force']);
}, 120_000);

function tokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
