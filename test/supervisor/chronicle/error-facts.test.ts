import { expect, it } from 'vitest';
import { tellErrors } from '../../../src/supervisor/chronicle/error-facts.ts';
import type { ErrorsFound } from '../../../src/supervisor/watch/error-tally.ts';
import type { EventFact } from '../../../src/core/session/events.ts';
import { FakeSystem } from '../../fakes/fake-system.ts';

it('error lines are reported soon at first, and then each minute with the last line', async () => {
  const system = new FakeSystem();
  let find: (found: ErrorsFound) => void = () => undefined;
  const facts: EventFact[] = [];
  tellErrors({
    clock: system.clock,
    errors: { onErrors: (listener) => (find = listener) },
    tell: (fact) => facts.push(fact),
  });
  const errors = (count: number, line: string): void =>
    find({ service: 'api', atMs: Array.from({ length: count }, () => 0), line });

  errors(2, 'first');
  errors(1, 'second');
  await system.advance(3_000);
  expect(facts).toEqual([{ type: 'errors', service: 'api', count: 3, line: 'second' }]);

  errors(5, `third ${'x'.repeat(500)}`);
  await system.advance(50_000);
  expect(facts).toHaveLength(1);
  await system.advance(15_000);
  expect(facts[1]).toMatchObject({ count: 5, line: expect.stringMatching(/^third x{194}$/) as string });

  // A minute without any: the next ones are told soon again.
  await system.advance(70_000);
  errors(1, 'fourth');
  await system.advance(3_000);
  expect(facts.map((fact) => fact.type === 'errors' && fact.line.slice(0, 6))).toEqual(['second', 'third ', 'fourth']);
});
