import { describe, expect, it } from 'vitest';
import { hasHyperlinks } from '../../../src/tui/terminal/hyperlinks.ts';

const TERM = 'xterm-256color';

describe('a terminal', () => {
  it.each([
    { TERM, WT_SESSION: 'x' },
    { TERM, VTE_VERSION: '7600' },
    { TERM: 'xterm-kitty' },
    { TERM: 'foot-extra' },
    { TERM, TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.6.9' },
    { TERM, TERM_PROGRAM: 'vscode', TERM_PROGRAM_VERSION: '1.113.0' },
    { TERM, TERM_PROGRAM: 'WezTerm', TERM_PROGRAM_VERSION: '20240203-110809-5046fc22' },
    { TERM: 'tmux-256color', TMUX: 'x', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: '3.5a' },
    { TERM, FORCE_HYPERLINK: '1' },
    { TERM: 'xterm-kitty', NO_COLOR: '1' },
  ])('shows links with %j', (env) => {
    expect(hasHyperlinks(env)).toBe(true);
  });

  it.each([
    {},
    { TERM },
    { TERM: 'dumb', WT_SESSION: 'x' },
    { TERM: 'linux', VTE_VERSION: '7600' },
    { TERM, VTE_VERSION: '5000' },
    { TERM, TERM_PROGRAM: 'Apple_Terminal', TERM_PROGRAM_VERSION: '455' },
    { TERM, TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.0.15' },
    { TERM: 'tmux-256color', TMUX: 'x', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: '3.3a' },
    { TERM: 'screen-256color', TMUX: 'x', WT_SESSION: 'x' },
    { TERM: 'screen', STY: 'x', VTE_VERSION: '7600' },
    { TERM: 'xterm-kitty', FORCE_HYPERLINK: '0' },
  ])('is not known to show links with %j', (env) => {
    expect(hasHyperlinks(env)).toBe(false);
  });
});
