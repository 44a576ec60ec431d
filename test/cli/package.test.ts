// What people install: only what is needed to run, and all of it.

import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../helpers/temp-project.ts';

interface Packed {
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

it('the package contains the programs and their documents, and no source, test or example', () => {
  const answer = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [packed] = JSON.parse(answer) as readonly [Packed];
  const paths = packed.files.map(({ path }) => path);
  for (const path of ['package.json', 'README.md', 'LICENSE', 'bin/devdeck', 'bin/check-node.cjs'])
    expect(paths).toContain(path);
  const top = new Set(paths.map((path) => path.split('/')[0]));
  const allowed = [
    'bin',
    'dist',
    'man',
    'types',
    'config.schema.json',
    'package.json',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
  ];
  expect([...top].filter((name) => !allowed.includes(name ?? ''))).toEqual([]);
  expect(packed.files.find(({ path }) => path === 'bin/devdeck')?.mode).toBe(0o755);
});
