// The config changes under a running session, without a file system.

import { beforeEach, expect, it } from 'vitest';
import type { Project, ServiceSpec } from '../../../src/core/model/project.ts';
import { DevError, EXIT } from '../../../src/errors.ts';
import { ConfigFollower } from '../../../src/supervisor/session/config-follower.ts';
import { openLocalSession } from '../../helpers/local-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const worker = serviceSpec('worker');
const cache = serviceSpec('cache');

/** On disk; an error stands for a config that cannot be used. */
let disk: Project | Error;
let reads = 0;
let touch: () => void;
/** What was told to `events`. */
let facts: unknown[];

beforeEach(() => {
  reads = 0;
  facts = [];
});

async function open(services: readonly ServiceSpec[], held: readonly string[] = []) {
  const local = openLocalSession(services, {
    config: ({ supervisor, system }) =>
      new ConfigFollower({
        supervisor,
        clock: system.clock,
        tell: (fact) => facts.push(fact),
        isHeld: (service) => held.includes(service),
        files: {
          name: '.project.config',
          read: async () => {
            reads += 1;
            if (disk instanceof Error) throw disk;
            return disk;
          },
          problemOf: (error) => error.message,
          watch: (onChange) => {
            touch = onChange;
            return () => {};
          },
        },
      }),
  });
  disk = local.project;
  local.config?.follow();
  await local.session.start([]);
  await local.system.advance(2_000);
  const news = () => local.session.snapshotNow().session.config;
  const write = async (next: Partial<Project> | Error) => {
    disk = next instanceof Error ? next : { ...local.project, ...next };
    touch();
    await local.system.advance(1_000);
  };
  return { ...local, news, write };
}

const broken = new DevError({ code: 'config_invalid', exitCode: EXIT.config, message: '.project.config:1:1  no' });

it('lets an edit wait that would restart what somebody holds, also with reload: auto', async () => {
  const { news, write, session } = await open([worker, cache], ['worker']);
  const edited = { ...worker, command: { kind: 'shell', line: 'another' } } as const;
  await write({ services: [edited, cache], reload: 'auto' });
  expect(news()).toMatchObject({
    status: 'pending',
    changes: expect.arrayContaining([expect.objectContaining({ service: 'worker', effect: 'restart' })]),
  });
  await write({ services: [worker, { ...cache, command: edited.command }], reload: 'auto' });
  expect(news()).toBeUndefined();
  expect(session.snapshotNow().services.map(({ run }) => run)).toEqual([1, 2]);
});

it('looks once after a burst of changes, when the files are quiet', async () => {
  const { system, news } = await open([worker]);
  const before = reads;
  disk = { ...(disk as Project), services: [worker, cache] };
  for (let change = 0; change < 5; change += 1) {
    touch();
    await system.advance(100);
    expect(news()).toBeUndefined();
  }
  await system.advance(1_000);
  expect(reads).toBe(before + 1);
  expect(news()).toMatchObject({ status: 'pending', version: 1 });
});

it('notices an edit that was made before it began to watch', async () => {
  const { news, config, project, system } = await open([worker]);
  disk = { ...project, services: [cache] };
  config?.follow();
  await system.advance(10);
  expect(news()?.status).toBe('pending');
});

it('applies the edit that was shown, and refuses when there is a later one', async () => {
  const { session, news, write, states } = await open([worker]);
  await write({ services: [worker, cache] });
  const shown = news()?.version ?? -1;
  await write({ services: [cache] });
  await expect(session.reloadConfig({ version: shown })).rejects.toMatchObject({ code: 'refused' });
  expect(states()).toEqual({ worker: 'ready' });
  await session.reloadConfig({ version: news()?.version ?? -1 });
  expect(states()).toHaveProperty('cache');
  expect(news()).toBeUndefined();
  await expect(session.reloadConfig({ version: shown + 1 })).rejects.toMatchObject({ code: 'refused' });
});

it('forgets an edit that was taken back', async () => {
  const { news, write } = await open([worker]);
  await write({ services: [worker, cache] });
  expect(news()?.status).toBe('pending');
  await write({ services: [worker] });
  expect(news()).toBeUndefined();
});

it('reads the config anew to reload it, also when nobody told of a change', async () => {
  const { session, project, states } = await open([worker]);
  disk = { ...project, services: [worker, cache] };
  expect(await session.reloadConfig({ dryRun: true })).toMatchObject({
    isApplied: false,
    changes: [{ text: 'cache is new and starts' }],
  });
  expect(states()).toEqual({ worker: 'ready' });
  expect(await session.reloadConfig()).toMatchObject({ isApplied: true });
  expect(states()).toHaveProperty('cache');
  expect(await session.reloadConfig()).toEqual({ isApplied: false, changes: [] });
});

it('asks even where nothing restarts when somebody only wants to know', async () => {
  const { session, project } = await open([worker]);
  disk = { ...project, onHangup: 'keep' };
  expect(await session.reloadConfig({ dryRun: true })).toEqual({
    isApplied: false,
    changes: [{ service: null, effect: 'none', text: 'on_hangup changed' }],
  });
});

it('applies at once with reload: auto', async () => {
  const { write, states, news } = await open([worker]);
  await write({ services: [worker, cache], reload: 'auto' });
  expect(states()).toHaveProperty('cache');
  expect(news()).toBeUndefined();
});

it('keeps the services of the last good config, and their order, until the next good one', async () => {
  const { session, write, news, states } = await open([worker, cache]);
  await write(broken);
  expect(news()).toMatchObject({ status: 'unusable', problem: '.project.config:1:1  no' });
  expect(states()).toEqual({ worker: 'ready', cache: 'ready' });
  await expect(session.reloadConfig()).rejects.toMatchObject({ exitCode: 3 });
  await write({ services: [cache, worker] });
  expect(news()).toBeUndefined();
});

it('tells of what it applied, and of what cannot be used', async () => {
  const { write } = await open([worker]);
  await write(broken);
  await write({ services: [worker, cache], reload: 'auto' });
  expect(facts).toEqual([
    { type: 'config', state: 'unusable', problem: '.project.config:1:1  no' },
    { type: 'config', state: 'applied', changes: ['cache is new and starts', 'reload changed'] },
  ]);
});

it('survives a mistake of our own while reading', async () => {
  const { write, news, states } = await open([worker]);
  await write(new TypeError('x is undefined'));
  expect(news()).toMatchObject({ status: 'unusable', problem: expect.stringContaining('x is undefined') });
  await write({ services: [worker, cache] });
  expect(news()?.status).toBe('pending');
  expect(states()).toEqual({ worker: 'ready' });
});

it('tells a client which services there are when some come or go', async () => {
  const { session, system, write } = await open([worker]);
  const lists: unknown[] = [];
  session.subscribe((event) => {
    if (event.type === 'services' && event.names !== undefined) lists.push(event.names);
  });
  await write({ services: [cache, worker], reload: 'auto' });
  await write({ services: [cache], reload: 'auto' });
  await system.advance(15_000);
  expect(lists).toEqual([['cache', 'worker'], ['cache']]);
  await expect(session.start(['worker'])).rejects.toMatchObject({ code: 'no_such_service' });
});

it('watches what the new config says, and stops by the command of the old one what is gone', async () => {
  const stopping = serviceSpec('api', {
    stop: { signal: 'SIGTERM', graceMs: 1_000, command: { kind: 'shell', line: 'bye' } },
  });
  const { system, write } = await open([stopping, worker]);
  await write({ services: [{ ...worker, watch: ['a.txt'] }], reload: 'auto' });
  expect(system.watches.map(({ globs }) => globs)).toEqual([['a.txt']]);
  expect(system.shortCommandLines).toContain('bye');
});

it('starts nothing that is on its way out, and lets its log be read to the end', async () => {
  const { session, system, write, view } = await open([worker, cache]);
  system.onSignal = () => {};
  await write({ services: [cache], reload: 'auto' });
  expect(view('worker')).toMatchObject({ state: 'stopping', wanted: false });
  await expect(session.restart(['worker'])).rejects.toMatchObject({ code: 'no_such_service' });
  await session.restart([]);
  await system.advance(15_000);
  expect(view('worker')).toMatchObject({ wanted: false });
  const { lines } = await session.readLogs({ service: 'worker', from: 0, count: 100 });
  expect(lines.map(({ text }) => text)).toContain('config: worker stops: it is no longer in the config');
});

it('reads a config again that the system could not read for want of something', async () => {
  const { news, write, system, project } = await open([worker]);
  await write(
    Object.assign(new Error('EMFILE: too many open files, open'), { code: 'EMFILE', errno: -24, syscall: 'open' }),
  );
  expect(news()).toMatchObject({
    status: 'unusable',
    problem: 'Cannot open: this process has too many open files (EMFILE).',
  });
  await system.advance(30_000);
  expect(facts).toHaveLength(1);
  disk = project;
  await system.advance(6_000);
  expect(news()).toBeUndefined();
});
