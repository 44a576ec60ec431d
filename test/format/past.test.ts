import { expect, it } from 'vitest';
import type { EventFact } from '../../src/core/session/events.ts';
import type { HistoryItem } from '../../src/core/session/history.ts';
import { factWords } from '../../src/format/fact-words.ts';
import { pastLine } from '../../src/format/past.ts';

const item = (fact: EventFact, actor: string | null = null): HistoryItem => ({
  at: '2026-06-01T12:00:00.000Z',
  ...fact,
  actor,
});

it('says in commands what the timeline on the screen says', () => {
  const facts: readonly EventFact[] = [
    { type: 'crash', service: 'api', run: 1, code: 1, signal: null, uptimeMs: 4_000, error: 'no cheese' },
    { type: 'restart', service: 'api', restarts: 1, cause: 'exited with code 1' },
    { type: 'conflict', service: 'api', port: 80, owners: [{ name: 'nginx', pid: 7 }] },
    { type: 'commit', commit: 'a'.repeat(40), branch: 'main' },
    { type: 'errors', service: 'api', count: 2, line: 'ERROR x' },
  ];
  for (const fact of facts) expect(pastLine(item(fact)).text).toBe(factWords(fact)?.text);
});

it('says who asked, once', () => {
  expect(pastLine(item({ type: 'restart', service: 'api', restarts: 0, cause: 'as asked' }, 'ada')).text).toBe(
    'restarted: as asked (ada)',
  );
  expect(pastLine(item({ type: 'decision', service: 'api', choice: 'kill', actor: 'ada' }, 'ada')).text).toBe(
    'ada chose: kill',
  );
});

it('says also what the screen leaves out, in one line without control characters', () => {
  const state: EventFact = { type: 'state', service: 'api', state: 'waiting', previous: 'stopped', run: 1, why: 'db' };
  expect(pastLine(item(state))).toEqual({ service: 'api', text: 'waiting: db', tone: 'muted' });
  const exit: EventFact = { type: 'exit', service: 'api', run: 1, code: null, signal: 'SIGTERM' };
  expect(pastLine(item(exit)).text).toBe('ended by SIGTERM');
  const crash: EventFact = {
    type: 'crash',
    service: 'api',
    run: 1,
    code: 1,
    signal: null,
    uptimeMs: 1,
    error: 'a\u001B[2Jb\nc',
  };
  expect(pastLine(item(crash)).text).not.toContain('\u001B');
});
