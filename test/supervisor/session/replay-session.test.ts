// A session replayed from its recording shows what the session showed.

import {
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
  type Arbitrary,
} from 'fast-check';
import { expect, it } from 'vitest';
import type { Session } from '../../../src/core/session/session.ts';
import type { UsageHistory } from '../../../src/core/session/inspection.ts';
import type { Startup } from '../../../src/core/session/startup.ts';
import type { SessionSnapshot } from '../../../src/core/session/snapshot.ts';
import { feedRecording } from '../../../src/supervisor/chronicle/recording-feed.ts';
import { Recorder } from '../../../src/supervisor/recording/recorder.ts';
import { readRecording } from '../../../src/supervisor/recording/recording.ts';
import { createReplaySession } from '../../../src/supervisor/session/replay-session.ts';
import { openLocalSession } from '../../helpers/local-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const SECRET = 'hunter2-hunter2';
const NAMES = ['db', 'api', 'web'];

function openRecorded() {
  const lines: string[] = [];
  let recorder: Recorder | undefined;
  const opened = openLocalSession(
    [
      serviceSpec('db', { port: portSpec(5432) }),
      serviceSpec('api', {
        command: { kind: 'shell', line: `serve --token ${SECRET}` },
        port: portSpec(8000),
        dependsOn: [{ service: 'db', condition: 'started' }],
        env: { API_TOKEN: SECRET },
      }),
      serviceSpec('web'),
    ],
    {
      recorder: (project, masker) => {
        const write = (line: string) => lines.push(line);
        const digest = (value: string) => `#${value.length}`;
        const wallOffsetMs = 1_700_000_000_000;
        recorder = new Recorder({ project, masker, write, digest, version: '1.0.0', wallOffsetMs });
        return recorder;
      },
    },
  );
  const { system, supervisor, events, session } = opened;
  if (recorder === undefined) throw new Error('nothing records');
  const facts = () => session.snapshotNow().session;
  feedRecording({ recorder, supervisor, events, clock: system.clock, insights: () => new Map(), session: facts });
  const replay = () => createReplaySession(readRecording(`${lines.join('\n')}\n`, 'it'), system.clock);
  return { ...opened, lines, replay };
}

interface Look {
  readonly atMs: number;
  readonly snapshot: SessionSnapshot;
  readonly startup: Startup | undefined;
  readonly usage: UsageHistory;
}

/** Without what a recording does not know, as of starts before it, and without phases and steps that took no time. */
function compared(startup: Startup | undefined) {
  const services = startup?.services.map(({ phases, ...start }) => ({
    ...start,
    phases: phases.filter(({ fromMs, toMs }) => fromMs !== toMs),
  }));
  // The path of a start-up that goes on is a guess, made at another moment in the session and in the replay.
  const criticalPath = startup?.readyMs === null ? [] : startup?.criticalPath.filter(({ ms }) => ms > 0);
  return { ...startup, services, criticalPath, at: '', usualMs: null, comparedStarts: 0 };
}

type Deed =
  | { readonly type: 'restart' | 'stop' | 'start' | 'crash' | 'print'; readonly service: string }
  | { readonly type: 'wait'; readonly ms: number };

const deed: Arbitrary<Deed> = oneof(
  record({
    type: constantFrom('restart', 'stop', 'start', 'crash', 'print'),
    service: constantFrom(...NAMES),
  }),
  record({ type: constant('wait'), ms: integer({ min: 1, max: 30_000 }) }),
);

async function perform(opened: ReturnType<typeof openRecorded>, done: Deed): Promise<void> {
  const { system, session, view } = opened;
  if (done.type === 'wait') return system.advance(done.ms);
  const { service } = done;
  if (done.type === 'restart') await session.restart([service]);
  if (done.type === 'stop') await session.stop([service]);
  if (done.type === 'start') await session.start([service]);
  const isUp = (view(service)?.pid ?? null) !== null;
  if (done.type === 'crash' && isUp) system.end(system.child(service), 1, null);
  if (done.type === 'print' && isUp) system.child(service).handlers.onData(Buffer.from(`Error: no ${SECRET}\n`), 'out');
  // A look at the processes, and news of the output, come at times of their own.
  await system.advance(50);
}

it('a replay shows the same snapshot as the session at each recorded time', async () => {
  await assert(
    asyncProperty(array(deed, { minLength: 1, maxLength: 12 }), async (deeds) => {
      const opened = openRecorded();
      const { system, session } = opened;
      const looks: Look[] = [];
      await session.start([]);
      await system.advance(10);
      for (const each of deeds) {
        await perform(opened, each);
        looks.push({
          atMs: system.clock.wallMs(),
          snapshot: session.snapshotNow(),
          startup: await session.readStartup(),
          usage: await session.readUsage(20),
        });
        await system.advance(1);
      }
      const offsetMs = system.clock.wallMs() - system.clock.nowMs();
      const { session: shown, replay } = opened.replay();
      for (const { atMs, snapshot, startup, usage } of looks) {
        replay.seek(atMs - offsetMs + 1_700_000_000_000);
        expect(withTimesFrom(await shown.snapshot(), 1_700_000_000_000)).toEqual(withTimesFrom(snapshot, offsetMs));
        // After its last entry a recording stands still.
        if (replay.nowMs() < atMs - offsetMs + 1_700_000_000_000) continue;
        expect(compared(await shown.readStartup())).toEqual(compared(startup));
        expect(await shown.readUsage(20)).toEqual(usage);
      }
    }),
    { numRuns: 100 },
  );
});

/** Times as milliseconds since the monotonic zero, whatever the wall clock said. */
function withTimesFrom(snapshot: SessionSnapshot, offsetMs: number): unknown {
  const text = JSON.stringify(snapshot, (_key, value: unknown) => {
    const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
    return isTime ? Date.parse(value) - offsetMs : value;
  });
  return { ...(JSON.parse(text) as SessionSnapshot), session: snapshot.session };
}

async function recordedCrash() {
  const opened = openRecorded();
  const { system, session } = opened;
  await session.start([]);
  await system.advance(1_000);
  system.child('web').handlers.onData(Buffer.from(`first\nError: ${SECRET} \u001B[2J\n`), 'out');
  await system.advance(1_000);
  system.end(system.child('web'), 1, null);
  await system.advance(5_000);
  return { ...opened, ...opened.replay(), ran: session };
}

it('a replay has the facts with their times, and the recorded output', async () => {
  const { session, told, replay } = await recordedCrash();
  const { facts, next } = await session.readFacts(0);
  expect(facts.map(({ type }) => type)).toEqual(told().map(({ type }) => type));
  expect(next).toBe(facts.length);
  expect((await session.readFacts(next - 1)).facts).toHaveLength(1);
  const { lines } = await session.readLogs({ service: 'web', from: 0, count: 10 });
  expect(lines.filter(({ own }) => own !== true).map(({ text }) => text)).toEqual(['first', 'Error: ******** ']);
  const filter = { matching: ['error'], excluding: [], errorsOnly: false };
  const found = await session.searchLogs({ service: 'web', filter, from: 0, direction: 'newer', limit: 5 });
  expect(found.lines.map(({ text }) => text)).toEqual(['Error: ******** ']);
  expect(replay.toMs - replay.fromMs).toBeGreaterThan(5_000);
});

it('a replay notifies its clients of another moment, and stays within the recording', async () => {
  const { session, replay } = await recordedCrash();
  const states: string[] = [];
  session.subscribe((event) => {
    if (event.type === 'services') states.push(event.services.find(({ name }) => name === 'web')?.state ?? '');
  });
  replay.seek(replay.fromMs - 1_000_000);
  expect(replay.nowMs()).toBe(replay.fromMs);
  replay.seek(replay.fromMs + 1_500);
  replay.seek(replay.fromMs + 2_100);
  replay.seek(undefined);
  expect(replay.nowMs()).toBe(replay.toMs);
  expect(states.slice(1)).toEqual(['ready', 'backoff', 'ready']);
});

it('a replay performs no request', async () => {
  const { session } = await recordedCrash();
  const calls: ((session: Session) => Promise<unknown>)[] = [
    (each) => each.start([]),
    (each) => each.stop([]),
    (each) => each.restart([]),
    (each) => each.shutdown(),
    (each) => each.typeAnswer('web', 'yes'),
    (each) => each.resolveConflict('web', { choice: 'retry' }),
    (each) => each.openTerminal('web', { columns: 80, rows: 24 }, () => {}),
  ];
  for (const call of calls) await expect(call(session)).rejects.toThrow('This is a recording');
});

it.each([
  ['', 'does not say what a session began with'],
  ['not json\n', 'does not say what a session began with'],
  ['{"services":[]}\n', 'in another format'],
  ['{"recording":1,"services":[],"version":"0.9.0","project":{}}\n', 'devdeck 0.9.0 recorded it in another format'],
  ['{"recording":2,"services":[],"project":{"name":"a","root":"/a"},"wallOffsetMs":0}\n', 'nothing happened in it'],
  [
    '{"recording":2,"services":[],"project":{"name":"a","root":"/a"},"wallOffsetMs":0}\n{"atMs":1}\n',
    'its line 2 cannot be replayed',
  ],
])('refuses what is no recording: %j', (text, why) => {
  expect(() => readRecording(text, 'file.jsonl')).toThrow(why);
});

it('a replay ignores a cut last line', async () => {
  const { lines } = await recordedCrash();
  const text = `${lines.join('\n')}\n`;
  const whole = readRecording(text, 'it').moments.length;
  expect(readRecording(text.slice(0, -10), 'it').moments).toHaveLength(whole - 1);
});
