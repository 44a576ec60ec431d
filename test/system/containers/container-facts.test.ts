// Answers as Docker 20.10 and 28 and Podman 4 and 5 give them.

import { describe, expect, it } from 'vitest';
import { readContainer, readEvent, readImage, readUsage } from '../../../src/system/containers/container-facts.ts';
import { PullProgress, pullPath } from '../../../src/system/containers/image-pull.ts';

const ID = 'ab'.repeat(32);

describe('a container', () => {
  it('is read with its state, its end and its ports', () => {
    const facts = readContainer({
      Id: ID,
      Name: '/shop-db',
      State: {
        Running: true,
        Paused: false,
        Pid: 812,
        ExitCode: 0,
        StartedAt: '2026-01-31T12:00:00.1Z',
        FinishedAt: '0001-01-01T00:00:00Z',
      },
      Config: { Image: 'postgres:18', Tty: false, StopSignal: 'SIGINT', Labels: { a: 'b', c: 3 } },
      HostConfig: { Memory: 67_108_864, RestartPolicy: { Name: 'unless-stopped' } },
      NetworkSettings: {
        Ports: {
          '5432/tcp': [{ HostIp: '127.0.0.1', HostPort: '5432' }],
          '53/udp': [{ HostPort: '53' }],
          '80/tcp': null,
        },
      },
    });
    expect(facts).toEqual({
      id: ID,
      name: 'shop-db',
      image: 'postgres:18',
      isRunning: true,
      isPaused: false,
      pid: 812,
      startedAt: '2026-01-31T12:00:00.1Z',
      finishedAt: undefined,
      exitCode: 0,
      isOutOfMemory: false,
      memoryLimitBytes: 67_108_864,
      health: undefined,
      hasTerminal: false,
      stopSignal: 'SIGINT',
      isRestartedByEngine: true,
      published: [{ address: '127.0.0.1', port: 5432, inside: 5432 }],
      labels: { a: 'b' },
    });
  });

  it.each([
    ['Docker', { Health: { Status: 'unhealthy', Log: [{ Output: 'old' }, { Output: 'no answer\n' }] } }],
    ['Podman 4', { Healthcheck: { Status: 'unhealthy', Log: [{ Output: 'no answer\n' }] } }],
  ])('is read with the last output of its check, as %s tells it', (_engine, State) => {
    expect(readContainer({ Id: ID, State })?.health).toEqual({ status: 'unhealthy', output: 'no answer' });
  });

  it('has no check when Podman sends an empty one', () => {
    expect(readContainer({ Id: ID, State: { Healthcheck: { Status: '', FailingStreak: 0, Log: null } } })?.health).toBe(
      undefined,
    );
  });

  it.each([undefined, null, [], 'x', { Id: 7 }])('is not found in %j', (answer) => {
    expect(readContainer(answer)).toBe(undefined);
  });

  it('never contains terminal sequences', () => {
    expect(readContainer({ Id: ID, Name: '/x\u001B[2Jy', Config: { Image: 'a\nb' } })).toMatchObject({
      name: expect.not.stringContaining('\u001B') as string,
      image: expect.not.stringContaining('\n') as string,
    });
  });
});

it('an image is read with its ports and volumes', () => {
  const Config = { ExposedPorts: { '6379/tcp': {}, '53/udp': {}, '80/tcp': {} }, Volumes: { '/data': {} } };
  expect(readImage({ Id: 'sha256:1', Config })).toEqual({
    id: 'sha256:1',
    exposedPorts: [80, 6379],
    volumes: ['/data'],
  });
});

it.each([
  ['version 1 of cgroups', { total_inactive_file: 300, inactive_file: 1 }],
  ['version 2 of cgroups', { inactive_file: 300 }],
])('usage is read without the page cache, by %s', (_version, stats) => {
  const usage = readUsage({
    cpu_stats: { cpu_usage: { total_usage: 5 } },
    memory_stats: { usage: 1000, stats },
    pids_stats: { current: 3 },
  });
  expect(usage).toEqual({ cpuNs: 5, memoryBytes: 700, pids: 3 });
});

describe('an event', () => {
  const event = (Action: string, Attributes = {}) => ({ Type: 'container', Action, Actor: { ID, Attributes } });
  it.each([
    [event('die', { exitCode: '137' }), { action: 'die', exitCode: 137 }],
    [event('died', { containerExitCode: '3' }), { action: 'die', exitCode: 3 }],
    [event('kill', { signal: '9' }), { action: 'kill', signal: '9' }],
    [event('remove'), { action: 'destroy' }],
    [event('health_status: healthy'), { action: 'health' }],
    [{ status: 'pause', id: ID, from: 'x' }, { action: 'pause' }],
  ])('%j is understood', (answer, expected) => {
    expect(readEvent(answer)).toMatchObject({ id: ID, ...expected });
  });
  it.each([
    [event('exec_start: sh')],
    [{ Type: 'network', Action: 'die', Actor: { ID } }],
    [{ Type: 'container', Action: 'die' }],
  ])('%j is nothing to us', (answer) => expect(readEvent(answer)).toBe(undefined));
});

describe('a pull', () => {
  it('adds up the layers, and never goes back', () => {
    const progress = new PullProgress();
    const say = (id: string, status: string, current?: number, total?: number) =>
      progress.add({ id, status, progressDetail: { current, total } });
    say('latest', 'Pulling from library/postgres');
    expect(progress.share).toBe(undefined);
    say('a', 'Downloading', 50, 100);
    expect(progress.share).toBe(0.5);
    say('b', 'Downloading', 0, 300);
    expect(progress.share).toBe(0.5);
    say('a', 'Download complete');
    say('b', 'Downloading', 200, 300);
    expect(progress.share).toBe(0.75);
  });

  it('fails with the message of the engine', () => {
    expect(new PullProgress().add({ error: 'manifest unknown', errorDetail: {} })).toBe('manifest unknown');
  });

  it.each([
    ['postgres', 'fromImage=postgres&tag=latest'],
    ['postgres:18', 'fromImage=postgres%3A18'],
    ['localhost:5000/db', 'fromImage=localhost%3A5000%2Fdb&tag=latest'],
    ['db@sha256:ab', 'fromImage=db%40sha256%3Aab'],
  ])('asks for %s by %s', (image, query) => {
    expect(pullPath(image, undefined)).toBe(`/images/create?${query}`);
  });
});
