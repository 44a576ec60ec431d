// What scripts read: the shape of every JSON answer, key by key. A key that comes, goes or changes its type is a change
// of the contract, and is made here too.

import { expect, it } from 'vitest';
import * as z from 'zod';
import { freePorts } from '../helpers/free-port.ts';
import { holdPort } from '../helpers/hold-port.ts';
import { runDev } from '../helpers/run-dev.ts';
import { fixtureCommand } from '../helpers/session.ts';
import { createTempProject, isPortable } from '../helpers/temp-project.ts';

const time = z.iso.datetime();
const count = z.int().nonnegative();
const pid = z.int().positive();
const port = z.int().min(1).max(65_535);
const stateName = z.enum([
  'stopped',
  'waiting',
  'conflict',
  'starting',
  'running',
  'ready',
  'unhealthy',
  'backoff',
  'stopping',
  'exited',
  'failed',
]);

const answer = <T extends z.ZodType>(data: T) => z.strictObject({ schemaVersion: z.literal(1), data });
const failure = z.strictObject({
  schemaVersion: z.literal(1),
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.nullable(z.string()) }),
});

const component = z.strictObject({
  name: z.string(),
  status: z.string(),
  ok: z.boolean(),
  message: z.optional(z.string()),
});
const health = z.strictObject({
  status: z.enum(['pass', 'failing', 'fail', 'probing', 'unknown']),
  consecutiveFailures: count,
  failureThreshold: count,
  checkedAt: z.nullable(time),
  latencyMs: z.nullable(z.number()),
  message: z.string(),
  components: z.array(component),
});
const place = z.strictObject({ address: z.string(), port });
const owner = z.strictObject({
  pid,
  startTicks: count,
  name: z.string(),
  command: z.string(),
  cwd: z.nullable(z.string()),
  project: z.nullable(z.strictObject({ name: z.string(), root: z.string(), branch: z.nullable(z.string()) })),
  user: z.string(),
  uid: count,
  startedAt: z.nullable(time),
  parents: z.array(z.strictObject({ pid, name: z.string() })),
  listening: z.array(place),
  verdict: z.enum(['ours', 'left over', 'other project', 'container', 'system', 'foreign']),
  meaning: z.string(),
  refusal: z.nullable(z.string()),
});
const conflict = z.strictObject({
  port,
  since: time,
  owners: z.array(owner),
  container: z.null(),
  obstacles: z.array(z.unknown()),
  choices: z.array(
    z.strictObject({
      name: z.enum(['kill', 'reroute', 'reuse', 'container', 'retry', 'skip']),
      unavailable: z.nullable(z.string()),
    }),
  ),
  suggestedPort: z.nullable(port),
  rewires: z.array(z.string()),
  progress: z.nullable(z.string()),
  problem: z.nullable(z.string()),
});
const service = z.strictObject({
  name: z.string(),
  state: stateName,
  ready: z.boolean(),
  wanted: z.boolean(),
  external: z.boolean(),
  pid: z.nullable(pid),
  container: z.nullable(z.strictObject({ id: z.string(), name: z.string(), image: z.string(), engine: z.string() })),
  pids: z.array(pid),
  port: z.nullable(port),
  wantedPort: z.nullable(port),
  ports: z.array(z.strictObject({ name: z.string(), port, wantedPort: port })),
  listening: z.array(z.strictObject({ address: z.string(), port, pid })),
  secondListener: z.null(),
  url: z.nullable(z.url()),
  cpuPercent: z.nullable(z.number().nonnegative()),
  rssBytes: z.nullable(count),
  threads: z.nullable(count),
  connections: z.nullable(count),
  health: z.nullable(health),
  probes: z.array(z.strictObject({ ok: z.boolean(), at: time, latencyMs: z.number() })),
  address: z.nullable(z.string()),
  question: z.nullable(z.object({ text: z.string(), isSecret: z.boolean() })),
  told: z.optional(
    z.strictObject({
      state: z.enum(['idle', 'working', 'done', 'blocked', 'error']),
      kind: z.optional(z.enum(['permission', 'question', 'auth'])),
      progressPercent: z.optional(z.number().min(0).max(100)),
      message: z.optional(z.string()),
    }),
  ),
  alerts: z.array(
    z.strictObject({
      kind: z.enum(['cpu', 'memory', 'errors', 'restarts', 'watch']),
      message: z.string(),
      since: time,
    }),
  ),
  insights: z.array(z.strictObject({ kind: z.enum(['slow start', 'same crash', 'memory growth']), text: z.string() })),
  restarts: count,
  startedAt: z.nullable(time),
  readyAt: z.nullable(time),
  exit: z.nullable(z.strictObject({ code: z.nullable(count), signal: z.nullable(z.string()), at: time })),
  lastLines: z.array(z.string()),
  logFile: z.string(),
  isStuck: z.boolean(),
  why: z.string(),
  run: count,
  dueAt: z.nullable(time),
  conflict: z.nullable(conflict),
  dependsOn: z.array(z.string()),
  command: z.string(),
  cwd: z.string(),
  tty: z.boolean(),
});

const SHAPES: Readonly<Record<string, z.ZodType>> = {
  'status --json': answer(
    z.strictObject({
      project: z.strictObject({ name: z.string(), root: z.string() }),
      session: z.strictObject({
        running: z.boolean(),
        pid,
        startedAt: time,
        version: z.string(),
        ending: z.boolean(),
        startedBy: z.optional(z.string()),
        checking: z.optional(z.boolean()),
        failedChecks: z.optional(
          z.array(z.strictObject({ name: z.string(), message: z.string(), hint: z.nullable(z.string()) })),
        ),
      }),
      services: z.array(service).length(4),
    }),
  ),
  'health --json': answer(
    z.strictObject({
      healthy: z.boolean(),
      services: z.array(z.strictObject({ name: z.string(), message: z.string(), health: z.nullable(health) })),
    }),
  ),
  'why --startup --json': answer(
    z.strictObject({
      at: time,
      elapsedMs: count,
      readyMs: z.null(),
      usualMs: z.null(),
      comparedStarts: z.literal(0),
      criticalPath: z.array(z.strictObject({ service: z.string(), ms: count })).nonempty(),
      services: z
        .array(
          z.strictObject({
            service: z.string(),
            outcome: z.enum(['coming', 'ready', 'failed', 'stopped']),
            waitingMs: count,
            beforeMs: count,
            startingMs: count,
            readyMs: z.nullable(count),
            phases: z.array(z.strictObject({ phase: z.string(), fromMs: count, toMs: z.nullable(count) })),
          }),
        )
        .length(4),
    }),
  ),
  'ports --json': answer(
    z.strictObject({
      ports: z.array(
        z.strictObject({
          service: z.string(),
          wantedPort: port,
          port: z.nullable(port),
          owners: z.array(owner),
          inUse: z.boolean(),
          addresses: z.array(z.string()),
          container: z.null(),
        }),
      ),
    }),
  ),
  'check --json': answer(
    z.strictObject({
      findings: z.array(
        z.strictObject({
          area: z.string(),
          subject: z.string(),
          level: z.enum(['ok', 'warn', 'fail']),
          message: z.string(),
          fix: z.nullable(z.string()),
          durationMs: count,
        }),
      ),
      counts: z.strictObject({ ok: count, warn: count, fail: count }),
    }),
  ),
  'config --json': answer(
    z.strictObject({
      name: z.string(),
      root: z.string(),
      configFile: z.string(),
      services: z.array(z.looseObject({ name: z.string(), cwd: z.string(), env: z.record(z.string(), z.string()) })),
      profiles: z.record(z.string(), z.array(z.string())),
      checks: z.array(z.unknown()),
      onHangup: z.enum(['stop', 'keep']),
      reload: z.enum(['ask', 'auto']),
      secrets: z.array(z.string()),
      remembered: z.strictObject({ choices: z.array(z.unknown()), ports: z.array(z.unknown()) }),
    }),
  ),
  'why held --json': answer(
    z.strictObject({
      service: z.string(),
      state: stateName,
      reason: z.string(),
      port: z.nullable(z.strictObject({ port, owners: z.array(z.strictObject({ name: z.string(), pid })) })),
      causes: z.array(z.unknown()),
      text: z.string(),
    }),
  ),
  'reload --json': answer(z.strictObject({ applied: z.boolean(), changes: z.array(z.unknown()).length(0) })),
};

const LOG_LINE = z.strictObject({
  time,
  service: z.string(),
  /** Null for what devdeck itself notes before the first run. */
  run: z.nullable(pid),
  cursor: z.string(),
  level: z.nullable(z.string()),
  text: z.string(),
});

const EVENT = z.discriminatedUnion('type', [
  z.strictObject({
    time,
    type: z.literal('session'),
    actor: z.optional(z.string()),
    state: z.enum(['started', 'ending', 'ended']),
    pid: z.optional(pid),
    version: z.optional(z.string()),
  }),
  z.strictObject({
    time,
    type: z.literal('state'),
    actor: z.optional(z.string()),
    service: z.string(),
    state: stateName,
    previous: stateName,
    run: count,
    why: z.string(),
  }),
  z.strictObject({
    time,
    type: z.literal('exit'),
    actor: z.optional(z.string()),
    service: z.string(),
    run: count,
    code: z.nullable(count),
    signal: z.nullable(z.string()),
  }),
  z.strictObject({
    time,
    type: z.literal('restart'),
    actor: z.optional(z.string()),
    service: z.string(),
    restarts: count,
    cause: z.string(),
  }),
  z.strictObject({
    time,
    type: z.literal('start'),
    actor: z.optional(z.string()),
    service: z.string(),
    run: count,
    waitingMs: count,
    beforeMs: count,
    startingMs: count,
    readyMs: count,
  }),
  z.strictObject({
    time,
    type: z.literal('crash'),
    service: z.string(),
    run: count,
    code: z.nullable(count),
    signal: z.nullable(z.string()),
    uptimeMs: z.number(),
    error: z.string(),
  }),
  z.strictObject({
    time,
    type: z.literal('conflictEnded'),
    service: z.string(),
    port,
    outcome: z.enum(['killed', 'rerouted', 'reused', 'retried', 'skipped', 'failed']),
  }),
  z.strictObject({
    time,
    type: z.literal('conflict'),
    service: z.string(),
    port,
    owners: z.array(z.strictObject({ name: z.string(), pid })),
  }),
  z.strictObject({
    time,
    type: z.literal('health'),
    service: z.string(),
    status: z.enum(['pass', 'fail']),
    latencyMs: z.number(),
    message: z.string(),
  }),
  z.strictObject({
    time,
    type: z.literal('port'),
    service: z.string(),
    port: z.nullable(port),
    previous: z.nullable(port),
  }),
  z.strictObject({
    time,
    type: z.literal('startup'),
    readyMs: z.nullable(count),
    services: z.array(
      z.strictObject({
        service: z.string(),
        waitingMs: count,
        beforeMs: count,
        startingMs: count,
        readyMs: z.nullable(count),
      }),
    ),
    criticalPath: z.array(z.strictObject({ service: z.string(), ms: count })),
  }),
  z.strictObject({ time, type: z.literal('screen'), state: z.enum(['came', 'left']) }),
]);

it.skipIf(isPortable)('JSON output has its documented shape', async () => {
  const [webPort = 0, takenPort = 0] = await freePorts(2);
  const project = createTempProject({
    config: `services:
  web: {command: ${fixtureCommand('web-server')}, port: ${webPort}, health: /health}
  bad: {command: "echo last words; exit 3", restart: "no"}
  held: {command: exec sleep 1000, port: ${takenPort}}
  later: {command: exec sleep 1000, depends_on: [held]}
`,
  });
  await holdPort(takenPort);
  expect(await runDev(project, ['up', '-d', '--timeout', '10s'])).toMatchObject({ exitCode: 5 });
  for (const [line, shape] of Object.entries(SHAPES)) {
    const { stdout, stderr } = await runDev(project, line.split(' '));
    expect(stderr, line).toBe('');
    expect(() => shape.parse(JSON.parse(stdout)), `${line}\n${stdout}`).not.toThrow();
  }
  const items = async (args: readonly string[]) => {
    const { stdout } = await runDev(project, args);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  };
  const lines = z.array(LOG_LINE).parse(await items(['logs', '--json']));
  expect(lines.map(({ text }) => text)).toContain('last words');
  const events = z.array(EVENT).parse(await items(['events']));
  expect(new Set(events.map(({ type }) => type))).toEqual(
    new Set(['session', 'state', 'start', 'exit', 'crash', 'conflict']),
  );
});

it('JSON output of a failed command is an error with code, message and hint on stdout', async () => {
  const project = createTempProject({ config: 'services:\n  job: {command: exec sleep 1000}\n' });
  const tellsOf = async (args: readonly string[], code: string, exitCode: number) => {
    const result = await runDev(project, args);
    expect(result, args.join(' ')).toMatchObject({ exitCode, stderr: '' });
    expect(failure.parse(JSON.parse(result.stdout)).error.code).toBe(code);
  };
  await tellsOf(['status', '--json'], 'no_session', 6);
  await tellsOf(['health', '--json'], 'no_session', 6);
  await tellsOf(['status', '--json', '--nonsense'], 'usage', 2);
  await runDev(project, ['up', '-d']);
  await tellsOf(['why', 'nobody', '--json'], 'no_such_service', 4);
  await tellsOf(['ports', '0', '--json'], 'usage', 2);
  project.write('.project.config', 'services: 7');
  await tellsOf(['config', '--json'], 'config_invalid', 3);
});
