import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rectangle } from '../../../src/tui/paint/compositor.ts';
import { cutTiles, firstVisible, MIN_SIZE, planLayout } from '../../../src/tui/state/layout.ts';
import { COLUMN_GAP, planColumns, ROW_PREFIX } from '../../../src/tui/subjects/service-columns.ts';

const wishes = fc.record({
  size: fc.record({
    columns: fc.integer({ min: MIN_SIZE.columns, max: 300 }),
    rows: fc.integer({ min: MIN_SIZE.rows, max: 100 }),
  }),
  serviceCount: fc.integer({ min: 0, max: 200 }),
  isZoomed: fc.boolean(),
  isDetailFocused: fc.boolean(),
  hasPanel: fc.boolean(),
  bannerRows: fc.integer({ min: 0, max: 20 }),
  tileCount: fc.integer({ min: 1, max: 4 }),
});

describe('the layout', () => {
  it('gives every cell to one pane at most and none outside the terminal, at any size', () => {
    fc.assert(
      fc.property(wishes, (wish) => {
        const { size, tiles, logs, ...others } = planLayout(wish);
        const areas = [...Object.values(others), ...tiles];
        expect(tiles.length === 0).toBe(logs === undefined);
        const taken = new Set<number>();
        for (const area of areas.filter((area): area is Rectangle => area !== undefined)) {
          expect(area.rows).toBeGreaterThan(0);
          expect(area.columns).toBeGreaterThan(0);
          for (let row = area.row; row < area.row + area.rows; row += 1) {
            for (const column of [area.column, area.column + area.columns - 1]) {
              expect(row).toBeLessThan(size.rows);
              expect(column).toBeLessThan(size.columns);
              const cell = row * 1000 + column;
              if (area.columns > 1) expect(taken.has(cell)).toBe(false);
              taken.add(cell);
            }
          }
        }
      }),
    );
  });

  it('always shows logs or a panel', () => {
    fc.assert(
      fc.property(wishes, (wish) => {
        const layout = planLayout(wish);
        if (wish.hasPanel) expect(layout.panel?.rows).toBeGreaterThanOrEqual(8);
        else expect(layout.logs ?? layout.detail).toBeDefined();
      }),
    );
  });

  it('puts the detail beside the logs when there is room, above them when there is less, and nowhere at 40 × 10', () => {
    const wish = {
      serviceCount: 3,
      isZoomed: false,
      isDetailFocused: false,
      hasPanel: false,
      bannerRows: 0,
      tileCount: 1,
    };
    const wide = planLayout({ ...wish, size: { columns: 200, rows: 60 } });
    expect(wide.detail?.row).toBe(wide.logs?.row);
    const usual = planLayout({ ...wish, size: { columns: 120, rows: 40 } });
    expect((usual.detail?.row ?? 0) + (usual.detail?.rows ?? 0)).toBe(usual.logs?.row);
    expect(planLayout({ ...wish, size: MIN_SIZE }).detail).toBeUndefined();
  });

  it('cuts the logs into as many panes as have room, side by side where they are wide enough', () => {
    const cut = (columns: number, rows: number, count: number) =>
      cutTiles({ column: 0, row: 3, columns, rows }, count).map(
        (area) => `${area.columns}×${area.rows}+${area.column}+${area.row}`,
      );
    expect(cut(120, 30, 2)).toEqual(['60×30+0+3', '60×30+60+3']);
    expect(cut(120, 30, 3)).toEqual(['60×15+0+3', '60×15+60+3', '120×15+0+18']);
    expect(cut(300, 80, 4)).toEqual(['75×80+0+3', '75×80+75+3', '75×80+150+3', '75×80+225+3']);
    expect(cut(80, 20, 4)).toEqual(['80×5+0+3', '80×5+0+8', '80×5+0+13', '80×5+0+18']);
    expect(cut(40, 6, 4)).toEqual(['40×6+0+3']);
  });

  it('keeps the selected service in sight', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 50 }), fc.nat(299), (count, visible, selected) => {
        const from = firstVisible(count, visible, Math.min(selected, count - 1));
        expect(from).toBeGreaterThanOrEqual(0);
        if (count > visible) expect(from + visible).toBeLessThanOrEqual(count);
        if (count > 0) expect(Math.min(selected, count - 1)).toBeLessThan(from + visible);
      }),
    );
  });
});

describe('the columns of the service table', () => {
  const plan = (width: number, longestPort = 9, hasReasons = false) =>
    planColumns({ width, longestName: 12, longestPort, hasReasons });

  it.each([
    [36, 'name state'],
    [39, 'name state port'],
    [79, 'name state port cpu memory health uptime'],
    [119, 'name state port pid cpu chart memory health restarts uptime'],
    [199, 'name state port pid cpu chart memory health restarts uptime note'],
  ])('at a width of %i are %s', (width, ids) => {
    expect(
      plan(width)
        .map((column) => column.id)
        .join(' '),
    ).toBe(ids);
  });

  it('are never wider than the table', () => {
    for (let width = 40; width <= 300; width += 1) {
      const columns = plan(width, 11, width % 2 === 0);
      const total = columns.reduce((sum, column) => sum + column.width, 0) + COLUMN_GAP * (columns.length - 1);
      expect(total + ROW_PREFIX).toBeLessThanOrEqual(width);
    }
  });
});
