import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSourceTree } from '../../../src/system/files/source-tree.ts';
import { tempDir } from '../temp-dir.ts';

it('the search enters at most five thousand folders of a project', () => {
  const root = tempDir();
  writeFileSync(join(root, 'package.json'), '{}');
  for (let folder = 10_000; folder < 15_010; folder += 1) mkdirSync(join(root, `f${folder}`));
  writeFileSync(join(root, 'f10000/a.ts'), '');
  writeFileSync(join(root, 'f15005/b.ts'), '');
  expect(readSourceTree(root).files).toEqual(['package.json', 'f10000/a.ts']);
});
