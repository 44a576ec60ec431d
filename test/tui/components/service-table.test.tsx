// The table alone, in its states.

import { describe, expect, it } from 'vitest';
import { ServiceTable } from '../../../src/tui/components/service-table.tsx';
import type { ScreenState } from '../../../src/tui/state/state.ts';
import type { ServiceView } from '../../../src/core/session/snapshot.ts';
import { serviceView } from '../../fakes/fake-session.ts';
import { renderPart, screenState, type RenderedPart } from '../../helpers/render-part.tsx';

function table(
  services: readonly ServiceView[],
  look: Partial<ScreenState> = {},
  { columns = 100, rows = services.length + 1 } = {},
): RenderedPart {
  const area = { column: 0, row: 0, columns, rows };
  return renderPart(<ServiceTable area={area} />, screenState(services, { size: { columns, rows }, ...look }));
}

const DOWN = { ready: false, pid: null, pids: [], cpuPercent: null, rssBytes: null, startedAt: null } as const;
const failed = (name: string): ServiceView =>
  serviceView({ name, ...DOWN, state: 'failed', why: 'KeyError: DATABASE_URL (exited with code 1)' });
const names = (part: RenderedPart): readonly string[] =>
  part
    .rows()
    .slice(1)
    .map((row) => row.slice(4).split(' ')[0] ?? '');

describe('the rows', () => {
  it('say the state in a glyph and a word, and where a moved service is now', () => {
    const [heading, api, web] = table([
      serviceView({ name: 'api', state: 'ready', port: 8001, wantedPort: 8000, pid: 812 }),
      serviceView({ name: 'web', state: 'ready', port: 5173, wantedPort: 5173, pid: 813 }),
    ]).rows();
    expect(heading).toMatch(/SERVICE +STATE +PORT +PID/);
    expect(api).toMatch(/▌ ● api +ready +8000→8001 +812/);
    expect(web).toMatch(/● web +ready +5173/);
  });

  it('keep their columns when names are wide', () => {
    const [, wide, plain] = table([
      serviceView({ name: 'データベース', pid: 1 }),
      serviceView({ name: 'web', pid: 2 }),
    ]).rows();
    const columnOf = (row: string | undefined, word: string) => (row ?? '').indexOf(word);
    // Six wide characters take twelve columns: six more than the letters that JavaScript counts.
    expect(columnOf(wide, 'ready') + 6).toBe(columnOf(plain, 'ready'));
  });

  it('say when no service has the text of the filter, and how many have', () => {
    const services = ['api', 'web', 'worker'].map((name) => serviceView({ name }));
    expect(table(services, { tableFilter: 'x' }).rows().join('\n')).toContain('Esc shows all');
    expect(table(services, { tableFilter: 'W' }).rows()[0]).toContain('"W" · 2 of 3');
    expect(names(table(services, { input: { purpose: 'find-service', text: 'ap' } }))).toEqual(['api', '', '']);
  });
});

describe('the reason', () => {
  const asking = serviceView({
    name: 'seed',
    state: 'ready',
    question: { text: 'Reset the database? [y/N]', isSecret: false },
  });

  it.each([80, 120, 200])('has a column with a heading at %d columns, the cause first', (columns) => {
    const [heading, row] = table([failed('api'), serviceView({ name: 'db' })], {}, { columns }).rows();
    expect(heading).toContain('WHY');
    expect(row).toMatch(/✖ api .*KeyError: DATABASE_URL/);
  });

  it('takes the place of numbers where there is no room, and of none while all is well', () => {
    expect(table([failed('api')], {}, { columns: 80 }).rows()[0]).not.toMatch(/PID|RESTARTS|MEMORY/);
    expect(table([serviceView({ name: 'db' })], {}, { columns: 80 }).rows()[0]).toMatch(/MEMORY/);
  });

  it('leaves the port where it would be a fragment', () => {
    const [heading] = table([failed('api')], {}, { columns: 40 }).rows();
    expect(heading).toContain('PORT');
    expect(heading).not.toContain('WHY');
  });

  it('of a service that waits is the first cause, down to the port that is taken', () => {
    const conflict = serviceView({ name: 'api', ...DOWN, state: 'unhealthy', why: 'GET /health 503' });
    const web = serviceView({
      name: 'web',
      ...DOWN,
      state: 'waiting',
      why: 'waits ← api is unhealthy',
      dependsOn: ['api'],
    });
    expect(table([conflict, web]).rows()[2]).toMatch(/web +waiting .*api is unhealthy \(GET \/health 503\)/);
  });

  it('of a service that asks is its question', () => {
    expect(table([asking], {}, { columns: 120 }).rows()[1]).toContain('asks: Reset the database? [y/N]');
  });

  it('is as loud as it is bad: what has failed is red and bold, what rests is grey', () => {
    const stopped = serviceView({ name: 'docs', ...DOWN, state: 'stopped', wanted: false, why: 'not started' });
    const area = { column: 0, row: 0, columns: 120, rows: 4 };
    const state = screenState([serviceView({ name: 'db' }), failed('api'), stopped], { size: area });
    const env = { TERM: 'xterm-256color', COLORTERM: 'truecolor' };
    const [, , api, docs] = renderPart(<ServiceTable area={area} />, state, { env })
      .painted()
      .split('\n');
    // oxlint-disable-next-line no-control-regex -- colours are made of control characters
    expect(api).toMatch(/\u001b\[31m\u001b\[1mapi|\u001b\[1m\u001b\[31mapi/);
    // oxlint-disable-next-line no-control-regex -- as above
    expect(docs).toMatch(/\u001b\[2mdocs/);
  });
});

describe('what is out of sight', () => {
  const many = Array.from({ length: 12 }, (_, index) =>
    index === 10
      ? serviceView({ name: 's10', question: { text: 'Go on?', isSecret: false } })
      : serviceView({ name: `s${index}` }),
  );

  it('is counted at the lower edge, with who asks', () => {
    const rows = table(many, {}, { rows: 8 }).rows();
    expect(rows).toHaveLength(8);
    expect(rows[7]).toBe('  ▼ 6 more, 1 asks');
  });

  it('is counted above too, and each service comes into sight when it is selected', () => {
    const part = table(many, { selected: 's11' }, { rows: 8 });
    expect(part.rows()[0]).toContain('▲ 6 more');
    for (const { name } of many) {
      part.set({ selected: name });
      expect(part.rows().join('\n')).toMatch(new RegExp(`▌ ● ${name} `));
    }
  });
});

describe('the order', () => {
  const services = [
    serviceView({ name: 'web', cpuPercent: 3, rssBytes: 900e6 }),
    serviceView({ name: 'api', cpuPercent: 80, rssBytes: 100e6 }),
    failed('gone'),
    serviceView({ name: 'seed', question: { text: 'Go on?', isSecret: false } }),
  ];

  it.each([
    ['config', 'web api gone seed', ''],
    ['problems', 'gone seed web api', 'problems first'],
    ['cpu', 'api web seed gone', 'by CPU'],
    ['memory', 'web api seed gone', 'by memory'],
    ['name', 'api gone seed web', 'by name'],
  ] as const)('%s is %s', (order, expected, said) => {
    const part = table(services, { order });
    expect(names(part).join(' ')).toBe(expected);
    expect(part.rows()[0]).toContain(said);
  });
});

it('a good answer that is slow is marked in the row', () => {
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
  const { slowAboveMs: _slow, ...quick } = health;
  const [, slow, fast] = table([
    serviceView({ name: 'api', health }),
    serviceView({ name: 'web', health: { ...quick, latencyMs: 40 } }),
  ]).rows();
  expect(slow).toContain('▲ 250 ms');
  expect(fast).toContain('✓ 40 ms');
});
