// However many processes are to be started: the event loop gets its turn between them, and their order stays.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { SpawnTurns } from '../../../src/supervisor/runs/spawn-turns.ts';

function startsOf(tookMs: number) {
  let nowMs = 0;
  const started: number[] = [];
  const turns = new SpawnTurns({ nowMs: () => nowMs });
  const take = (number: number, nested: () => void = () => {}): void =>
    turns.take(() => {
      nowMs += tookMs;
      started.push(number);
      nested();
    });
  return { take, started };
}

it('any number of quick starts run at once', () => {
  const { take, started } = startsOf(1.9);
  for (let number = 0; number < 100; number += 1) take(number);
  expect(started).toHaveLength(100);
});

it('slow starts let others run after 200 ms, in order', async () => {
  const { take, started } = startsOf(120);
  for (const number of [0, 1, 2, 3, 4]) take(number, number === 3 ? () => take(6) : undefined);
  expect(started).toEqual([0, 1]);
  take(5);
  expect(started).toEqual([0, 1]);
  await nextTurn();
  expect(started).toEqual([0, 1, 2, 3]);
  await nextTurn();
  expect(started).toEqual([0, 1, 2, 3, 4, 5]);
  await nextTurn();
  expect(started).toEqual([0, 1, 2, 3, 4, 5, 6]);
  take(7);
  await nextTurn();
  take(8);
  expect(started.slice(7)).toEqual([7, 8]);
});
