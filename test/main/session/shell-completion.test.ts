// bin/complete.sh offers what Node would offer, byte for byte, and leaves to Node what it cannot prove.

import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complete } from '../../../src/cli/arguments/complete.ts';
import { COMMANDS } from '../../../src/cli/arguments/commands-table.ts';
import type { ActionView, SessionSnapshot } from '../../../src/core/session/snapshot.ts';
import { uptimeHundredths } from '../../../src/system/linux/proc.ts';
import { serviceView } from '../../fakes/fake-session.ts';
import { ask, ASKS_NODE, createPlace, type Place, snapshotOf, stopNow, tell } from './answer-place.ts';

const SHELLS = [['dash'], ['bash', '--posix'], ['busybox', 'sh']];
const SERVICES = ['backend', 'db', 'status-page', 'x.y_z', 'up'];
const MISSING = { status: 'missing', file: '.project.config', version: 1, changes: [], problem: null } as const;
const NAMES = { services: SERVICES, actions: ['seed', 'reset'].map((name) => ({ name, params: [] })) };

function runningSnapshot(session: Partial<SessionSnapshot['session']> = {}): SessionSnapshot {
  const actions = NAMES.actions as unknown as readonly ActionView[];
  const services = SERVICES.map((name) => serviceView({ name }));
  return snapshotOf(services, { actions, ...session });
}

function tab(place: Place, words: readonly string[], shell: readonly string[] = []) {
  return ask(place, ['__complete', '--', ...words], { shell });
}

async function byNode(words: readonly string[]) {
  const candidates = await complete(words, async () => NAMES);
  const stdout = candidates.map(({ value, description }) => `${value}\t${description}\n`).join('');
  return { stdout, stderr: '', code: 0 };
}

async function expectSame(place: Place, lines: readonly (readonly string[])[], shell?: readonly string[]) {
  for (const words of lines) {
    tell(place, runningSnapshot(), { uptime: uptimeHundredths() });
    expect({ words, ...tab(place, words, shell) }).toEqual({ words, ...(await byNode(words)) });
  }
}

const LINES: readonly (readonly string[])[] = [
  [],
  ...['', 'st', 'b', 'up', 'zz', '-', '--', '--p', '-C', '*', '[', 'x.', '$HOME', '`', '\\', "'"].map((word) => [word]),
  ...['', 'b', '-', '--', '--n'].flatMap((word) => [
    ['restart', 'db', word],
    ['logs', '-f', '--since', '5m', 'db', word],
    ['--', word],
    ['up', '--', word],
    ['db', word],
    ['up', '', word],
    ['-q', 'up', word],
    ['up', '--on-conflict', word],
    ['start', '--port', word],
    ['*:--project', word],
    ['-x:--project', word],
    ['run', 'db', word],
    ['status', 'up', word],
    ['logs', '-n', '-n', '-n', word],
    ['help', 'up', word],
    ['do:1', word],
  ]),
  ['do', ''],
  ['do', 's'],
  ['do', '--'],
  ['-q', 'do', ''],
  ['do', '-'],
  ['start', '--port', 'db='],
  ['-C', ''],
  ['-c', 'x', '--'],
  ['up', '-C', 'x', '--'],
];

describe('completion without Node is the same', () => {
  it.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('in %s at every place', async (_, shell) => {
    const place = createPlace();
    await expectSame(place, LINES, shell);
  });

  it('behind every command and every option', async () => {
    const place = createPlace();
    const spellings = COMMANDS.flatMap((command) => [command.name, ...('alias' in command ? [command.alias] : [])]);
    const options = (name: string) =>
      COMMANDS.filter((command) => command.name === name).flatMap((spec) => spec.options);
    const lines = spellings.flatMap((name) => [
      [name, ''],
      [name, '-'],
      ...(name === 'do' ? [] : [...options(name), { flags: '-q, --quiet' }])
        .flatMap(({ flags }) => flags.split(/[ ,]+/).filter((flag) => flag.startsWith('-')))
        .map((flag) => [name, flag, '']),
    ]);
    expect(lines.length).toBeGreaterThan(200);
    await expectSame(place, lines);
  });
});

describe('Node completes', () => {
  it.each<readonly [string, readonly string[]]>([
    ['the parameters of an action', ['do', 'seed', '']],
    ['names of another folder', ['-C', 'other', 'restart', '']],
    ['names of another config', ['-c', 'other', '']],
    ['a line with a line end in a word', ['up\nup', '']],
  ])('%s', (_, words) => {
    const place = createPlace();
    tell(place, runningSnapshot());
    expect(tab(place, words)).toEqual(ASKS_NODE);
  });

  it.each<readonly [string, (place: Place) => void]>([
    ['nothing runs', ({ answers }) => rmSync(answers)],
    ['the supervisor is stopped', ({ supervisor }) => stopNow(supervisor)],
    [
      'the session gave no sign of life',
      (place) => tell(place, runningSnapshot(), { uptime: place.facts.uptime - 300 }),
    ],
    ['the session runs by another config', (place) => tell(place, runningSnapshot(), { hasUsualConfig: false })],
    ['an edited config is not applied', (place) => tell(place, runningSnapshot({ config: MISSING }))],
    [
      'the config is gone',
      ({ root }) => (writeFileSync(join(root, '.devdeck/session.json'), ''), rmSync(join(root, '.project.config'))),
    ],
    ['the config is newer than the answers', ({ root }) => makeNew(join(root, '.project.config'))],
    ['its overlay is newer than the answers', ({ root }) => makeNew(join(root, '.project.config.local'))],
  ])('names of services where %s', async (_, spoil) => {
    const place = createPlace();
    tell(place, runningSnapshot());
    expect(tab(place, ['restart', '']).code).toBe(0);
    spoil(place);
    expect(tab(place, ['restart', ''])).toEqual(ASKS_NODE);
    expect(tab(place, ['up', '--'])).toEqual(await byNode(['up', '--']));
  });
});

function makeNew(path: string): void {
  writeFileSync(path, '');
  const soon = Date.now() / 1_000 + 60;
  utimesSync(path, soon, soon);
}
