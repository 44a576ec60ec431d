import { expect, it } from 'vitest';
import { ComposeTurns } from '../../../src/supervisor/runs/compose-turns.ts';
import { FakeSystem } from '../../fakes/fake-system.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

function turns() {
  const system = new FakeSystem();
  const composeTurns = new ComposeTurns(system.clock);
  const begun: string[] = [];
  const take = (name: string, line: string, cwd = '/shop') =>
    composeTurns.take(serviceSpec(name, { command: { kind: 'shell', line }, cwd }), 1, () => begun.push(name));
  return { system, composeTurns, begun, take };
}

it('docker compose up runs one after the other within a folder', () => {
  const { composeTurns, begun, take } = turns();
  take('db', 'docker compose up db');
  take('cache', 'docker-compose -f compose.yaml up cache');
  take('mail', 'exec docker compose --profile dev up mail');
  expect(begun).toEqual(['db']);
  composeTurns.end('db', 1);
  expect(begun).toEqual(['db', 'cache']);
  composeTurns.end('cache', 1);
  expect(begun).toEqual(['db', 'cache', 'mail']);
});

it('docker compose up does not delay other services', () => {
  const { begun, take } = turns();
  take('db', 'docker compose up db');
  take('web', 'npm run dev');
  take('other', 'docker compose up', '/other');
  take('logs', 'docker compose logs -f');
  expect(begun).toEqual(['db', 'web', 'other', 'logs']);
});

it('docker compose up continues with the next one after a slow one, and reports it once', async () => {
  const { system, composeTurns, begun, take } = turns();
  take('db', 'docker compose up db');
  take('cache', 'docker compose up cache');
  take('mail', 'docker compose up mail');
  await system.advance(15_000);
  expect(begun).toEqual(['db', 'cache']);
  composeTurns.end('db', 1);
  expect(begun).toEqual(['db', 'cache']);
});
