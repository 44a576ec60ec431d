// Every kind of owner that a taken port can have, on real sockets: what the card says of it, and what comes of freeing it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createPlatform } from '../../../src/main/platform/platform.ts';
import { createPorts } from '../../../src/system/ports/ports.ts';
import type { OwnerContext } from '../../../src/system/system.ts';
import { context, fixturePath, identityOf, startFixture, startProgram, temporaryFolder } from './port-fixture.ts';

const ports = createPorts(createPlatform());
const HOLD = fixturePath('hold-port.mjs');
const isRoot = process.getuid?.() === 0;
const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];

interface Owner {
  readonly port: number;
  readonly context?: OwnerContext;
}

interface Case {
  readonly start: () => Promise<Owner>;
  readonly owners?: number;
  readonly card: object;
  readonly freed?: boolean;
  readonly message: RegExp;
}

const hold = async (...args: readonly (string | number)[]): Promise<Owner> => ({
  port: (await startFixture('hold-port.mjs', args)).printed[0]!,
});

const CASES: Readonly<Record<string, Case>> = {
  'of the same user': {
    start: () => hold(),
    card: { verdict: 'foreign', name: 'node', refusal: null },
    message: /stopped within/,
  },
  'the child of a shell': {
    start: async () => {
      const { printed } = await startProgram('sh', ['-c', `${process.execPath} ${HOLD}; true`]);
      return { port: printed[0]! };
    },
    card: { verdict: 'foreign', parents: expect.arrayContaining([expect.objectContaining({ name: 'sh' })]) },
    message: /stopped within/,
  },
  'a pool of workers that shares a listener': {
    start: async () => ({ port: (await startFixture('hold-port-workers.mjs')).printed[0]! }),
    owners: 3,
    card: { verdict: 'foreign' },
    message: /stopped within/,
  },
  'two programs that share the port (SO_REUSEPORT)': {
    start: async () => {
      const { port } = await hold('127.0.0.1', 0, 'reuse');
      return hold('127.0.0.1', port, 'reuse');
    },
    owners: 2,
    card: { verdict: 'foreign' },
    message: /stopped within/,
  },
  'on IPv6 only': {
    start: () => hold('::1'),
    card: { listening: [expect.objectContaining({ address: '::1' })] },
    message: /stopped within/,
  },
  'on IPv4 only': {
    start: () => hold('127.0.0.1'),
    card: { listening: [expect.objectContaining({ address: '127.0.0.1' })] },
    message: /stopped within/,
  },
  'on the wildcard, where a service wants loopback': {
    start: () => hold('0.0.0.0'),
    card: { listening: [expect.objectContaining({ address: '0.0.0.0' })] },
    message: /stopped within/,
  },
  'one that ignores SIGTERM': {
    start: async () => ({ port: (await startFixture('hold-port-stubborn.mjs')).printed[0]! }),
    card: { verdict: 'foreign' },
    message: /had to be killed/,
  },
  'one that a loop starts again': {
    start: async () => ({ port: (await startFixture('respawn-port.mjs')).printed[0]! }),
    card: { verdict: 'foreign' },
    freed: false,
    message: /is taken again: .* was started by /,
  },
  'left over from a killed session': {
    start: async () => {
      const { pid, printed } = await startFixture('hold-port.mjs');
      return { port: printed[0]!, context: context({ recorded: [identityOf(pid)] }) };
    },
    card: { verdict: 'left over', refusal: null },
    message: /stopped within/,
  },
  'of the session of another project': {
    start: async () => {
      const cwd = temporaryFolder();
      writeFileSync(join(cwd, '.project.config'), 'name: blog\nservices: {web: {command: node}}\n');
      const env = { DEV_SESSION: 'other', DEV_SERVICE: 'web' };
      return { port: (await startFixture('hold-port.mjs', [], { cwd, env })).printed[0]! };
    },
    card: { verdict: 'other project', meaning: expect.stringContaining('The service "web" of the project ') },
    message: /stopped within/,
  },
};

it.each(Object.entries(CASES))('%s', async (_kind, { start, owners = 1, card, freed = true, message }) => {
  const owner = await start();
  const seenBy = owner.context ?? context();
  const use = await ports.use(owner.port, seenBy);
  expect(use.owners).toHaveLength(owners);
  for (const seen of use.owners) expect(seen).toMatchObject(card);
  const outcome = await ports.kill(owner.port, use.owners, { graceMs: 300, context: seenBy });
  expect(outcome).toMatchObject({ freed, message: expect.stringMatching(message) });
  expect(ports.isListening(owner.port)).toBe(!freed);
});

it.runIf(isRoot)('of another user, seen without permission', async () => {
  const { port } = await hold();
  const script = new URL('../../fixtures/state/kill-port.mjs', import.meta.url).pathname;
  const { printed } = await startProgram('setpriv', [...asNobody, process.execPath, script, String(port)]);
  // No owner was seen, and nothing was freed.
  expect(printed).toEqual([0, 0]);
  expect(ports.isListening(port)).toBe(true);
});

it.runIf(isRoot)('of another user, seen by root', async () => {
  const { printed } = await startProgram('setpriv', [...asNobody, process.execPath, HOLD]);
  const use = await ports.use(printed[0]!, context());
  expect(use.owners).toMatchObject([{ uid: 65_534, verdict: 'foreign' }]);
});

it('whose pid was given to another process', async () => {
  const { pid, printed } = await startFixture('hold-port.mjs');
  const { startTicks } = identityOf(pid);
  const before = [{ pid, startTicks: startTicks - 1 }];
  const outcome = await ports.kill(printed[0]!, before, { graceMs: 300, context: context() });
  expect(outcome).toMatchObject({ freed: false, signalled: [] });
  expect(outcome.message).toContain(`pid ${pid} ended, and its number was given to node`);
  expect(ports.isListening(printed[0]!)).toBe(true);
});
