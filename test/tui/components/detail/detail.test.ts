import { describe, expect, it } from 'vitest';
import type { ProcessView, ServiceInspection } from '../../../../src/core/session/inspection.ts';
import { calmSession, NOW_MS, readyService } from '../../../fixtures/screen/scenes.ts';
import { FakeSession } from '../../../fakes/fake-session.ts';
import { renderScreen } from '../../../helpers/render-screen.ts';

const MIB = 1024 * 1024;
const ago = (ms: number) => new Date(NOW_MS - ms).toISOString();

function process(pid: number, depth: number, command: string, cpuPercent: number | null = 0.4): ProcessView {
  return { pid, ppid: 1, name: 'x', command, cpuPercent, rssBytes: 61 * MIB, threads: 11, depth };
}

const INSPECTION: ServiceInspection = {
  service: 'backend',
  processes: [
    process(4250, 0, 'sh -c npm run dev'),
    process(4251, 1, 'npm run dev'),
    process(4260, 2, 'node /shop/node_modules/.bin/vite', 34),
    process(4261, 1, 'esbuild --service', null),
  ],
  exits: [
    {
      run: 1,
      code: 3,
      signal: null,
      at: ago(20 * 60_000),
      uptimeMs: 62_000,
      reason: 'exited with code 3',
      isAsked: false,
      errorLine: 'no such table: users',
    },
    {
      run: 2,
      code: null,
      signal: 'SIGTERM',
      at: ago(13 * 60_000),
      uptimeMs: 4_000,
      reason: 'restarted: main.py changed',
      isAsked: true,
      errorLine: null,
    },
  ],
  environment: [
    { name: 'API_TOKEN', value: '********', isInherited: false },
    { name: 'LANG', value: 'C.UTF-8', isInherited: true },
    { name: 'PORT', value: '8001', isInherited: false },
  ],
};

function inspectedSession(): FakeSession {
  const session = calmSession();
  session.answer('inspectService', async (service) => ({ ...INSPECTION, service }));
  return session;
}

const row = (rows: readonly string[], text: string): string => rows.find((line) => line.includes(text)) ?? '';

it('the detail says how slow is slow', async () => {
  const session = inspectedSession();
  const health = {
    status: 'pass',
    consecutiveFailures: 0,
    failureThreshold: 3,
    checkedAt: null,
    latencyMs: 250,
    slowAboveMs: 100,
    message: 'HTTP 200',
    components: [],
  } as const;
  session.change([{ name: 'backend', health: { ...health, checkedAt: ago(1_000) } }]);
  const screen = renderScreen(session, { columns: 120, rows: 40 });
  await screen.waitFor('backend');
  screen.press('j', '3');
  await screen.waitFor('▲ HTTP 200 in 250 ms, slower than 100 ms');
});

describe('the detail', () => {
  it('shows each process below its parent, with what it uses, on the smallest common terminal', async () => {
    const screen = renderScreen(inspectedSession(), { columns: 80, rows: 24 });
    await screen.waitFor('backend');
    screen.press('j', '3');
    const rows = await screen.waitFor('esbuild');
    expect(row(rows, '4250')).toBe('    4250   0.4%    61 MiB       11  sh -c npm run dev');
    expect(row(rows, 'npm run dev').length).toBeLessThanOrEqual(80);
    expect(row(rows, '4251 ')).toContain('11  └ npm run dev');
    expect(row(rows, '4260 ')).toContain(' 34%    61 MiB       11    └ node node_modules/.bin/vite');
    expect(row(rows, '4261 ')).toContain('  –    61 MiB       11  └ esbuild --service');
  });

  it('tells how the last runs ended, the newest first, and what it was started with', async () => {
    const screen = renderScreen(inspectedSession(), { columns: 100, rows: 60 });
    await screen.waitFor('backend');
    screen.press('j', '3');
    const rows = await screen.waitFor('LANG=C.UTF-8');
    const text = rows.join('\n');
    expect(text).toMatch(
      /13m ago +run 2 ran for 4s: restarted: main.py changed\n +20m ago +run 1 ran for 1m 02s: exited/,
    );
    expect(text).toContain('no such table: users');
    expect(text).toMatch(/environment.*\n +API_TOKEN=\*{8}\n +PORT=8001\n\n inherited.*\n +LANG=C.UTF-8/);
    expect(row(rows, 'folder')).toBe(' folder      backend');
    expect(row(rows, 'log file')).toBe(' log file    .devdeck/logs/backend.log');
  });

  it('scrolls when it has the focus, no further than it goes, and says where one is', async () => {
    const session = inspectedSession();
    const screen = renderScreen(session, { columns: 80, rows: 24 });
    await screen.waitFor('backend');
    screen.press('j', '3');
    const before = await screen.waitFor(/detail: backend ─+ 1–15 of \d+/);
    const count = Number(/of (\d+)/.exec(row(before, 'detail: backend'))?.[1]);
    screen.press('j');
    await screen.waitFor(`2–16 of ${count}`);
    screen.press('G', 'j', 'j');
    await screen.waitFor(`${count - 14}–${count} of ${count}`);
    screen.press('k');
    await screen.waitFor(`${count - 15}–${count - 1} of ${count}`);
    screen.press('g');
    await screen.waitFor(`1–15 of ${count}`);
    screen.press('1', 'k', '3');
    await screen.waitFor('detail: db');
    expect(session.callsOf('inspectService').at(-1)).toEqual(['db']);
  });

  it('costs the session nothing while it is only a strip above the logs', async () => {
    const session = inspectedSession();
    const screen = renderScreen(session, { columns: 120, rows: 40 });
    await screen.waitFor('detail: db');
    screen.press('j');
    await screen.waitFor('detail: backend');
    expect(session.callsOf('inspectService')).toEqual([]);
    screen.press('3');
    await screen.waitFor('esbuild');
    expect(session.callsOf('inspectService')).not.toEqual([]);
  });

  it('goes on without the processes when the session cannot tell them', async () => {
    const session = calmSession();
    session.answer('inspectService', () => Promise.reject(new Error('no such method')));
    const screen = renderScreen(session, { columns: 80, rows: 24 });
    await screen.waitFor('backend');
    screen.press('j', '3');
    const rows = await screen.waitFor('.devdeck/logs/backend.log');
    expect(rows.join('\n')).not.toContain('no such method');
  });

  it('follows the cause down to the service that is to blame', async () => {
    const session = new FakeSession({
      services: [
        readyService('db', { state: 'unhealthy', ready: false, why: 'connection refused' }),
        readyService('api', { state: 'waiting', ready: false, why: 'waits ← db is unhealthy', dependsOn: ['db'] }),
        readyService('web', { state: 'waiting', ready: false, why: 'waits ← api is waiting', dependsOn: ['api'] }),
      ],
    });
    const screen = renderScreen(session, { columns: 120, rows: 40 });
    await screen.waitFor('detail: db');
    screen.press('G');
    await screen.waitFor('web waits ← api waits ← db is unhealthy (connection refused)');
  });

  it('shows the address of what speaks no HTTP, and sounds the alarm about ports', async () => {
    const session = new FakeSession({
      services: [
        readyService('db', {
          port: 5432,
          wantedPort: 5432,
          listening: [{ address: '::1', port: 5433, pid: 4242 }],
          secondListener: { address: '0.0.0.0', port: 5432, pid: 812, command: 'postgres -D old' },
        }),
      ],
    });
    const screen = renderScreen(session, { columns: 100, rows: 40 });
    const rows = await screen.waitFor('▲ not on its port 5432');
    expect(row(rows, 'address')).toMatch(/^ address {5}localhost:5432 /);
    expect(row(rows, 'listens')).toMatch(/^ listens {5}\[::1\]:5433 \(pid 4242\)/);
    screen.press('3');
    await screen.waitFor('▲ 0.0.0.0:5432 is another program’s (pid 812, postgres -D old)');
  });

  it('draws the answers of the probe by their latency, and marks those that failed', async () => {
    const probe = (latencyMs: number, ok = true) => ({ ok, at: ago(0), latencyMs });
    const session = calmSession();
    session.change([{ name: 'backend', probes: [probe(1), probe(2), probe(900), probe(5_000, false), probe(8)] }]);
    const screen = renderScreen(session, { columns: 100, rows: 40 });
    await screen.waitFor('backend');
    screen.press('j', '3');
    await screen.waitFor('probes      ▁▂█✖▃  1 ms to 900 ms, 1 of 5 failed');
  });

  it('calls no probe failed that came before the service was up', async () => {
    const session = calmSession();
    const early = { ok: false, at: ago(60), latencyMs: 1 };
    const late = { ok: true, at: ago(0), latencyMs: 40 };
    session.change([{ name: 'backend', probes: [early, early, late], readyAt: ago(30) }]);
    const screen = renderScreen(session, { columns: 100, rows: 40 });
    await screen.waitFor('backend');
    screen.press('j', '3');
    const rows = await screen.waitFor('probes      ··▃  40 ms');
    expect(row(rows, 'probes')).not.toContain('failed');
    session.change([{ name: 'backend', probes: [early, early], readyAt: null, state: 'starting' }]);
    expect(row(await screen.waitFor(/probes {6}··$/m), 'probes')).not.toContain('failed');
    session.change([{ name: 'backend', state: 'unhealthy' }]);
    await screen.waitFor(/probes {6}✖✖ +2 of 2 failed/);
  });
});

describe('a service that asks', () => {
  function asking(question: { readonly text: string; readonly isSecret: boolean }): FakeSession {
    const session = calmSession();
    session.change([{ name: 'backend', question, why: `asks: ${question.text}` }]);
    return session;
  }

  it('is badged in the table, and answered in a line at the foot', async () => {
    const session = asking({ text: 'Overwrite? [y/N]', isSecret: false });
    const screen = renderScreen(session, { columns: 80, rows: 24 });
    await screen.waitFor('ready ?');
    screen.press('A');
    await screen.waitFor('db does not ask anything');
    screen.press('j', 'A');
    await screen.waitFor('backend asks: Overwrite? [y/N]');
    screen.press('y', 'q', '\u007f');
    await screen.waitFor('[y/N] y▏');
    screen.press('\r');
    await screen.waitFor((rows) => !rows.join('\n').includes('y▏'));
    expect(session.callsOf('typeAnswer')).toEqual([['backend', 'y']]);
  });

  it('hides what is typed when it is secret, and sends nothing after Escape', async () => {
    const session = asking({ text: 'Password:', isSecret: true });
    const screen = renderScreen(session, { columns: 80, rows: 24 });
    await screen.waitFor('ready ?');
    screen.press('j', 'A');
    await screen.waitFor('backend asks: Password:');
    screen.press('h', 'u', 'n', 't', 'e', 'r');
    const rows = await screen.waitFor('••••••▏');
    expect(rows.join('\n') + screen.output()).not.toContain('hunter');
    screen.press('\u001b');
    await screen.waitFor((seen) => !seen.join('\n').includes('••'));
    expect(session.callsOf('typeAnswer')).toEqual([]);
  });
});
