import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { watchFiles } from '../../../src/system/files/file-watch.ts';
import { eventually } from '../../helpers/eventually.ts';

function watched(globs: readonly string[], files: readonly string[]) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'devdeck-watch-')));
  const write = (name: string): void => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), String(Math.random()));
  };
  files.forEach(write);
  const seen = new Set<string>();
  const problems: string[] = [];
  const stop = watchFiles({
    root,
    globs,
    onChange: (file) => void seen.add(file),
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(() => {
    stop();
    rmSync(root, { recursive: true, force: true });
  });
  return { root, write, seen, problems, isSeen: (name: string) => eventually(`${name} is seen`, () => seen.has(name)) };
}

it('sees files that match change, appear in new folders, and go', async () => {
  const { root, write, seen, isSeen, problems } = watched(
    ['api/**/*.toml', '*.env'],
    ['api/a.toml', 'x.env', 'api/b.py'],
  );
  write('api/a.toml');
  await isSeen('api/a.toml');
  write('x.env');
  await isSeen('x.env');
  write('api/deep/er/c.toml');
  await isSeen('api/deep/er/c.toml');
  seen.clear();
  write('api/deep/er/c.toml');
  await isSeen('api/deep/er/c.toml');
  seen.clear();
  rmSync(join(root, 'api/a.toml'));
  await isSeen('api/a.toml');
  expect(problems).toEqual([]);
});

it('sees nothing of node_modules and .git, of files that do not match, and of folders below a flat glob', async () => {
  const { write, seen, isSeen } = watched(
    ['**/*.js', 'flat/*.txt'],
    ['node_modules/a/index.js', '.git/hooks.js', 'src/a.js', 'flat/deep/a.txt', 'flat/a.txt'],
  );
  for (const name of ['node_modules/a/index.js', '.git/hooks.js', 'flat/deep/a.txt', 'src/a.ts']) write(name);
  write('flat/a.txt');
  write('src/a.js');
  await isSeen('src/a.js');
  await isSeen('flat/a.txt');
  expect([...seen].sort()).toEqual(['flat/a.txt', 'src/a.js']);
});

it('names what cannot be watched', () => {
  expect(watched(['nowhere/**'], []).problems).toEqual([
    expect.stringMatching(/nowhere cannot be watched \(ENOENT\)$/),
  ]);
});
