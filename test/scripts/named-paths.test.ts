// The tours through the code keep up with it: a file or folder that they name is there.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const PATH = /`((?:src|test|scripts|bench|docs|examples|bin)\/[\w./-]+)`/g;
/** They stand for any file. */
const PLACEHOLDERS = new Set(['src/a/b.ts', 'test/a/b.test.ts']);
const GUIDES = globSync(['CONTRIBUTING.md', 'ARCHITECTURE.md', 'src/**/README.md'], { cwd: ROOT });

describe.each(GUIDES)('%s', (guide) => {
  const text = readFileSync(join(ROOT, guide), 'utf8');
  const paths = new Set([...text.matchAll(PATH)].map(([, path = '']) => path));

  it('names only files and folders that exist', () => {
    const isMissing = (path: string): boolean => !existsSync(join(ROOT, path));
    expect([...paths].filter((path) => !PLACEHOLDERS.has(path) && isMissing(path))).toEqual([]);
  });
});
