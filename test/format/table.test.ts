import { describe, expect, it } from 'vitest';
import type { StateName } from '../../src/core/session/snapshot.ts';
import { sparkline } from '../../src/format/charts/sparkline.ts';
import { statusLabel } from '../../src/format/status-label.ts';
import { renderTable, type Column } from '../../src/format/table.ts';
import { displayWidth } from '../../src/format/text.ts';

const STATES: readonly StateName[] = [
  'stopped',
  'waiting',
  'conflict',
  'starting',
  'ready',
  'unhealthy',
  'backoff',
  'stopping',
  'exited',
  'failed',
];

it('every state has its own glyph of one column and its own word', () => {
  const labels = STATES.map(statusLabel);
  expect(labels.map(({ glyph }) => displayWidth(glyph))).toEqual(STATES.map(() => 1));
  expect(new Set(labels.map(({ glyph }) => glyph)).size).toBe(STATES.length);
  expect(labels.map(({ word }) => word)).toEqual(STATES);
});

describe('a table', () => {
  const columns: readonly Column[] = [
    { heading: 'NAME', minWidth: 4 },
    { heading: 'CPU', align: 'right', dropOrder: 1 },
    { heading: 'PID', align: 'right', dropOrder: 2 },
    { heading: 'URL', minWidth: 10 },
  ];
  const rows = [
    { cells: [{ text: 'backend' }, { text: '0.4%' }, { text: '812' }, { text: 'http://localhost:8000' }] },
    { cells: [{ text: 'db' }, { text: '12%' }, { text: '' }, { text: '' }], notes: [{ text: '  └ stopped' }] },
  ];
  const plain = (width: number): string => renderTable(columns, rows, width, (_, text) => text).join('\n');

  it('aligns columns and puts notes below their row', () => {
    expect(plain(Infinity)).toBe(
      ['NAME      CPU  PID  URL', 'backend  0.4%  812  http://localhost:8000', 'db        12%', '  └ stopped'].join(
        '\n',
      ),
    );
  });

  it('shrinks elastic columns, the last first', () => {
    expect(plain(32).split('\n')[1]).toBe('backend  0.4%  812  http://loca…');
  });

  it('drops the least important columns when shrinking is not enough', () => {
    expect(plain(24).split('\n')[1]).toBe('backe…  0.4%  http://lo…');
    expect(plain(18).split('\n')[1]).toBe('backe…  http://lo…');
  });

  it('is never wider than asked', () => {
    for (let width = 4; width < 60; width += 1) {
      const widths = renderTable(columns, rows, width, (_, text) => text).filter((line) => !line.includes('└'));
      expect(Math.max(...widths.map(displayWidth)), `width ${width}`).toBeLessThanOrEqual(width);
    }
  });

  it('leaves out an empty column that may be dropped', () => {
    const lines = renderTable(columns, [{ cells: [{ text: 'db' }] }], Infinity, (_, text) => text);
    expect(lines).toEqual(['NAME  URL', 'db']);
  });

  it('colours cells without moving them', () => {
    const lines = renderTable(
      [{ heading: 'A' }, { heading: 'B' }],
      [{ cells: [{ text: 'x', tone: 'ok' }, { text: 'y' }] }],
      80,
      (tone, text) => `<${tone}>${text}</>`,
    );
    expect(lines).toEqual(['<heading>A  B</>', '<ok>x</>  y']);
  });
});

it('a sparkline has one bar for each value, and gaps for unknown ones', () => {
  expect(sparkline([0, 50, 100, 200, null], 100)).toBe('▁▅██ ');
  expect(sparkline([0, 5], 0)).toBe('▁▁');
});
