import { describe, expect, it } from 'vitest';
import { mayBeAsked, progressSequence, readAnswer } from '../../../src/tui/terminal/abilities.ts';

describe('an answer of the terminal', () => {
  it.each([
    [']11;rgb:1e1e/2222/2a2a\u001b\\', { kind: 'ground', ground: 'dark' }],
    [']11;rgb:ff/ff/ff\u0007', { kind: 'ground', ground: 'light' }],
    [']11;rgba:fdfd/f6f6/e3e3/ffff\u0007', { kind: 'ground', ground: 'light' }],
    ['[?0u', { kind: 'kitty' }],
    ['[?62;4;22c', { kind: 'last' }],
    [']11;?', undefined],
    [']10;rgb:ff/ff/ff\u0007', undefined],
    ['[>1;10;0c', undefined],
  ])('%j is read', (reply, answer) => {
    expect(readAnswer(reply)).toEqual(answer);
  });

  it('is not asked for where none comes', () => {
    expect(mayBeAsked({ TERM: 'xterm-256color' })).toBe(true);
    for (const TERM of ['linux', 'dumb', '']) expect(mayBeAsked({ TERM })).toBe(false);
    expect(mayBeAsked({})).toBe(false);
  });
});

describe('the progress bar', () => {
  const half = { percent: 50.4, isFailing: false };

  it('is drawn where the terminal is known to have one', () => {
    expect(progressSequence(half, { WT_SESSION: 'x' })).toBe('\u001b]9;4;1;50\u001b\\');
    expect(progressSequence({ ...half, isFailing: true }, { VTE_VERSION: '8000' })).toBe('\u001b]9;4;2;50\u001b\\');
    expect(progressSequence(undefined, { TERM_PROGRAM: 'ghostty' })).toBe('\u001b]9;4;0;0\u001b\\');
  });

  it('goes through tmux, and nowhere else', () => {
    const env = { WT_SESSION: 'x', TMUX: '/tmp/tmux' };
    expect(progressSequence(half, env)).toBe('\u001bPtmux;\u001b\u001b]9;4;1;50\u001b\u001b\\\u001b\\');
    for (const other of [{}, { TERM_PROGRAM: 'Apple_Terminal' }, { VTE_VERSION: '6800' }]) {
      expect(progressSequence(half, other)).toBe('');
    }
  });
});
