import { describe, expect, it } from 'vitest';

import { printable } from '../../src/system/printable.ts';

describe('foreign text', () => {
  it.each([
    ['pid=1,x', 'pid=1,x'],
    ['\u001B]0;title\u0007node', ']0;title node'],
    ['\u001B[31mred\u001B[0m', '[31mred [0m'],
    ['two\nlines\r\nhere', 'two lines here'],
    ['\u009B31mC1', '31mC1'],
    ['abc\u202Egnp.exe', 'abc gnp.exe'],
    ['line\u2028separator\u200Bhidden', 'line separator hidden'],
    ['naïve 日本 👍', 'naïve 日本 👍'],
    ['\0\u0001', ''],
  ])('%j is shown as %j', (text, shown) => expect(printable(text)).toBe(shown));

  it('is cut at the limit, with a mark, and never inside a character', () => {
    expect(printable('x'.repeat(41))).toBe(`${'x'.repeat(39)}…`);
    expect(printable('x'.repeat(40))).toBe('x'.repeat(40));
    expect(printable('👍👍👍👍', 3)).toBe('👍👍…');
  });
});
