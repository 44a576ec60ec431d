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

async function open(
  services: readonly ServiceSpec[],
  { held = [], ...project }: { readonly held?: readonly string[] } & Partial<Pick<Project, 'reload' | 'secrets'>> = {},
) {
  const local = openLocalSession(services, {
    ...project,
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

it('keeps an edit pending that would restart a locked service, also with reload: auto', async () => {
  const { news, write, session } = await open([worker, cache], { held: ['worker'], reload: 'auto' });
  const edited = { ...worker, command: { kind: 'shell', line: 'another' } } as const;
  await write({ services: [edited, cache] });
  expect(news()).toMatchObject({
    status: 'pending',
    changes: expect.arrayContaining([expect.objectContaining({ service: 'worker', effect: 'restart' })]),
  });
  await write({ services: [worker, { ...cache, command: edited.command }] });
  expect(news()).toBeUndefined();
  expect(session.snapshotNow().services.map(({ run }) => run)).toEqual([1, 2]);
});

it('reads once after a burst of changes', async () => {
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

it('notices an edit from before it began to watch', async () => {
  const { news, config, project, system } = await open([worker]);
  disk = { ...project, services: [cache] };
  config?.follow();
  await system.advance(10);
  expect(news()?.status).toBe('pending');
});

it('applies the shown edit, and refuses when there is a later one', async () => {
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

it('forgets an edit that was undone', async () => {
  const { news, write } = await open([worker]);
  await write({ services: [worker, cache] });
  expect(news()?.status).toBe('pending');
  await write({ services: [worker] });
  expect(news()).toBeUndefined();
});

it('reads the config again for a reload, also without a notice of a change', async () => {
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

it('applies nothing on a dry run, even a harmless edit', async () => {
  const { session, project } = await open([worker]);
  disk = { ...project, onHangup: 'keep' };
  expect(await session.reloadConfig({ dryRun: true })).toEqual({
    isApplied: false,
    changes: [{ service: null, effect: 'none', text: 'on_hangup changed' }],
  });
});

it('an edit applies at once with reload: auto', async () => {
  const { write, states, news } = await open([worker], { reload: 'auto' });
  await write({ services: [worker, cache] });
  expect(states()).toHaveProperty('cache');
  expect(news()).toBeUndefined();
});

it('the services and order of the last good config stay until the next good one', async () => {
  const { session, write, news, states } = await open([worker, cache]);
  await write(broken);
  expect(news()).toMatchObject({ status: 'unusable', problem: '.project.config:1:1  no' });
  expect(states()).toEqual({ worker: 'ready', cache: 'ready' });
  await expect(session.reloadConfig()).rejects.toMatchObject({ exitCode: 3 });
  await write({ services: [cache, worker] });
  expect(news()).toBeUndefined();
});

it('reports the applied changes, and an invalid config', async () => {
  const { write } = await open([worker], { reload: 'auto' });
  await write(broken);
  await write({ services: [worker, cache] });
  expect(facts).toEqual([
    { type: 'config', state: 'unusable', problem: '.project.config:1:1  no' },
    { type: 'config', state: 'applied', changes: ['cache is new and starts'] },
  ]);
});

it('survives a bug while reading', async () => {
  const { write, news, states } = await open([worker]);
  await write(new TypeError('x is undefined'));
  expect(news()).toMatchObject({ status: 'unusable', problem: expect.stringContaining('x is undefined') });
  await write({ services: [worker, cache] });
  expect(news()?.status).toBe('pending');
  expect(states()).toEqual({ worker: 'ready' });
});

it('notifies clients when services are added or removed', async () => {
  const { session, system, write } = await open([worker], { reload: 'auto' });
  const lists: unknown[] = [];
  session.subscribe((event) => {
    if (event.type === 'services' && event.names !== undefined) lists.push(event.names);
  });
  await write({ services: [cache, worker] });
  await write({ services: [cache] });
  await system.advance(15_000);
  expect(lists).toEqual([['cache', 'worker'], ['cache']]);
  await expect(session.start(['worker'])).rejects.toMatchObject({ code: 'no_such_service' });
});

it('watches the files of the new config, and stops removed services by their old stop command', async () => {
  const stopping = serviceSpec('api', {
    stop: { signal: 'SIGTERM', graceMs: 1_000, command: { kind: 'shell', line: 'bye' } },
  });
  const { system, write } = await open([stopping, worker], { reload: 'auto' });
  await write({ services: [{ ...worker, watch: ['a.txt'] }] });
  expect(system.watches.map(({ globs }) => globs)).toEqual([['a.txt']]);
  expect(system.shortCommandLines).toContain('bye');
});

it('does not start a removed service, and keeps its log readable until its end', async () => {
  const { session, system, write, view } = await open([worker, cache], { reload: 'auto' });
  system.onSignal = () => {};
  await write({ services: [cache] });
  expect(view('worker')).toMatchObject({ state: 'stopping', wanted: false });
  await expect(session.restart(['worker'])).rejects.toMatchObject({ code: 'no_such_service' });
  await session.restart([]);
  await system.advance(15_000);
  expect(view('worker')).toMatchObject({ wanted: false });
  const { lines } = await session.readLogs({ service: 'worker', from: 0, count: 100 });
  expect(lines.map(({ text }) => text)).toContain('config: worker stops: it is no longer in the config');
});

it('reads a config again after the system refused it', async () => {
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

it.each([
  ['rights of agents', { agents: { stop: 'yes', kill: 'yes', reroute: 'own', run: 'yes', edit_config: 'yes' } }],
  ['an action', { actions: [{ name: 'own', command: worker.command, service: 'worker', params: [] }] }],
  ['fewer masked names', { secrets: [] }],
  ['reload: ask taken back', { reload: 'ask' }],
] as const)('never takes over %s by itself, also with reload: auto', async (_, edit) => {
  const { news, write, session } = await open([worker], { reload: 'auto', secrets: ['LICENCE'] });
  await write(edit);
  expect(news()).toMatchObject({ status: 'pending' });
  await session.reloadConfig();
  expect(news()).toBeUndefined();
});
