// The person's own config, from the file to the screen.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runDev } from '../helpers/run-dev.ts';
import { openScreen } from '../helpers/session.ts';
import { createTempProject, type TempProject } from '../helpers/temp-project.ts';

const CONFIG = 'services:\n  api: {command: sleep 100000}\n';

/** A project of somebody with this config. */
function projectOf(userConfig: string): TempProject {
  const project = createTempProject({ config: CONFIG });
  const home = join(project.root, 'own');
  mkdirSync(join(home, 'devdeck'), { recursive: true });
  writeFileSync(join(home, 'devdeck', 'config'), userConfig);
  return { ...project, env: { ...project.env, XDG_CONFIG_HOME: home } };
}

it('own keys appear in footer and help, and work', async () => {
  const project = projectOf('keys: {quit: Q, help: U, restart: none}\n');
  // Large enough for all of the help.
  const screen = openScreen(project, [], { columns: 180, rows: 60 });
  const rows = await screen.waitFor(/api +ready/);
  expect(rows.at(-1)).toMatch(/U help +d detach +Q quit/);
  expect(rows.at(-1)).not.toMatch(/ r restart\b/);
  screen.press('q', 'U');
  expect((await screen.waitFor('stop all and quit')).join('\n')).toMatch(/Q Ctrl-C +stop all and quit/);
  screen.press('q', 'Q');
  expect(await screen.waitForExit()).toMatchObject({ exitCode: 0 });
});

it('glyphs: ascii holds from the first frame on', async () => {
  const project = projectOf('glyphs: ascii\n');
  await runDev(project, ['config']);
  for (const round of [1, 2]) {
    const screen = openScreen(project);
    await screen.waitFor(/\* api +ready/);
    screen.press('?');
    await screen.waitFor('all actions by name');
    screen.press('?', 'q');
    await screen.waitForExit();
    expect(screen.output(), `round ${round}`).not.toMatch(/\P{ASCII}/u);
  }
});

it('mouse: false and notify: off leave mouse and title to the terminal', async () => {
  const screen = openScreen(projectOf('mouse: false\nnotify: off\ntheme: none\n'));
  await screen.waitFor(/api +ready/);
  expect(screen.modes()).toMatchObject({ alternateBuffer: true, mouseTracking: false });
  screen.press('q');
  await screen.waitForExit();
  expect(screen.output()).not.toContain('\u001b]2;');
  // oxlint-disable-next-line no-control-regex -- colours are what must not be there
  expect(screen.output()).not.toMatch(/\u001b\[(?:\d+;)*(?:3[0-8]|9\d)m/);
});

it('a mistake in the personal config is shown in the footer, and the screen works', async () => {
  const project = projectOf('theme: dark\nkeys: {restrat: r}\n');
  const screen = openScreen(project);
  const rows = await screen.waitFor(/api +ready/);
  expect(rows.at(-1)).toMatch(/devdeck\/config:2:8 there is no action "restrat" \(did you mean "restart"\?\)/);
  screen.press('q');
  await screen.waitForExit();
  const { exitCode, stdout, stderr } = await runDev(project, ['config', 'user']);
  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/theme: dark +# line 1/);
  expect(stdout).toMatch(/ {2}restart: \[r\] +# default; restart the service/);
  expect(stderr).toContain('   2 | keys: {restrat: r}');
});

it('the bell rings once when a service fails for good', async () => {
  const project = projectOf('notify: [bell, desktop]\n');
  project.write('.project.config', 'services:\n  api: {command: "sleep 0.3; exit 3", restart: no}\n');
  const screen = openScreen(project);
  await screen.waitFor(/api +failed/);
  screen.press('q');
  await screen.waitForExit();
  expect(screen.output().split('\u0007')).toHaveLength(2);
  expect(screen.output()).toContain(': api has failed\u001b\\');
});
