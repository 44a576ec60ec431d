// What outlives a session, as `history` and `timeline` tell it, and that trouble with it harms nobody.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { HistoryItem } from '../../src/core/session/history.ts';
import { openDatabase } from '../../src/system/state/sqlite.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePorts } from '../helpers/free-port.ts';
import { spawnInPty } from '../helpers/pty-app.ts';
import { DEVDECK, runDev } from '../helpers/run-dev.ts';
import { becomes, readStatus } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const CONFIG = `
services:
  web: {command: "sleep 0.3; echo ready; exec sleep 1000", ready: {log: ready}, before: [sleep 0.2]}
  bad: {command: "echo 'Error: no cheese'; exit 3", restart: {policy: on-failure, max: 2, backoff: 50ms, cool_down: 50ms}, autostart: false}
`;

async function read(project: TempProject, command: 'history' | 'timeline', ...args: readonly string[]) {
  const { stdout, stderr, exitCode } = await runDev(project, [command, '--json', ...args]);
  expect({ stderr, exitCode }).toMatchObject({ exitCode: 0 });
  return (
    JSON.parse(stdout) as {
      data: { items: HistoryItem[]; summary: Record<string, Record<string, number>>; insights: { text: string }[] };
    }
  ).data;
}

it('tells starts with their phases, crashes with their error and restarts with their cause, also when nothing runs', async () => {
  const project = createTempProject({ config: CONFIG });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: project.root });
  git('init', '-q', '-b', 'main');
  git('commit', '-q', '--allow-empty', '-m', 'one');
  await runDev(project, ['up', '-d']);
  await runDev(project, ['restart', 'web', '--wait']);
  await runDev(project, ['start', 'bad']);
  await becomes(project, 'bad', 'failed');
  const running = await read(project, 'history');
  const why = await runDev(project, ['why', 'bad']);
  expect(why.stdout).toContain('\n! fourth crash today with the same error: Error: no cheese');
  await runDev(project, ['stop']);
  const { items, summary, insights } = await read(project, 'history', '--since', '1d');
  expect(items.slice(0, running.items.length)).toEqual(running.items);

  const starts = items.filter((item) => item.type === 'start');
  expect(starts).toHaveLength(2);
  for (const start of starts) {
    expect(start.beforeMs).toBeGreaterThanOrEqual(190);
    expect(start.startingMs).toBeGreaterThanOrEqual(290);
    expect(start.readyMs).toBeGreaterThanOrEqual(start.beforeMs + start.startingMs - 2);
    expect(start.actor).toContain('command');
  }
  expect(items.filter((item) => item.type === 'crash')).toMatchObject(
    Array.from({ length: 4 }, () => ({ service: 'bad', code: 3, error: 'Error: no cheese' })),
  );
  expect(items.filter((item) => item.type === 'restart')).toMatchObject([
    { service: 'web', cause: 'as asked', actor: expect.stringContaining('command') },
    { service: 'bad', cause: expect.stringContaining('exited with code 3'), actor: null },
    { service: 'bad', actor: null },
    { service: 'bad', actor: null },
  ]);
  expect(items.filter((item) => item.type === 'commit')).toMatchObject([{ branch: 'main' }]);
  const times = items.map(({ at }) => at);
  expect(times).toEqual(times.toSorted());
  expect(summary['web']).toMatchObject({ starts: 2, crashes: 0 });
  expect(insights).toMatchObject([
    { service: 'bad', text: expect.stringContaining('fourth crash today with the same error') },
  ]);
  expect(
    (await read(project, 'history', 'web')).items.some((item) => 'service' in item && item.service === 'bad'),
  ).toBe(false);
  expect((await runDev(project, ['history', 'nobody'])).exitCode).toBe(4);

  const text = (await runDev(project, ['history'])).stdout;
  expect(text).toMatch(/web {2}ready after \d+ ms: before \d+ ms, starting \d+ ms \(.+command/);
  expect(text).toContain('! bad: fourth crash today with the same error: Error: no cheese');
});

it('says where people look that a start became slower with a commit, by Node and without it', async () => {
  const project = createTempProject({
    config: `
services:
  web: {command: "sleep $(cat delay); echo ready; exec sleep 1000", ready: {log: ready}}
`,
  });
  project.write('delay', '0');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: project.root });
  git('init', '-q', '-b', 'main');
  git('commit', '-q', '--allow-empty', '-m', 'quick');
  await runDev(project, ['up', '-d']);
  for (let round = 0; round < 6; round += 1) await runDev(project, ['restart', 'web', '--wait']);
  expect((await runDev(project, ['status'])).stdout).not.toContain('usually');

  project.write('delay', '2');
  git('commit', '-q', '--allow-empty', '-m', 'slow');
  const commit = git('rev-parse', 'HEAD').toString().slice(0, 7);
  await runDev(project, ['restart', 'web', '--wait']);
  const text = new RegExp(String.raw`2\.\d s to ready, usually 0\.\d s, since commit ${commit}`);
  expect((await runDev(project, ['why', 'web'])).stdout).toMatch(text);
  const { services } = await readStatus(project);
  expect(services[0]?.insights).toMatchObject([{ kind: 'slow start', text: expect.stringMatching(text) }]);
  // Colour asks Node, a plain status the file that the supervisor keeps.
  const [plain, byNode] = [await runDev(project, ['status']), await runDev(project, ['status', '--no-color'])];
  expect(plain.stdout).toMatch(text);
  const withoutUptime = (table: string) => table.replaceAll(/ *\d+s /g, ' ');
  expect(withoutUptime(plain.stdout)).toBe(withoutUptime(byNode.stdout));

  const app = spawnInPty({ command: [DEVDECK], cwd: project.root, env: project.env });
  await app.waitFor(/history {2,}2\.\d s to ready/);
  app.press('d');
  await app.waitForExit();
  const { items } = await read(project, 'history');
  expect(items.filter(({ type }) => type === 'start')).toHaveLength(8);
  await runDev(project, ['stop']);

  // The next session knows what is usual by what the history keeps.
  project.write('delay', '0');
  await runDev(project, ['up', '-d']);
  expect((await runDev(project, ['why', '--startup'])).stdout).toContain('usually');
  await runDev(project, ['stop']);
});

it('is the same as the events', async () => {
  const project = createTempProject({ config: CONFIG });
  await runDev(project, ['up', '-d']);
  await runDev(project, ['start', 'bad']);
  await becomes(project, 'bad', 'failed');
  await runDev(project, ['restart', 'web', '--wait']);
  await runDev(project, ['stop']);
  const events = (await runDev(project, ['events'])).stdout
    .trim()
    .split('\n')
    .map((line) => {
      const { time, actor, ...fact } = JSON.parse(line) as { time: string; actor?: string };
      return { at: time, actor: actor ?? null, ...fact };
    });
  expect(events.length).toBeGreaterThan(20);
  expect((await read(project, 'timeline')).items).toEqual(events);
});

it('survives a supervisor that is killed, and counts on', async () => {
  const project = createTempProject({ config: CONFIG });
  await runDev(project, ['up', '-d']);
  await read(project, 'history');
  process.kill((await readStatus(project)).session.pid, 'SIGKILL');
  expect((await read(project, 'history')).items.filter(({ type }) => type === 'start')).toHaveLength(1);
  await runDev(project, ['up', '-d']);
  await runDev(project, ['stop']);
  expect((await read(project, 'history')).items.filter(({ type }) => type === 'start')).toHaveLength(2);
});

it('puts a broken history aside, says so, and begins a new one', async () => {
  const project = createTempProject({ config: CONFIG });
  await runDev(project, ['up', '-d']);
  await runDev(project, ['stop']);
  await eventually('the supervisor is gone', () => project.processes().length === 0);
  const path = join(project.root, '.devdeck/history.db');
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  writeFileSync(path, 'broken '.repeat(2_000));
  const unreadable = await runDev(project, ['history']);
  expect(unreadable).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('The history cannot be read') });
  expect(await runDev(project, ['up', '-d'])).toMatchObject({ exitCode: 0 });
  await eventually(
    'the history is written again',
    async () => {
      const { exitCode, stdout } = await runDev(project, ['timeline', '--json']);
      return exitCode === 0 && stdout.includes('the history was broken');
    },
    { timeoutMs: 30_000 },
  );
  expect(readFileSync(`${path}.broken`, 'utf8')).toContain('broken broken');
  expect(await runDev(project, ['stop'])).toMatchObject({ exitCode: 0 });
});

it('does not hold a session up while somebody keeps it locked', async () => {
  const project = createTempProject({ config: CONFIG });
  await runDev(project, ['up', '-d']);
  await read(project, 'history');
  const other = openDatabase(join(project.root, '.devdeck/history.db'), { timeoutMs: 0 });
  other.exec('BEGIN IMMEDIATE');
  const beganMs = performance.now();
  expect(await runDev(project, ['restart', 'web', '--wait'])).toMatchObject({ exitCode: 0 });
  expect(await runDev(project, ['status'])).toMatchObject({ exitCode: 0 });
  expect(performance.now() - beganMs).toBeLessThan(10_000);
  other.exec('ROLLBACK');
  other.close();
  expect((await read(project, 'history')).items.filter(({ type }) => type === 'restart')).toHaveLength(1);
  await runDev(project, ['stop']);
});

it.skipIf(process.getuid?.() === 0)('runs on in a folder that cannot be written', async () => {
  const project = createTempProject({ config: CONFIG });
  await runDev(project, ['up', '-d']);
  chmodSync(join(project.root, '.devdeck'), 0o500);
  expect(await runDev(project, ['restart', 'web', '--wait'])).toMatchObject({ exitCode: 0 });
  chmodSync(join(project.root, '.devdeck'), 0o700);
  await runDev(project, ['stop']);
});

it('lets no secret of environment, files, output, addresses and health bodies out by any way', async () => {
  const secrets = [
    'env-5up3r-s3cr3t',
    'file-5up3r-s3cr3t',
    'url-5up3r-s3cr3t',
    'caller-5up3r-s3cr3t',
    'body-5up3r-s3cr3t',
    'log-5up3r-s3cr3t',
  ];
  const [web, metrics] = (await freePorts(2)) as [number, number];
  const project = createTempProject({
    env: { NPM_TOKEN: 'caller-5up3r-s3cr3t' },
    config: `
services:
  api:
    command: "echo \\"Error: $API_KEY $FILE_SECRET $DATABASE_URL $NPM_TOKEN password=log-5up3r-s3cr3t\\"; exit 1"
    env: {API_KEY: env-5up3r-s3cr3t, DATABASE_URL: "postgres://ada:url-5up3r-s3cr3t@localhost/shop"}
    env_file: .env.api
    restart: {policy: on-failure, max: 2, backoff: 50ms, cool_down: 50ms}
    alerts: {restarts: 1, errors_per_minute: 1}
  web:
    command: node server.mjs
    port: ${web}
    health: {http: /health, interval: 200ms, retries: 1}
    env: {API_KEY: env-5up3r-s3cr3t}
on_alert: "echo $DEV_ALERT_RULE"
metrics: {port: ${metrics}}
`,
  });
  project.write('.env.api', 'FILE_SECRET=file-5up3r-s3cr3t\n');
  project.write(
    'server.mjs',
    `import { createServer } from 'node:http';
let asked = 0;
createServer((_, response) => {
  asked += 1;
  const message = 'postgres://ada:body-5up3r-s3cr3t@db refuses ' + process.env.API_KEY;
  response.statusCode = asked < 3 ? 200 : 503;
  response.end(JSON.stringify({ status: asked < 3 ? 'ok' : 'down', components: { db: { status: 'down', message } } }));
}).listen(${web}, '127.0.0.1');
`,
  );
  const recording = join(project.root, 'recording.jsonl');
  await runDev(project, ['up', '-d'], { env: { DEVDECK_RECORD: recording } });
  await becomes(project, 'api', 'failed');
  await becomes(project, 'web', 'unhealthy');
  const { items } = await read(project, 'history');
  expect(items.filter(({ type }) => type === 'crash').length).toBeGreaterThan(1);

  const outlets = new Map<string, string>();
  const ways =
    'history|timeline|status|status --json|why api|why web|health --json|metrics|events|report|check --running --json';
  for (const way of [...ways.split('|'), 'history --json', 'timeline --json']) {
    const { stdout, stderr } = await runDev(project, way.split(' '));
    outlets.set(way, stdout + stderr);
  }
  for (const path of ['metrics', 'healthz', 'readyz'])
    outlets.set(`/${path}`, await (await fetch(`http://127.0.0.1:${metrics}/${path}`)).text());
  await runDev(project, ['stop']);
  outlets.set('replay', (await runDev(project, ['replay', recording, '--json'])).stdout);
  outlets.set('recording', readFileSync(recording, 'utf8'));
  const dir = join(project.root, '.devdeck');
  for (const name of ['events.jsonl', 'status.json', 'supervisor.log', ...readdirSync(dir)]) {
    if (/^(history\.db|events|status|supervisor)/.test(name) && existsSync(join(dir, name)))
      outlets.set(name, readFileSync(join(dir, name), 'latin1'));
  }

  // What is masked is there: nobody has simply left it out. The history leaves what is new in the log of its database.
  for (const way of ['history', 'timeline', 'status', 'events', 'report', 'history.db-wal', 'recording', '/healthz'])
    expect([way, outlets.get(way)?.includes('********')]).toEqual([way, true]);
  for (const [way, text] of outlets)
    for (const secret of secrets) expect([way, secret, text.includes(secret)]).toEqual([way, secret, false]);
});
