import { expect, it } from 'vitest';
import type { SessionFact } from '../../../src/core/session/events.ts';
import type { HistoryItem, HistoryQuery } from '../../../src/core/session/history.ts';
import { InsightWatch } from '../../../src/supervisor/chronicle/insight-watch.ts';
import { openLocalSession } from '../../helpers/local-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

function openWatch() {
  const { system, supervisor } = openLocalSession([serviceSpec('api'), serviceSpec('web')]);
  const { clock } = system;
  const items: HistoryItem[] = [];
  const queries: HistoryQuery[] = [];
  let tell: (fact: SessionFact) => void = () => undefined;
  let write: () => void = () => undefined;
  let isReadable = true;
  let announced = 0;
  const reader = {
    items: (query: HistoryQuery) => {
      queries.push(query);
      return items.filter((item) => query.types?.includes(item.type) === true);
    },
    minutes: () => [],
    states: () => [],
    close: () => undefined,
  };
  const watch = new InsightWatch({
    supervisor: { state: supervisor.state, announce: () => void (announced += 1) },
    events: { onFact: (listener) => (tell = listener) },
    history: {
      onWritten: (listener) => (write = listener),
      read: async (ask) => (isReadable ? ask(reader) : undefined),
    },
    clock,
  });
  const crash = (): void => {
    const time = new Date(clock.wallMs()).toISOString();
    const fact = {
      type: 'crash',
      service: 'api',
      run: 1,
      code: 1,
      signal: null,
      uptimeMs: 1,
      error: 'no cheese',
    } as const;
    items.push({ at: time, ...fact, actor: null });
    tell({ time, ...fact });
  };
  const written = async (): Promise<void> => {
    write();
    await system.advance(0);
  };
  const allow = (next: boolean): void => void (isReadable = next);
  return { system, watch, queries, crash, written, allow, announcements: () => announced };
}

it('asks the history after a crash, once that is written, and tells only what is new', async () => {
  const { watch, queries, crash, written, announcements } = openWatch();
  await written();
  expect(queries).toEqual([]);
  for (let count = 0; count < 3; count += 1) {
    crash();
    await written();
  }
  expect(watch.known.get('api')).toEqual([
    { kind: 'same crash', text: 'third crash today with the same error: no cheese' },
  ]);
  expect(announcements()).toBe(1);
  const asked = queries.length;
  await written();
  expect(queries).toHaveLength(asked);
  for (const { newest, services, types } of queries)
    expect([newest, services]).toEqual([300, types?.includes('commit') === true ? undefined : ['api']]);
});

it('asks again later when the history could not be read', async () => {
  const { watch, crash, written, allow } = openWatch();
  for (let count = 0; count < 3; count += 1) crash();
  allow(false);
  await written();
  expect(watch.known.size).toBe(0);
  allow(true);
  await written();
  expect(watch.known.get('api')).toHaveLength(1);
});

it('looks at the memory of all services every ten minutes', async () => {
  const { system, queries, written } = openWatch();
  await system.advance(10 * 60_000);
  await written();
  expect(new Set(queries.flatMap(({ services }) => services ?? []))).toEqual(new Set(['api', 'web']));
});
