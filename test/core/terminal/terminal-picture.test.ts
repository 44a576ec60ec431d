import { describe, expect, it } from 'vitest';
import { drawing, type Screen, TerminalPicture } from '../../../src/core/terminal/terminal-picture.ts';

const ESC = '\u001b';
const SIZE = { columns: 20, rows: 4 };

function picture(modes = ''): TerminalPicture {
  return new TerminalPicture(SIZE, () => modes);
}

const seen = (screen: Screen) => ({
  rows: Array.from({ length: screen.rows }, (_, row) => screen.rowText(row + 1)),
  cursor: `${screen.cursor.row}:${screen.cursor.column}`,
});

describe('the picture of a terminal', () => {
  it('is the last rows, with a line without an end and the cursor after it', async () => {
    const terminal = picture();
    terminal.push(Buffer.from('one\r\ntwo\r\nthree\r\nfour\r\nname: '));
    expect(await terminal.look(seen)).toEqual({ rows: ['two', 'three', 'four', 'name:'], cursor: '4:7' });
  });

  it('is the same after an earlier look', async () => {
    const terminal = picture();
    terminal.push(Buffer.from(`a\r\nb\r\n${ESC}[1`));
    await terminal.look(seen);
    terminal.push(Buffer.from('AB'));
    expect(await terminal.look(seen)).toEqual({ rows: ['a', 'B', '', ''], cursor: '2:2' });
  });

  it('shows the moment of the look', async () => {
    const terminal = picture();
    terminal.push(Buffer.from('a'));
    const first = terminal.look(seen);
    terminal.push(Buffer.from('b'));
    const second = terminal.look(seen);
    expect((await first).cursor).toBe('1:2');
    expect((await second).rows[0]).toBe('ab');
  });

  it('keeps colours, and in which of them the next character is written', async () => {
    const terminal = picture();
    terminal.push(Buffer.from(`${ESC}[1;31mred${ESC}[0m ${ESC}[38;2;1;2;3mtrue${ESC}[0m ${ESC}[32m> `));
    const text = await terminal.look(drawing);
    const again = picture();
    again.push(Buffer.from(text));
    expect(await again.look(drawing)).toBe(text);
    expect(text).toContain(`${ESC}[0m${ESC}[1;31mred`);
    expect(text.endsWith(`${ESC}[1;12H${ESC}[32m`)).toBe(true);
  });

  it('follows the size in its place among the output', async () => {
    const terminal = picture();
    terminal.push(Buffer.from('0123456789\r\n'));
    terminal.resize({ columns: 5, rows: 4 });
    terminal.push(Buffer.from('0123456'));
    expect((await terminal.look(seen)).rows).toEqual(['01234', '56789', '01234', '56']);
  });

  it('is restored after more output than is kept, in the modes that were set before', async () => {
    const terminal = picture(`${ESC}[?7l`);
    terminal.push(Buffer.from('x'.repeat(200_000)));
    terminal.push(Buffer.from('\r\n'.repeat(4)));
    terminal.push(Buffer.from('y'.repeat(30)));
    expect((await terminal.look(seen)).rows).toEqual(['', '', '', 'y'.repeat(20)]);
  });

  it('is empty again for the next program', async () => {
    const terminal = picture();
    terminal.push(Buffer.from(`old${ESC}[31m`));
    await terminal.look(seen);
    terminal.reset();
    terminal.push(Buffer.from('new'));
    expect(await terminal.look(drawing)).toBe(`${ESC}[1;1Hnew${ESC}[1;4H`);
  });
});
