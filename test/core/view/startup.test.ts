import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalPath, elapsedMs, followStartup, isOver, type StartupTrack } from '../../../src/core/view/startup.ts';
import type { ServiceStart } from '../../../src/core/session/startup.ts';
import { CoreSession } from '../../helpers/core-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const needs = (...names: readonly string[]) => names.map((service) => ({ service, condition: 'ready' as const }));

/** A session whose start-up is followed; `at` is the clock in seconds. */
class Followed {
  readonly core: CoreSession;
  track: StartupTrack | undefined;

  constructor(core: CoreSession) {
    this.core = core;
  }

  at(seconds: number, act: (core: CoreSession) => unknown): this {
    const before = this.core.state.services;
    this.core.nowMs = seconds * 1000;
    act(this.core);
    this.track = followStartup(this.track, before, this.core.state.services, this.core.nowMs);
    return this;
  }

  start(name: string): ServiceStart {
    const start = this.track?.services.get(name);
    if (start === undefined) throw new Error(`${name} did not start`);
    return start;
  }

  get path(): readonly string[] {
    const { track } = this;
    if (track === undefined) return [];
    const steps = criticalPath([...track.services.values()], elapsedMs(track, this.core.nowMs));
    return steps.map(({ service, ms }) => `${service} ${ms / 1000}`);
  }
}

const shop = () =>
  new Followed(
    new CoreSession([
      serviceSpec('db'),
      serviceSpec('cache'),
      serviceSpec('backend', {
        dependsOn: needs('db', 'cache'),
        before: [{ command: { kind: 'shell', line: 'migrate' } }] as never,
      }),
      serviceSpec('frontend', { dependsOn: needs('backend') }),
    ]),
  );

function up(followed: Followed): Followed {
  return followed
    .at(100, (core) =>
      core.send({ type: 'start', names: ['db', 'cache', 'backend', 'frontend'], options: {} }).bringUp(),
    )
    .at(101, (core) => core.becomeReady('cache').bringUp())
    .at(102.4, (core) => core.becomeReady('db'))
    .at(102.5, (core) => core.bringUp())
    .at(104, (core) => core.exit('backend', 0).gone('backend').bringUp())
    .at(109.5, (core) => core.becomeReady('backend').bringUp())
    .at(115.7, (core) => core.becomeReady('frontend'));
}

describe('a start-up', () => {
  it('has a span for each phase of each service, and is over with the last one', () => {
    const followed = up(shop());
    expect(followed.track && isOver(followed.track)).toBe(true);
    expect(followed.start('backend')).toMatchObject({
      outcome: 'ready',
      doneMs: 9500,
      phases: [
        { phase: 'waiting', fromMs: 0, toMs: 2400 },
        { phase: 'before', fromMs: 2400, toMs: 4000 },
        { phase: 'starting', fromMs: 4000, toMs: 9500 },
      ],
    });
    expect(followed.start('frontend').phases).toEqual([
      { phase: 'waiting', fromMs: 0, toMs: 9500 },
      { phase: 'starting', fromMs: 9500, toMs: 15_700 },
    ]);
  });

  it('names the services that it waited for longest, one behind the other', () => {
    expect(up(shop()).path).toEqual(['db 2.4', 'backend 7.1', 'frontend 6.2']);
  });

  it('continues while a service is starting, and names it', () => {
    const followed = shop().at(0, (core) =>
      core.send({ type: 'start', names: ['db', 'cache', 'backend', 'frontend'], options: {} }).bringUp(),
    );
    followed.core.nowMs = 5000;
    expect(followed.path).toEqual(['db 5']);
    expect(followed.track && isOver(followed.track)).toBe(false);
  });

  it('starts again with only that service when it is restarted later', () => {
    const followed = up(shop())
      .at(200, (core) => core.send({ type: 'restart', names: ['frontend'] }))
      .at(201, (core) => core.exit('frontend', 0).gone('frontend').bringUp())
      .at(204, (core) => core.becomeReady('frontend'));
    expect([...(followed.track?.services.keys() ?? [])]).toEqual(['frontend']);
    expect(followed.path).toEqual(['frontend 3']);
  });

  it('does not begin with a restart after a crash, and counts crashes in it', () => {
    const crashed = up(shop())
      .at(300, (core) => core.exit('db', 1).gone('db'))
      .at(301, (core) => core.fire('db', 'backoff').bringUp());
    expect([...(crashed.track?.services.keys() ?? [])]).toHaveLength(4);
    expect(crashed.start('db')).toMatchObject({ outcome: 'ready', doneMs: 2400 });

    const onTheWay = new Followed(new CoreSession([serviceSpec('db')]))
      .at(0, (core) => core.send({ type: 'start', names: ['db'], options: {} }).bringUp())
      .at(1, (core) => core.exit('db', 1).gone('db'))
      .at(2, (core) => core.fire('db', 'backoff').bringUp())
      .at(5, (core) => core.becomeReady('db'));
    expect(onTheWay.start('db').phases).toEqual([
      { phase: 'starting', fromMs: 0, toMs: 1000 },
      { phase: 'backoff', fromMs: 1000, toMs: 2000 },
      { phase: 'starting', fromMs: 2000, toMs: 5000 },
    ]);
  });

  it('ends without services that were stopped meanwhile', () => {
    const followed = new Followed(new CoreSession([serviceSpec('db'), serviceSpec('web', { dependsOn: needs('db') })]))
      .at(0, (core) => core.send({ type: 'start', names: ['db', 'web'], options: {} }).bringUp())
      .at(1, (core) => core.send({ type: 'stop', names: ['web'], isForced: false }))
      .at(3, (core) => core.becomeReady('db'));
    expect(followed.start('web').outcome).toBe('stopped');
    expect(followed.path).toEqual(['db 3']);
  });
});

/** Any start-up: services in layers, each waits for some before it and then takes its time. */
const startups = fc
  .array(fc.record({ needs: fc.array(fc.nat()), before: fc.nat(5000), starting: fc.nat(5000), lag: fc.nat(50) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((drawn) => {
    const starts: ServiceStart[] = [];
    for (const [index, { needs: wished, before, starting, lag }] of drawn.entries()) {
      const dependsOn = index === 0 ? [] : [...new Set(wished.map((at) => `s${at % index}`))];
      const readyOf = (name: string) => starts.find(({ service }) => service === name)?.doneMs ?? 0;
      const from = dependsOn.length === 0 ? 0 : Math.max(...dependsOn.map(readyOf)) + lag;
      const middle = from + before;
      const doneMs = middle + starting;
      const spans = [
        { phase: 'waiting' as const, fromMs: 0, toMs: from },
        { phase: 'before' as const, fromMs: from, toMs: middle },
        { phase: 'starting' as const, fromMs: middle, toMs: doneMs },
      ];
      starts.push({
        service: `s${index}`,
        dependsOn,
        phases: dependsOn.length === 0 ? spans.slice(1) : spans,
        outcome: 'ready',
        doneMs,
      });
    }
    return starts;
  });

describe('the critical path', () => {
  it('adds up to the whole time, follows dependencies, and ends with the last service', () => {
    fc.assert(
      fc.property(startups, (starts) => {
        const total = Math.max(...starts.map(({ doneMs }) => doneMs ?? 0));
        const path = criticalPath(starts, total);
        expect(path.reduce((sum, { ms }) => sum + ms, 0)).toBe(total);
        expect(path.every(({ ms }) => ms >= 0)).toBe(true);
        const of = (name: string | undefined) => starts.find(({ service }) => service === name);
        expect(of(path.at(-1)?.service)?.doneMs).toBe(total);
        for (const [index, { service }] of path.entries()) {
          const next = of(path[index + 1]?.service);
          if (next !== undefined) expect(next.dependsOn).toContain(service);
        }
      }),
    );
  });
});
