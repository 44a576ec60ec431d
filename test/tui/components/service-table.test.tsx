// The table alone, drawn by Ink into a terminal of 100 columns.

import { Box } from 'ink';
import { render } from 'ink-testing-library';
import { withoutColour } from '../../../src/core/output/plain-line.ts';
import { expect, it, onTestFinished } from 'vitest';
import { ServiceTable } from '../../../src/tui/components/service-table.tsx';
import { createTheme } from '../../../src/tui/paint/theme.ts';
import { serviceView } from '../../fakes/fake-session.ts';

function draw(services: readonly ReturnType<typeof serviceView>[]): string[] {
  const { lastFrame, unmount } = render(
    <Box width={100} height={services.length + 1}>
      <ServiceTable
        area={{ column: 0, row: 0, columns: 100, rows: services.length + 1 }}
        theme={createTheme({ NO_COLOR: '1' })}
        services={services}
        names={services.map(({ name }) => name)}
        selected={services[0]?.name}
        isFocused
        cpuHistory={{}}
        nowMs={Date.parse('2026-01-01T00:01:00.000Z')}
      />
    </Box>,
  );
  onTestFinished(unmount);
  return withoutColour(lastFrame() ?? '')
    .split('\n')
    .filter((row) => row.trim() !== '');
}

it('says the state in a glyph and a word, and where a moved service is now', () => {
  const [heading, api, web] = draw([
    serviceView({ name: 'api', state: 'ready', port: 8001, wantedPort: 8000, pid: 812 }),
    serviceView({ name: 'web', state: 'failed', ready: false, port: 5173, wantedPort: 5173, pid: null }),
  ]);
  expect(heading).toMatch(/SERVICE +STATE +PORT +PID/);
  expect(api).toMatch(/▌ ● api +ready +8000→8001 +812/);
  expect(web).toMatch(/✖ web +failed +5173/);
});

it('keeps its columns when names are wide', () => {
  const [, wide, plain] = draw([serviceView({ name: 'データベース', pid: 1 }), serviceView({ name: 'web', pid: 2 })]);
  const columnOf = (row: string | undefined, word: string) => (row ?? '').indexOf(word);
  // Six wide characters take twelve columns: six more than the letters that JavaScript counts.
  expect(columnOf(wide, 'ready') + 6).toBe(columnOf(plain, 'ready'));
});
