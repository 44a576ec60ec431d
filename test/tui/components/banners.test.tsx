// The banners alone, in their states.

import { describe, expect, it } from 'vitest';
import type { ConfigNews } from '../../../src/core/session/snapshot.ts';
import { ChecksBanner } from '../../../src/tui/components/checks-banner.tsx';
import { ConfigBanner } from '../../../src/tui/components/config-banner.tsx';
import type { ScreenState } from '../../../src/tui/state/state.ts';
import { renderPart, screenState } from '../../helpers/render-part.tsx';

function banner(
  Part: typeof ConfigBanner,
  session: Partial<NonNullable<ScreenState['session']>>,
  { columns = 80, rows = 4 } = {},
): readonly string[] {
  const known = screenState([]);
  const state = screenState([], {
    size: { columns, rows },
    session: { ...known.session, ...session } as ScreenState['session'],
  });
  return renderPart(<Part area={{ column: 0, row: 0, columns, rows }} />, state).rows();
}

const NEWS: ConfigNews = {
  status: 'pending',
  file: '.project.config',
  version: 3,
  changes: [
    { service: 'db', effect: 'none', text: 'db keeps running' },
    { service: 'old', effect: 'stop', text: 'old is gone and stops' },
    { service: 'api', effect: 'restart', text: 'api restarts' },
  ],
  problem: null,
};

describe('the banner of an edited config', () => {
  it('lists what the edit does, what touches no process last', () => {
    expect(banner(ConfigBanner, { config: NEWS })).toEqual([
      ' ▲ .project.config was edited   a apply   Esc later',
      '   − old is gone and stops',
      '   ↻ api restarts',
      '   · db keeps running',
    ]);
  });

  it('counts what has no room, and is one line where there is only one', () => {
    expect(banner(ConfigBanner, { config: NEWS }, { rows: 3 }).at(-1)).toBe('   … and 2 more: ./dev reload --dry-run');
    expect(banner(ConfigBanner, { config: NEWS }, { rows: 1 })).toHaveLength(1);
  });

  it('says why an edit cannot be used, and when the file is gone', () => {
    const unusable: ConfigNews = { ...NEWS, status: 'unusable', changes: [], problem: '.project.config:5:1  no' };
    const [head, problem] = banner(ConfigBanner, { config: unusable });
    expect(head).toBe(' ✖ .project.config cannot be used; the last good one stays active   Esc hide');
    expect(problem).toBe('   .project.config:5:1  no');
    const missing: ConfigNews = { ...NEWS, status: 'missing', changes: [], problem: null };
    expect(banner(ConfigBanner, { config: missing })[0]).toMatch(/^ ✖ .*\.project\.config/);
  });
});

it('the banner of failed checks says of each what to do', () => {
  const failedChecks = [
    { name: 'node', message: 'node 18 is older than 22', hint: 'nvm use' },
    { name: 'tools', message: 'timed out', hint: null },
    { name: 'more', message: 'has no room', hint: null },
  ];
  expect(banner(ChecksBanner, { failedChecks }, { rows: 3 })).toEqual([
    ' ▲ check node failed: node 18 is older than 22   Esc hide',
    '   → nvm use',
    ' ▲ check tools failed: timed out',
  ]);
});
