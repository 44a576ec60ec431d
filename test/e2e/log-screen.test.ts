// The logs on a real screen, with real services behind it: at all sizes, in all layouts, and with output that means ill.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEY, spawnInPty, type PtyApp } from '../helpers/pty-app.ts';
import { DEVDECK, runDev } from '../helpers/run-dev.ts';
import { fixtureCommand } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const COUNTING = `
services:
  api: {command: 'for i in $(seq 1 3000); do echo "GET /items/$i"; done; echo "ERROR boom"; echo "    at main (app.js:1:1)"; exec sleep 1000'}
  web: {command: 'for i in $(seq 1 300); do echo "update $i"; done; exec sleep 1000'}
  bar: {command: 'for i in 1 2 3; do printf "\\\\rprogress $i"; done; echo; exec sleep 1000'}
`;

/**
 * What may be written to the terminal once the screen is there: places, erasing to the right, colour, held updates,
 * and the title, which is ours and must be printable.
 */
// oxlint-disable-next-line no-control-regex
const ALLOWED = /\u001b\[(?:\d+;\d+H|K|[\d;:]*m|\?2026[hl])|\u001b\]2;[^\p{Cc}]*\u001b\\/gu;

function open(project: TempProject, columns = 120, rows = 40): PtyApp {
  return spawnInPty({ command: [DEVDECK], cwd: project.root, env: project.env, columns, rows });
}

/** Control characters that are left when everything allowed is taken out. */
function strays(output: string): readonly string[] {
  // oxlint-disable-next-line no-control-regex
  return output.replaceAll(ALLOWED, '').match(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069].{0,20}/gu) ?? [];
}

/** The modes of the mouse, then those of focus and questions about the ground and the keyboard, where it is asked. */
// oxlint-disable-next-line no-control-regex
const LAST_MODE = /\u001b\[\?1006h(?:\u001b\[\?1004h)?(?:\u001b\]11;\?\u001b\\)?(?:\u001b\[\?u)?(?:\u001b\[c)?/g;

/** Without what is set and asked when the screen is entered. */
function afterEntering(app: PtyApp): string {
  return app.output().split(LAST_MODE).at(-1) ?? '';
}

const shows = (text: string) => (screen: readonly string[]) => screen.some((row) => row.includes(text));

describe('the logs on the screen', () => {
  it('can be saved to a file, or say why not', async () => {
    const project = createTempProject({ config: COUNTING });
    const app = open(project);
    await app.waitFor(shows('at main'));
    app.press('e');
    await app.waitFor(shows('errors only'));
    app.press('>');
    await app.waitFor(shows('save to: api-'));
    app.press(KEY.enter);
    await app.waitFor(shows('saved 2 lines to api-'));
    const [saved = ''] = globSync('api-*.log', { cwd: project.root });
    expect(readFileSync(join(project.root, saved), 'utf8')).toMatch(
      /^\S+ ERROR boom\n\S+ {5}at main \(app\.js:1:1\)\n$/,
    );
    app.press('>', ...Array.from('/x'));
    await app.waitFor(shows('.log/x▏'));
    app.press(KEY.enter);
    // Within the same second, the name before the slash is that of the file just saved.
    await app.waitFor(/cannot be written: (?:its folder|a part of its path) /);
  });

  it.each([
    [40, 10],
    [80, 24],
    [120, 40],
    [300, 100],
  ])('%i × %i has every layout, filters and searches, and never clears the screen', async (columns, rows) => {
    const app = open(createTempProject({ config: COUNTING }), columns, rows);
    await app.waitFor(shows('at main'));
    app.forgetOutput();
    app.press('e');
    await app.waitFor((screen) => shows('ERROR boom')(screen) && !shows('GET /items/3000')(screen));
    app.press(KEY.escape);
    await app.waitFor(shows('GET /items/3000'));
    app.press('2', '/', ...Array.from('items/17$'), KEY.enter);
    await app.waitFor(/GET \/items\/17\b/);
    app.press(KEY.escape, 'F', 'l');
    await app.waitFor(rows < 24 ? shows('logs: api') : shows('logs: web'));
    app.press('l');
    await app.waitFor(shows('logs: all'));
    app.press('f', ...Array.from('progress'), KEY.enter);
    await app.waitFor(/bar +│ progress 3/);
    expect(strays(app.output())).toEqual([]);
  });

  it('are right after many resizes, at the cost of a few screens', async () => {
    const project = createTempProject({ config: COUNTING });
    const app = open(project);
    await app.waitFor(shows('at main'));
    app.press('l');
    await app.waitFor(shows('logs: bar'));
    app.forgetOutput();
    for (let step = 0; step < 60; step += 1) app.resize(40 + ((step * 37) % 200), 10 + ((step * 13) % 60));
    app.resize(100, 30);
    const settled = (screen: readonly string[]): boolean =>
      screen.length === 30 && shows('logs: bar')(screen) && (screen.at(-1) ?? '').includes('quit');
    await app.waitFor(settled);
    expect(strays(app.output())).toEqual([]);
    expect(app.output().length).toBeLessThan(61 * 40_000);
  });

  it('draw a flood without writing more than is visible', async () => {
    const project = createTempProject({
      config: `services: {flood: {command: 'yes "a line of the flood" | head -n 400000; echo the-end; exec sleep 1000'}}`,
    });
    const app = open(project);
    await app.waitFor(shows('the-end'), { timeoutMs: 30_000 });
    // 9 MB were written; the screen shows at most thirty pictures of them a second.
    expect(app.output().length).toBeLessThan(2_000_000);
  });
});

describe('hostile output', () => {
  it('reaches the terminal only as text and colour, on the screen and in logs', async () => {
    const project = createTempProject({ config: `services: {evil: {command: ${fixtureCommand('hostile-output')}}}` });
    const app = open(project);
    await app.waitFor(shows('harmless end'));
    expect(strays(afterEntering(app))).toEqual([]);
    app.press('l', 'l', '2', 'g');
    await app.waitFor(shows('before'));
    expect(strays(afterEntering(app))).toEqual([]);
    expect(app.modes()).toMatchObject({ alternateBuffer: true, cursorVisible: false });

    const coloured = await runDev(project, ['logs', 'evil'], { env: { FORCE_COLOR: '1' } });
    expect(coloured.stdout).toContain('\u001b[31mharmless end\u001b[0m');
    expect(strays(coloured.stdout.replaceAll('\n', ''))).toEqual([]);
    const plain = await runDev(project, ['logs', 'evil']);
    expect(plain.stdout).toContain('harmless end');
    expect(plain.stdout).not.toContain('\u001b');
    expect(strays(plain.stdout.replaceAll('\n', ''))).toEqual([]);
  });
});
