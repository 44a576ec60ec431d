import { expect, it } from 'vitest';
import type { SessionEvent } from '../../src/core/session/session.ts';
import { EventLog } from '../../src/supervisor/chronicle/event-log.ts';
import { Recorder } from '../../src/supervisor/recording/recorder.ts';
import { ownerCard } from '../helpers/core-session.ts';
import { openLocalSession } from '../helpers/local-session.ts';
import { portSpec, serviceSpec } from '../helpers/service-spec.ts';

/** One of each source that a service gets its environment from. */
const SECRETS = {
  config: 'config-7Kf2',
  listed: 'listed-9Qx1',
  envFile: 'envfile-3Lm8',
  dotenv: 'dotenv-5Tz4',
  caller: 'caller-2Wp6',
};
const ALL = Object.values(SECRETS).join(' ');

const health = {
  check: { kind: 'http', url: '/health' },
  intervalMs: 5_000,
  timeoutMs: 1_000,
  retries: 1,
  startPeriodMs: 0,
} as const;

function openShop() {
  const recorded: string[] = [];
  const written: string[] = [];
  const events: SessionEvent[] = [];
  const opened = openLocalSession(
    [
      serviceSpec('api', {
        port: portSpec(8000),
        health,
        env: { API_KEY: SECRETS.config, PLAIN: SECRETS.listed },
        envFiles: ['/shop/.env.api'],
        command: { kind: 'shell', line: `serve --seed ${SECRETS.config}` },
      }),
      serviceSpec('job', { env: {}, restart: { ...serviceSpec('job').restart, when: 'no' } }),
      serviceSpec('web', { port: portSpec(5173) }),
    ],
    {
      secrets: ['PLAIN'],
      callerEnv: { NPM_TOKEN: SECRETS.caller },
      checks: [{ name: 'tools', command: { kind: 'shell', line: 'find-tools' }, timeoutMs: 5_000 }],
      recorder: (project, masker) =>
        new Recorder({
          project,
          masker,
          write: (line) => recorded.push(line),
          digest: (value) => `#${value.length}`,
          version: '1.0.0',
          wallOffsetMs: 0,
        }),
    },
  );
  const { system, supervisor, session } = opened;
  system.texts.set('/shop/.env', `DOT_PASSWORD=${SECRETS.dotenv}\n`);
  system.texts.set('/shop/.env.api', `FILE_SECRET=${SECRETS.envFile}\n`);
  const eventLog = new EventLog({ supervisor, clock: system.clock, write: (line) => written.push(line) });
  session.subscribe((event) => events.push(event));
  return { ...opened, recorded, written, events, eventLog };
}

it('no secret of any source appears in status, events, recordings or answers', async () => {
  const { system, session, view, recorded, written, events } = openShop();
  system.probeAnswers.set(8000, {
    ok: false,
    latencyMs: 2,
    message: `503 ${ALL}`,
    components: [{ name: `db ${ALL}`, status: `down ${ALL}`, ok: false, message: ALL }],
  });
  system.takenPorts.set(5173, [ownerCard(77, { command: `node --token ${SECRETS.caller} ${SECRETS.dotenv}` })]);
  system.failingCommands.set('find-tools', `${ALL}\n`);
  await session.start([]);
  await system.advance(3_000);
  system.child('job').handlers.onData(Buffer.from(`cannot log in: ${ALL}\n`), 'out');
  system.end(system.child('job'), 7, null);
  await system.advance(10_000);

  const answers = [
    session.snapshotNow(),
    await session.inspectService('api'),
    await session.inspectService('job'),
    await session.inspectPort(5173),
    await session.probe([]),
  ];
  for (const text of [JSON.stringify(answers), JSON.stringify(events), recorded.join('\n'), written.join('\n')]) {
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
    expect(text).toContain('********');
  }
  expect(view('job')).toMatchObject({
    state: 'failed',
    lastLines: ['cannot log in: ******** ******** ******** ******** ********'],
  });
  expect(view('job')?.why).toContain('cannot log in: ********');
  expect(view('api')?.health).toMatchObject({ message: '503 ******** ******** ******** ******** ********' });
});

it('a log keeps lines of the service as they are, and masks secrets in lines of devdeck', async () => {
  const command = { kind: 'shell', line: `seed --user ada:${SECRETS.config}` } as const;
  const { system, session } = openLocalSession([
    serviceSpec('api', {
      env: { API_KEY: SECRETS.config },
      before: [{ command, retries: 0, delayMs: 0, timeoutMs: 5_000 }],
    }),
  ]);
  await session.start(['api']);
  await system.advance(100);
  system.child('api').handlers.onData(Buffer.from(`I know ${SECRETS.config}\n`), 'out');
  const { lines } = await session.readLogs({ service: 'api', from: 0, count: 10 });
  const texts = lines.map(({ text }) => text);
  const quoted = await session.readLogs({ service: 'api', from: 0, count: 10, masked: true });
  expect(quoted.lines.map(({ text }) => text)).toContain('I know ********');
  expect(texts).toContain(`I know ${SECRETS.config}`);
  expect(texts.filter((text) => text.includes('before: seed --user ada:********'))).toHaveLength(1);
});
