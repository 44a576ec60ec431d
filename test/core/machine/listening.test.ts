import { describe, expect, it } from 'vitest';
import type { ListenerVerdict } from '../../../src/core/ports/drift.ts';
import { explain } from '../../../src/core/view/explain.ts';
import { CoreSession } from '../../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const shop = (line = 'vite') =>
  new CoreSession([
    serviceSpec('web', { port: portSpec(5173), command: { kind: 'shell', line } }),
    serviceSpec('proxy', { env: { TARGET: '${web.url}' } }),
    serviceSpec('docs'),
  ]).send({ type: 'start', names: [], options: {} });

function judge(session: CoreSession, verdict: ListenerVerdict, commands: readonly string[] = []): CoreSession {
  return session.send({ type: 'listenersJudged', service: 'web', run: session.service('web').runs, verdict, commands });
}

const moved = { kind: 'moved', from: 5173, to: 5174 } as const;
const ignores = { kind: 'ignores its port', listening: [3000] } as const;

describe('a service that took another port by itself', () => {
  it('keeps its process; its port follows, and only services that refer to it restart', () => {
    const session = judge(shop().bringUpReady(), moved);
    expect(session.statuses()).toEqual({ web: 'ready', proxy: 'stopping', docs: 'ready' });
    expect(session.service('web')).toMatchObject({ port: 5174, wantedPort: 5173 });
    expect(session.take('note').map(({ text }) => text)).toContain('listens on 5174 instead of 5173');
    session.exit('proxy', 0).gone('proxy');
    expect(session.take('spawn')).toMatchObject([{ service: 'proxy', ports: { web: 5174 } }]);
    session.bringUpReady();
    expect(session.service('web').runs).toBe(1);
  });

  it('is followed once when it is reported twice', () => {
    const session = judge(judge(shop().bringUpReady(), moved), moved);
    expect(session.take('note').filter(({ text }) => text.startsWith('listens'))).toHaveLength(1);
  });

  it('returns to its own port when that is free at a later start', () => {
    const session = judge(shop().bringUpReady(), moved);
    judge(session, { kind: 'ignores its port', listening: [5173] });
    expect(session.service('web')).toMatchObject({ port: 5173, wantedPort: 5173 });
  });

  it('is not followed because of a report about an earlier run', () => {
    const session = shop().bringUp();
    session.send({ type: 'listenersJudged', service: 'web', run: 0, verdict: moved, commands: [] });
    expect(session.service('web').port).toBe(5173);
  });
});

describe('a service that ignores its port', () => {
  it.each([
    ['a known program', 'vite', [], 'write command: vite --port $PORT --strictPort'],
    [
      'a script',
      'npm run dev',
      ['node node_modules/.bin/vite'],
      'write command: npm run dev -- --port $PORT --strictPort',
    ],
    ['a program in between', 'make dev', ['node node_modules/.bin/vite'], 'start Vite with --port $PORT --strictPort'],
    ['an unknown program', './serve', [], 'make it read $PORT, or write port: 3000'],
  ])('says so while it starts, and what to write for %s', (_what, line, commands, remedy) => {
    const session = judge(shop(line).bringUp(), ignores, commands);
    expect(explain(session.service('web'))).toBe(`listens on 3000 instead of 5173; ${remedy}`);
  });

  it('is reported also while unhealthy, and no longer once it listens as asked', () => {
    const session = judge(shop('./serve').bringUp(), ignores);
    session.nowMs = 60_000;
    for (let times = 0; times < 3; times += 1) session.fire('web', 'probe').probed('web', false);
    expect(session.status('web')).toBe('unhealthy');
    expect(explain(session.service('web'))).toContain('listens on 3000 instead of 5173');
    judge(session, { kind: 'as asked' });
    expect(explain(session.service('web'))).toBe('503 Service Unavailable');
  });
});

describe('a foreign process that also listens on the port', () => {
  const second = { kind: 'second listener', address: '::1', pid: 812 } as const;

  it('raises an alarm with its pid, command and address, even when the service is ready', () => {
    const session = judge(shop().bringUpReady(), second, ['python3 -m http.server']);
    const alarm =
      'pid 812 (python3 -m http.server) listens on [::1]:5173 too, and may get its requests; ./dev ports 5173 shows the owner';
    expect(session.status('web')).toBe('ready');
    expect(explain(session.service('web'))).toBe(alarm);
    expect(session.take('note').map(({ text }) => text)).toContain(alarm);
  });

  it('is forgotten once it has ended', () => {
    const session = judge(shop().bringUpReady(), second);
    judge(session, { kind: 'as asked' });
    expect(explain(session.service('web'))).toBe('');
  });

  it('is reported beside the reason why the service is not ready', () => {
    const session = judge(shop().bringUp(), { ...second, pid: undefined });
    expect(explain(session.service('web'))).toMatch(/^waits for an answer on port 5173; a hidden process listens on /);
  });
});

describe('a service that no longer listens', () => {
  it('is unhealthy until it listens again, although its process runs', () => {
    const session = judge(shop().bringUpReady(), { kind: 'silent' });
    expect(session.status('web')).toBe('unhealthy');
    expect(explain(session.service('web'))).toBe('it no longer listens on 5173');
    session.fire('web', 'probe').probed('web', true);
    expect(session.status('web')).toBe('ready');
  });

  it('is unhealthy while its port is open and no process accepts connections', () => {
    const session = shop().bringUpReady();
    session.take('startTimer');
    judge(session, { kind: 'deserted' });
    expect(explain(session.service('web'))).toMatch(/^nothing answers on 5173 any more: its server has ended/);
    expect(session.take('startTimer')).toEqual([]);
    expect(judge(session, { kind: 'as asked' }).status('web')).toBe('ready');
  });

  it('is ready at once when it listens again, without a probe', () => {
    const session = judge(judge(shop().bringUpReady(), { kind: 'silent' }), { kind: 'as asked' });
    expect(session.status('web')).toBe('ready');
  });
});
