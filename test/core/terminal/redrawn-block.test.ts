import { describe, expect, it } from 'vitest';
import { goesUp, RedrawnBlock } from '../../../src/core/terminal/redrawn-block.ts';

const ESC = '\u001b';

/** Writes output as it comes to a log: lines, and what has no end yet. */
function drawn(output: string, { above = [], columns = 80 }: { above?: readonly string[]; columns?: number } = {}) {
  const left = [...above];
  const block = new RedrawnBlock({ columns: () => columns, takeAbove: () => left.pop() });
  const lines = output.split('\n');
  const open = lines.pop() ?? '';
  for (const line of lines) block.writeLine(line, { continues: false });
  if (open !== '') block.writeOpen(open);
  return { rows: block.rows(), left };
}

describe('output that is redrawn in place', () => {
  it('appears as its last frame, whole or half rewritten', () => {
    const above = ['listening', '| a', '| b'];
    expect(drawn(`${ESC}[2A${ESC}[K/ a\n${ESC}[K/ b\n`, { above })).toEqual({
      rows: ['/ a', '/ b'],
      left: ['listening'],
    });
    expect(drawn(`${ESC}[2A${ESC}[K/ a\n`, { above }).rows).toEqual(['/ a', '| b']);
  });

  it('may be one rewritten row of several, as in progress of downloads', () => {
    const above = ['a: waiting', 'b: waiting'];
    const output = `${ESC}[2A${ESC}[2K\ra: 50%\r${ESC}[2B${ESC}[1A${ESC}[2K\rb: 10%\r${ESC}[1B`;
    expect(drawn(output, { above }).rows).toEqual(['a: 50%', 'b: 10%']);
    expect(drawn(`${output}done\n`, { above }).rows).toEqual(['a: 50%', 'b: 10%', 'done']);
  });

  it('disappears when it was erased, row by row or all below', () => {
    const above = ['RUNS a', 'RUNS b', ''];
    const erase = `${ESC}[2K${ESC}[1A`.repeat(3);
    expect(drawn(`${erase}${ESC}[2K${ESC}[GPASS\n`, { above }).rows).toEqual(['PASS']);
    expect(drawn(`${ESC}[3A${ESC}[JPASS\n`, { above }).rows).toEqual(['PASS']);
  });

  it('keeps its colours', () => {
    expect(drawn(`${ESC}[1A${ESC}[2K${ESC}[32mok${ESC}[0m\n`, { above: ['..'] }).rows).toEqual([
      `${ESC}[32mok${ESC}[0m`,
    ]);
  });

  it('counts rows of the terminal, so that a long line has several', () => {
    const above = ['first', 'x'.repeat(25)];
    expect(drawn(`${ESC}[3A${ESC}[2Knew\n`, { above, columns: 10 }).left).toEqual(['first']);
  });

  it('may return to a saved cursor', () => {
    expect(drawn(`${ESC}7${ESC}[1A${ESC}[2K50%${ESC}8text\n`, { above: ['0%'] }).rows).toEqual(['50%', 'text']);
  });

  it('does not repeat a line without an end, or half a sequence', () => {
    const block = new RedrawnBlock({ columns: () => 80, takeAbove: () => undefined });
    for (const open of ['ab', `ab${ESC}[3`, `ab${ESC}[31mc`]) block.writeOpen(open);
    block.writeLine(`ab${ESC}[31mcd`, { continues: false });
    expect(block.rows()).toEqual([`ab${ESC}[31mcd${ESC}[0m`]);
  });

  it('begins only when the cursor moves up', () => {
    expect([`${ESC}[2Ax`, `${ESC}[F`, `${ESC}M`].map(goesUp)).toEqual([true, true, true]);
    expect([`${ESC}[31mred`, `${ESC}[K\rspin`, `${ESC}[2J${ESC}[H`].map(goesUp)).toEqual([false, false, false]);
  });
});
