// How a session hears that its config changed.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadProject } from '../../../src/config/load.ts';
import { createConfigFiles } from '../../../src/main/session/config-files.ts';
import { FakeSystem } from '../../fakes/fake-system.ts';
import { folderWith } from '../../config/fixture.ts';

const CONFIG = 'services: {web: {command: serve}}\n';

async function filesIn(root: string) {
  const system = new FakeSystem();
  const problems: string[] = [];
  const load = { root, env: {} };
  const project = await loadProject(load);
  const { clock, fileWatch } = system;
  const files = createConfigFiles({ load, project, clock, fileWatch, onProblem: (problem) => problems.push(problem) });
  let changes = 0;
  const stop = files.watch(() => {
    changes += 1;
  });
  return { system, files, problems, stop, changes: () => changes };
}

it('polls every two seconds when the system watches no more files, and says so once', async () => {
  const root = folderWith({ '.project.config': CONFIG });
  const { system, problems, changes, stop } = await filesIn(root);
  const [watch] = system.watches;
  watch?.onProblem('the system watches no more files (ENOSPC)');
  watch?.onProblem('the system watches no more files (ENOSPC)');
  expect(problems).toEqual([
    '.project.config: the system watches no more files (ENOSPC); looking at it every 2 s instead',
  ]);
  await system.advance(10_000);
  expect(changes()).toBe(0);
  writeFileSync(join(root, '.project.config.local'), 'name: other\n');
  await system.advance(2_000);
  expect(changes()).toBe(1);
  stop();
  writeFileSync(join(root, '.project.config'), `${CONFIG}# edited\n`);
  await system.advance(10_000);
  expect(changes()).toBe(1);
});

it('also watches the target of a linked config', async () => {
  const root = folderWith({ 'dotfiles/shop.yaml': CONFIG });
  mkdirSync(join(root, 'shop'));
  symlinkSync('../dotfiles/shop.yaml', join(root, 'shop/.project.config'));
  const { system } = await filesIn(join(root, 'shop'));
  expect(system.watches.map(({ root: folder, globs }) => [folder, globs])).toEqual([
    [join(root, 'shop'), ['.project.config', '.project.config.local']],
    [join(root, 'dotfiles'), ['shop.yaml']],
  ]);
});

it('reports the first of several mistakes with its place and hint, and their number', async () => {
  const root = folderWith({ '.project.config': CONFIG });
  const { files } = await filesIn(root);
  writeFileSync(join(root, '.project.config'), 'services: {web: {comand: serve, autostart: 7}}\n');
  const error = await files.read().catch((thrown: unknown) => thrown);
  expect(files.problemOf(error as never)).toMatch(
    /^\.project\.config:1:\d+ .*"comand".*: did you mean "command"\? \(and \d more\)$/,
  );
});
