import { expect, it, vi } from 'vitest';
import type { EventFact, SessionFact } from '../../../src/core/session/events.ts';
import type { HistoryItem } from '../../../src/core/session/history.ts';
import { HistoryFeed } from '../../../src/supervisor/chronicle/history-feed.ts';
import type { HistoryTrouble } from '../../../src/system/history/history-store.ts';
import { openLocalSession } from '../../helpers/local-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

function openFeed() {
  const { system, supervisor, session } = openLocalSession([serviceSpec('api')]);
  const { clock } = system;
  const written: HistoryItem[] = [];
  const added: EventFact[] = [];
  const problems: string[] = [];
  let trouble: HistoryTrouble | undefined;
  let listener: (fact: SessionFact) => void = () => undefined;
  const tell = (fact: EventFact): void => listener({ time: new Date(clock.wallMs()).toISOString(), ...fact });
  const feed = new HistoryFeed({
    supervisor,
    clock,
    events: {
      onFact: (each) => (listener = each),
      add: (fact) => {
        added.push(fact);
        tell(fact);
      },
    },
    file: async () => ({
      open: () => ({
        write: ({ items }) => {
          if (trouble !== undefined) throw new Error(`it is ${trouble}`);
          written.push(...items);
        },
        thin: () => false,
        close: () => undefined,
      }),
      openReader: () => undefined,
      putAside: () => 'history.db.broken',
      troubleOf: () => trouble ?? 'other',
    }),
    onProblem: (message) => problems.push(message),
  });
  const crash = (error: string): void =>
    tell({ type: 'crash', service: 'api', run: 1, code: 1, signal: null, uptimeMs: 1, error });
  const fail = (next: HistoryTrouble | undefined): void => void (trouble = next);
  const errors = () => written.flatMap((item) => (item.type === 'crash' ? [item.error] : []));
  return { system, session, feed, crash, fail, errors, added, problems };
}

it('writes what happened together, a few seconds later', async () => {
  const { system, crash, errors } = openFeed();
  crash('one');
  crash('two');
  expect(errors()).toEqual([]);
  await system.advance(3_500);
  expect(errors()).toEqual(['one', 'two']);
});

it.each([
  ['locked', 'the history is locked by another process'],
  ['other', 'the history: Error: it is other'],
] as const)('keeps what happens while it is %s, says so once, and writes it later', async (trouble, problem) => {
  const { system, crash, fail, errors, problems } = openFeed();
  fail(trouble);
  for (const error of ['one', 'two', 'three']) {
    crash(error);
    await system.advance(20_000);
  }
  expect([errors(), problems]).toEqual([[], [problem]]);
  fail(undefined);
  await system.advance(11_000);
  expect(errors()).toEqual(['one', 'two', 'three']);
});

it('the feed reports how many facts are missing after an overflow', async () => {
  const { system, crash, fail, errors, added } = openFeed();
  fail('locked');
  for (let count = 0; count < 5_300; count += 1) crash(`${count}`);
  await system.advance(20_000);
  fail(undefined);
  await system.advance(20_000);
  expect(errors()).toHaveLength(5_000);
  expect(added).toEqual([
    {
      type: 'history',
      state: 'lost',
      message: '300 facts are missing before this one: the history could not be written',
    },
  ]);
});

it('a broken history is set aside, and its place is reported', async () => {
  const { system, crash, fail, errors, added } = openFeed();
  fail('broken');
  crash('one');
  await system.advance(4_000);
  fail(undefined);
  await system.advance(11_000);
  expect(added).toMatchObject([
    { type: 'history', state: 'put aside', message: expect.stringContaining('history.db.broken') },
  ]);
  expect(errors()).toEqual(['one']);
});

it('unwritten facts are reported at the end of the session', async () => {
  const { system, crash, fail, feed, problems } = openFeed();
  fail('locked');
  crash('one');
  crash('two');
  await system.advance(4_000);
  await feed.close();
  expect(problems.at(-1)).toBe('2 facts of this session are not in the history');
});

it('the feed continues after the clock was set back, and loses nothing', async () => {
  const { system, crash, errors } = openFeed();
  crash('before');
  const beforeMs = system.clock.wallMs();
  vi.spyOn(system.clock, 'wallMs').mockReturnValue(beforeMs - 3_600_000);
  crash('after');
  await system.advance(4_000);
  expect(errors()).toEqual(['before', 'after']);
});
