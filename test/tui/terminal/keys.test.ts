import { describe, expect, it } from 'vitest';
import { createKeyDecoder, type TerminalInput } from '../../../src/tui/terminal/keys.ts';

function decode(...chunks: readonly string[]): readonly TerminalInput[] {
  const decoder = createKeyDecoder();
  return chunks.flatMap((chunk) => decoder.push(chunk));
}

const key = (name: string): TerminalInput => ({ type: 'key', key: name });

describe('keys', () => {
  it.each([
    ['a', 'a'],
    ['G', 'G'],
    ['\r', 'enter'],
    ['\t', 'tab'],
    ['\u007f', 'backspace'],
    ['\u0003', 'ctrl-c'],
    ['\u001a', 'ctrl-z'],
    [' ', 'space'],
    ['\u001b[A', 'up'],
    ['\u001bOB', 'down'],
    ['\u001b[1;5A', 'up'],
    ['\u001b[5~', 'pgup'],
    ['\u001b[6;2~', 'pgdn'],
    ['\u001b[Z', 'shift-tab'],
    ['\u001b[H', 'home'],
    ['ü', 'ü'],
  ])('reads %j as %s', (bytes, name) => {
    expect(decode(bytes)).toEqual([key(name)]);
  });

  it('reads several keys that arrive together', () => {
    expect(decode('j\u001b[Ak')).toEqual([key('j'), key('up'), key('k')]);
  });

  it('joins a sequence that arrives in pieces', () => {
    expect(decode('\u001b', '[', '5', '~')).toEqual([key('pgup')]);
  });

  it('takes an ESC for the Escape key only when nothing follows', () => {
    const decoder = createKeyDecoder();
    expect(decoder.push('\u001b')).toEqual([]);
    expect(decoder.isPending).toBe(true);
    expect(decoder.flush()).toEqual([key('esc')]);
    expect(decoder.isPending).toBe(false);
  });

  it('drops sequences that mean nothing here, whole', () => {
    expect(decode('\u001b[>0;10;1c\u001b[200;5Xq')).toEqual([key('q')]);
  });

  it('are told apart from what the terminal says of itself', () => {
    expect(decode('\u001b[?62;22c\u001b]11;rgb:00/00/00\u0007\u001b[Iq')).toEqual([
      { type: 'reply', text: '[?62;22c' },
      { type: 'reply', text: ']11;rgb:00/00/00\u0007' },
      { type: 'focus', isIn: true },
      key('q'),
    ]);
  });

  it('are read as the keyboard of kitty tells them', () => {
    const codes = ['27u', '99;5u', '9;2u', '13u', '57400u', '97;3u', '57358u', '228u', '1114112u'];
    expect(decode(codes.map((code) => `\u001b[${code}`).join(''))).toEqual(
      ['esc', 'ctrl-c', 'shift-tab', 'enter', '1', 'ä'].map(key),
    );
  });
});

describe('pastes', () => {
  it('hands over a bracketed paste as text, also when it arrives in pieces', () => {
    expect(decode('\u001b[200~rm -rf x', 'R\u001b[201~j')).toEqual([{ type: 'paste', text: 'rm -rf xR' }, key('j')]);
  });

  it('does not wait for a pause inside a bracketed paste', () => {
    const decoder = createKeyDecoder();
    decoder.push('\u001b[200~half');
    expect(decoder.isPending).toBe(false);
  });

  it('takes more characters at once than a hand can type for a paste', () => {
    const text = 'xRqdkill all of it';
    expect(decode(text)).toEqual([{ type: 'paste', text }]);
  });

  it('knows the rest of such a paste by its haste, and the next key by the pause before it', () => {
    let nowMs = 0;
    const decoder = createKeyDecoder(() => nowMs);
    decoder.push('a long text that no hand types');
    nowMs = 5;
    expect(decoder.push('xq')).toEqual([{ type: 'paste', text: 'xq' }]);
    nowMs = 100;
    expect(decoder.push('x')).toEqual([key('x')]);
  });

  it('is not fooled by escape sequences in such a paste', () => {
    const inputs = decode('\u001b[31mxqd\u001b[0m RXs \u001b[1mkill\u001b[0m all');
    expect(new Set(inputs.map(({ type }) => type))).toEqual(new Set(['paste']));
  });

  it('takes keys after a bracketed paste for keys', () => {
    expect(decode('\u001b[200~a text of many characters\u001b[201~j', 'q')).toContainEqual(key('q'));
  });

  it('takes a key that is held down for keys', () => {
    expect(decode('j'.repeat(40))).toHaveLength(40);
  });
});

describe('the mouse', () => {
  it('tells the wheel and where it turns', () => {
    expect(decode('\u001b[<64;10;20M')).toEqual([{ type: 'wheel', direction: 'up', column: 9, row: 19 }]);
  });

  it('tells a press of the left button, and not its release', () => {
    expect(decode('\u001b[<0;1;2M\u001b[<32;4;5M\u001b[<0;4;5m\u001b[<2;1;1M')).toEqual([
      { type: 'click', column: 0, row: 1 },
      { type: 'drag', column: 3, row: 4 },
      { type: 'release', column: 3, row: 4 },
    ]);
  });
});
