// bin/answer.sh tells what Node would tell, byte for byte, and only with the proof that Node asks for.

import { spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { paint, plain } from '../../../src/cli/context/output.ts';
import { addressLines } from '../../../src/cli/text/address-lines.ts';
import { statusLines } from '../../../src/cli/text/status-lines.ts';
import { statusTable } from '../../../src/cli/text/status-table.ts';
import type { SessionSnapshot } from '../../../src/core/session/snapshot.ts';
import { terminalSafe } from '../../../src/core/output/unseen.ts';
import type { AnswerFacts } from '../../../src/main/session/answer-text.ts';
import { Answers } from '../../../src/main/session/answers.ts';
import { createClock } from '../../../src/system/clock.ts';
import { uptimeHundredths } from '../../../src/system/linux/proc.ts';
import { serviceView } from '../../fakes/fake-session.ts';
import { eventually } from '../../helpers/eventually.ts';
import { spawnInPty } from '../../helpers/pty-app.ts';
import {
  answersOf,
  ask,
  ASKS_NODE,
  createPlace,
  type Place,
  snapshotOf,
  stopNow,
  tell,
  VERSION,
} from './answer-place.ts';

/** As `status` prints it to a terminal of that width, or to a pipe. */
function printed(snapshot: SessionSnapshot, wallMs: number, columns?: number): string {
  const style = columns === undefined ? plain : paint;
  const context = {
    output: { paint: style },
    terminal: { size: () => (columns === undefined ? undefined : { columns, rows: 40 }) },
    clock: { wallMs: () => wallMs },
  } as unknown as Parameters<typeof statusTable>[0];
  return `${terminalSafe(statusLines(snapshot, statusTable(context, snapshot.services), style).join('\n'))}\n`;
}

/** Half a second from where the text changes, so that it stays the same while the test runs. */
function startedBefore(wallMs: number, seconds: number): string {
  return new Date(wallMs - seconds * 1_000 - 300).toISOString();
}

const UPTIMES = [0, 9, 59, 60, 69, 3_599, 3_600, 7_265, 86_399, 86_400, 8_640_000 + 3_600, -50];

const STATES: readonly (readonly [string, (wallMs: number) => SessionSnapshot])[] = [
  ['one service', (wallMs) => snapshotOf([serviceView({ name: 'web', startedAt: startedBefore(wallMs, 5) })])],
  ...UPTIMES.map(
    (seconds) =>
      [
        `an uptime of ${seconds} s`,
        (wallMs: number) =>
          snapshotOf([
            serviceView({ name: 'web', startedAt: startedBefore(wallMs, seconds), url: 'http://localhost:5173/' }),
            serviceView({ name: 'db', startedAt: null, state: 'stopped', ready: false, wanted: false, url: null }),
          ]),
      ] as const,
  ),
  [
    'reasons, alerts and characters of every kind',
    (wallMs) =>
      snapshotOf([
        serviceView({
          name: 'api',
          state: 'failed',
          ready: false,
          startedAt: startedBefore(wallMs, 70),
          why: 'it said "\u0081\u0082\u0088 ● – 語 \u202E \\n \\ $HOME `x` %s *"\nand more',
          restarts: 3,
        }),
        serviceView({ name: 'web', why: 'L R N .', startedAt: startedBefore(wallMs, 1) }),
        serviceView({ name: 'worker', why: '\uE000\uE001', startedAt: startedBefore(wallMs, 1) }),
      ]),
  ],
  ['no services', () => snapshotOf([])],
  [
    'the end of a session',
    (wallMs) => snapshotOf([serviceView({ name: 'web', startedAt: startedBefore(wallMs, 5) })], { ending: true }),
  ],
  [
    'a changed config',
    (wallMs) =>
      snapshotOf([serviceView({ name: 'web', startedAt: startedBefore(wallMs, 5) })], {
        config: { status: 'pending', changes: [], version: 1, problem: null },
      } as unknown as Partial<SessionSnapshot['session']>),
  ],
];

describe('status without Node is the same', () => {
  it.each(STATES)('of %s', (_, make) => {
    const place = createPlace();
    const snapshot = make(place.facts.wallMs);
    tell(place, snapshot);
    const isSettled = snapshot.services.filter(({ wanted }) => wanted).every(({ ready }) => ready);
    const code = isSettled ? 0 : 1;
    expect(ask(place, ['status'])).toEqual({ stdout: printed(snapshot, place.facts.wallMs), stderr: '', code });
    expect(ask(place, ['ps'], { cwd: join(place.root, 'src/deep') }).stdout).toBe(
      printed(snapshot, place.facts.wallMs),
    );
    const json = `${JSON.stringify({ schemaVersion: 1, data: snapshot })}\n`;
    const isPlain = terminalSafe(json) === json;
    expect(ask(place, ['status', '--json'])).toEqual(isPlain ? { stdout: json, stderr: '', code } : ASKS_NODE);
  });

  it('in colour on a terminal that is wide enough, and is left to Node on others', async () => {
    const place = createPlace();
    const snapshot = snapshotOf([
      serviceView({ name: 'web', startedAt: startedBefore(place.facts.wallMs, 5), restarts: 2 }),
    ]);
    tell(place, snapshot);
    const onTerminal = async (columns: number, env: Readonly<Record<string, string>>) => {
      const path = process.env['PATH'] ?? '';
      const app = spawnInPty({
        command: [place.script, 'status'],
        cwd: place.root,
        columns,
        env: { PATH: path, ...env },
      });
      const { exitCode } = await app.waitForExit();
      return { output: app.output().replaceAll('\r\n', '\n'), exitCode };
    };
    const wide = printed(snapshot, place.facts.wallMs, 200);
    expect(await onTerminal(200, { TERM: 'xterm' })).toEqual({ output: wide, exitCode: 0 });
    const bare = printed(snapshot, place.facts.wallMs);
    expect(await onTerminal(200, { TERM: 'dumb' })).toEqual({ output: bare, exitCode: 0 });
    expect(await onTerminal(200, { TERM: 'xterm', NO_COLOR: '1' })).toEqual({ output: bare, exitCode: 0 });
    expect(await onTerminal(60, { TERM: 'xterm' })).toEqual({ output: 'node\n', exitCode: 9 });
  });

  it('and ensure prints all URLs, but asks Node while a service is not ready', () => {
    const place = createPlace();
    const [web, db] = [
      serviceView({ name: 'web', url: 'http://localhost:1/' }),
      serviceView({ name: 'db', url: null }),
    ];
    tell(place, snapshotOf([web, db]));
    expect(ask(place, ['ensure'])).toEqual({ stdout: `${addressLines([web, db]).join('\n')}\n`, stderr: '', code: 0 });
    for (const snapshot of [
      snapshotOf([web, { ...db, ready: false, state: 'starting' }]),
      snapshotOf([web, { ...db, wanted: false, state: 'stopped', ready: false }]),
      snapshotOf([web], { ending: true }),
    ]) {
      tell(place, snapshot);
      expect(ask(place, ['ensure'])).toEqual(ASKS_NODE);
    }
  });
});

it('answers without Node stop while a change is not written, and after the end', async () => {
  const place = createPlace();
  const { answers: answersFile, owner } = place;
  const { boot, ...supervisor } = owner;
  const snapshot = snapshotOf([serviceView({ name: 'web' })]);
  const left = answersOf(place.root, { ...owner, startTicks: 1 });
  writeFileSync(left, '');
  const paths = { answersFile: join(place.root, '.devdeck/answers') };
  const answers = new Answers({
    paths,
    configFile: join(place.root, '.project.config'),
    clock: createClock(),
    supervisor,
    boot,
    version: VERSION,
  });
  onTestFinished(() => answers.close());
  const told = { snapshot, json: JSON.stringify(snapshot) };
  answers.update(told);
  await eventually('a first answer', () => existsSync(answersFile));
  expect(existsSync(left)).toBe(false);
  expect(ask(place, ['status']).code).toBe(0);
  answers.doubt();
  expect(ask(place, ['status'])).toEqual(ASKS_NODE);
  answers.update(told);
  expect(ask(place, ['status']).code).toBe(0);
  answers.update(undefined);
  expect(ask(place, ['status'])).toEqual(ASKS_NODE);
  answers.update(told);
  expect(ask(place, ['status']).code).toBe(0);
  answers.close();
  expect(existsSync(answersFile)).toBe(false);
});

describe('Node is asked', () => {
  const ready = snapshotOf([serviceView({ name: 'web' })]);

  it.each([
    ['status', 'web'],
    ['status', '-q'],
    ['status', '--json', '--no-color'],
    ['status', '--watch'],
    ['ensure', 'web'],
    ['up', '-d'],
  ])('for %s %s', (...args) => {
    const place = createPlace();
    tell(place, ready);
    expect(ask(place, args)).toEqual(ASKS_NODE);
  });

  it.each<readonly [string, Partial<Place['owner']>]>([
    ['another boot', { boot: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }],
    ['a process that began at another time', { startTicks: 1 }],
    ['a process that is gone', { pid: 4_194_303 }],
    ['a process that is none', { pid: -1 }],
  ])('where the file is named after %s', (_, changed) => {
    const place = createPlace();
    tell(place, ready);
    renameSync(place.answers, answersOf(place.root, { ...place.owner, ...changed }));
    expect(ask(place, ['status'])).toEqual(ASKS_NODE);
  });

  it('at once where a file that came with the project never ends', () => {
    const place = createPlace();
    const path = answersOf(place.root, { ...place.owner, startTicks: 1 });
    for (const endless of [path, join(place.root, '.devdeck/answers')]) {
      writeFileSync(endless, '');
      truncateSync(endless, 2 ** 40);
    }
    expect(ask(place, ['status'])).toEqual(ASKS_NODE);
  });

  it.each<readonly [string, Partial<AnswerFacts>]>([
    ['of another version', { version: '1.2.4' }],
    ['without a sign of life for three seconds', { uptime: uptimeHundredths() - 300 }],
    ['from the future', { uptime: uptimeHundredths() + 100_000 }],
  ])('where the file is %s', (_, changed) => {
    const place = createPlace();
    tell(place, ready, changed);
    expect(ask(place, ['status'])).toEqual(ASKS_NODE);
  });

  it.each<readonly [string, (place: Place) => void]>([
    ['is a link', ({ answers }) => (renameSync(answers, `${answers}.real`), symlinkSync(`${answers}.real`, answers))],
    [
      'lies behind a link',
      ({ root }) => (renameSync(join(root, '.devdeck'), join(root, 'd')), symlinkSync('d', join(root, '.devdeck'))),
    ],
    ['is a folder', ({ answers }) => (renameSync(answers, `${answers}.real`), mkdirSync(answers))],
    ['was cut short', ({ answers }) => truncateSync(answers, readFileSync(answers, 'utf8').indexOf('\nL') + 20)],
    ['is empty', ({ answers }) => writeFileSync(answers, '')],
    ['is something else', ({ answers }) => writeFileSync(answers, 'devdeck 3 1.2.3\n$(touch pwned)\n`touch pwned`\n')],
    ['tells of a stopped supervisor', ({ supervisor }) => stopNow(supervisor)],
  ])('where the file %s', (_, spoil) => {
    const place = createPlace();
    tell(place, ready);
    expect(ask(place, ['status']).code).toBe(0);
    spoil(place);
    expect(ask(place, ['status'])).toEqual(ASKS_NODE);
  });

  it.runIf(process.getuid?.() === 0)('when the file belongs to another user', () => {
    const place = createPlace();
    tell(place, ready);
    chownSync(place.answers, 65_534, 65_534);
    expect(ask(place, ['status'])).toEqual(ASKS_NODE);
  });

  it('in a copy of the project', () => {
    const place = createPlace();
    tell(place, ready);
    const copy = `${place.root}-copy`;
    cpSync(place.root, copy, { recursive: true });
    expect(ask(place, ['status'], { cwd: copy })).toEqual(ASKS_NODE);
  });

  it('when the output cannot be written, and colour is forced', () => {
    const place = createPlace();
    tell(place, ready);
    const full = spawnSync('sh', ['-c', `exec ${place.script} status >/dev/full`], { cwd: place.root });
    expect(full.status).not.toBe(0);
    expect(ask(place, ['status'], { env: { FORCE_COLOR: '1' } })).toEqual(ASKS_NODE);
  });
});
