import { describe, expect, it } from 'vitest';
import { TerminalModes } from '../../../src/core/terminal/terminal-modes.ts';

const ESC = '\u001b';

function after(...chunks: readonly string[]): TerminalModes {
  const modes = new TerminalModes();
  for (const chunk of chunks) modes.push(Buffer.from(chunk));
  return modes;
}

describe('the modes of a terminal', () => {
  it('are none after text and colour', () => {
    expect(after(`plain ${ESC}[31mred${ESC}[0m ${ESC}[2K${ESC}[1A\r\n`).sequences()).toBe('');
  });

  it('are the ones that the program set and did not reset', () => {
    const modes = after(`${ESC}[?2004h> `, `${ESC}[?1h${ESC}=`, `${ESC}[?1000;1006h`, `${ESC}[?1000l`);
    expect(modes.sequences()).toBe(`${ESC}[?2004h${ESC}[?1h${ESC}[?1006h${ESC}=`);
  });

  it('contain a hidden cursor until it is shown again', () => {
    expect(after(`${ESC}[?25l`).sequences()).toBe(`${ESC}[?25l`);
    expect(after(`${ESC}[?25l${ESC}[?25h`).sequences()).toBe('');
  });

  it('are found for any chunks of output', () => {
    const output = `text${ESC}[?1049h${ESC}[>1u${ESC}[?1002hmore`;
    const whole = after(output);
    const split = after(...Array.from(output));
    expect(split.sequences()).toBe(whole.sequences());
    expect(split.isFullScreen).toBe(true);
  });

  it('follow the keyboard protocol that is pushed and popped', () => {
    expect(after(`${ESC}[>1u${ESC}[>5u${ESC}[<u`).sequences()).toBe(`${ESC}[>1u`);
    expect(after(`${ESC}[>1u${ESC}[=7;1u`).sequences()).toBe(`${ESC}[>7u`);
    expect(after(`${ESC}[>4;2m`).sequences()).toBe(`${ESC}[>4;2m`);
  });

  it('do not contain an unfinished frame', () => {
    expect(after(`${ESC}[?2026h`).sequences()).toBe('');
  });

  it('end with a full reset, and with the run', () => {
    expect(after(`${ESC}[?1049h${ESC}[?1003h${ESC}c`).sequences()).toBe('');
    const modes = after(`${ESC}[?1049h`);
    modes.reset();
    expect([modes.sequences(), modes.isFullScreen]).toEqual(['', false]);
  });

  it('are all undone', () => {
    const modes = after(`${ESC}[?1;9;1000;1002;1003;1004;1005;1006;1015;1016;1049;2004h${ESC}=${ESC}[?25l${ESC}[?7l`);
    modes.push(Buffer.from(modes.undoing()));
    expect([modes.sequences(), modes.isFullScreen]).toEqual(['', false]);
  });

  it('are undone without leaving a main screen that was never left', () => {
    expect(after(`${ESC}[?1000h`).undoing()).not.toContain('1049');
  });
});
