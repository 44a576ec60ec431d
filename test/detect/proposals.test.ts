import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configText } from '../../src/detect/config-text.ts';
import { detect } from '../../src/detect/detect.ts';
import { settle } from '../../src/detect/settle.ts';
import { load } from '../config/fixture.ts';
import { folderOf, PROJECT_TREES, readTree, treeNames } from '../helpers/project-tree.ts';

it.each(treeNames)('proposes for %s what a person would write', async (name) => {
  const { services, notes } = settle(detect(folderOf(readTree(name))));
  const text = configText({ services });
  const shown = text + notes.map((note) => `\n# note: ${note}\n`).join('');
  await expect(shown).toMatchFileSnapshot(join(PROJECT_TREES, `${name}.expected`));
  const project = await load(text);
  expect(project.services.length).toBe(Math.max(services.length, 1));
});
