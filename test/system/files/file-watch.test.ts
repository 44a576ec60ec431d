import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { watchFiles } from '../../../src/system/files/file-watch.ts';
import { readWatchGlobs } from '../../../src/system/files/watch-globs.ts';
import { eventually } from '../../helpers/eventually.ts';

function watched(
  globs: readonly string[] | ((root: string) => readonly string[]),
  files: readonly string[],
  { includesGone = false, prepare }: { includesGone?: boolean; prepare?: (root: string) => void } = {},
) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'devdeck-watch-')));
  const write = (name: string): void => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), String(Math.random()));
  };
  files.forEach(write);
  prepare?.(root);
  const unmatched: (readonly string[])[] = [];
  const seen = new Set<string>();
  const problems: string[] = [];
  const stop = watchFiles({
    root,
    globs: typeof globs === 'function' ? globs(root) : globs,
    includesGone,
    onUnmatched: (now) => unmatched.push(now),
    onChange: (file) => void seen.add(file),
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(() => {
    stop();
    rmSync(root, { recursive: true, force: true });
  });
  return {
    root,
    write,
    seen,
    problems,
    unmatched,
    isSeen: (name: string) => eventually(`${name} is seen`, () => seen.has(name)),
  };
}

it('a watch sees matching files change and appear in new folders', async () => {
  const { write, seen, isSeen, problems } = watched(['api/**/*.toml', '*.env'], ['api/a.toml', 'x.env', 'api/b.py']);
  write('api/a.toml');
  await isSeen('api/a.toml');
  write('x.env');
  await isSeen('x.env');
  write('api/deep/er/c.toml');
  await isSeen('api/deep/er/c.toml');
  seen.clear();
  write('api/deep/er/c.toml');
  await isSeen('api/deep/er/c.toml');
  expect(problems).toEqual([]);
});

describe('a change that does not count', () => {
  it.each([
    ['the mode', (path: string) => chmodSync(path, 0o600)],
    ['a deletion', (path: string) => rmSync(path)],
  ])('passes over %s', async (_what, touch) => {
    const { root, write, seen, isSeen } = watched(['*.txt'], ['a.txt', 'b.txt'], {
      prepare: (folder) => utimesSync(join(folder, 'a.txt'), 1_000_000, 1_000_000),
    });
    touch(join(root, 'a.txt'));
    write('b.txt');
    await isSeen('b.txt');
    expect([...seen]).toEqual(['b.txt']);
  });

  it('is the mode of a file, also after a real change', async () => {
    const { root, write, seen, isSeen } = watched(['*.txt'], ['a.txt', 'b.txt']);
    write('a.txt');
    await isSeen('a.txt');
    seen.clear();
    chmodSync(join(root, 'a.txt'), 0o600);
    write('b.txt');
    await isSeen('b.txt');
    expect([...seen]).toEqual(['b.txt']);
  });

  it.each(['a.tx?', 'a.txt'])('does not include deletion of %s on request', async (glob) => {
    const { root, isSeen } = watched([glob], ['a.txt'], { includesGone: true });
    rmSync(join(root, 'a.txt'));
    await isSeen('a.txt');
  });
});

describe('a folder that is not always present', () => {
  it('is seen again each time a build deletes and creates it', async () => {
    const { root, write, seen, isSeen, problems } = watched(['dist/**/*.js'], ['dist/js/app.js']);
    for (let round = 0; round < 3; round += 1) {
      rmSync(join(root, 'dist'), { recursive: true });
      write('dist/js/app.js');
      await isSeen('dist/js/app.js');
      seen.clear();
      write('dist/js/app.js');
      await isSeen('dist/js/app.js');
      seen.clear();
    }
    expect(problems).toEqual([]);
  });

  it('is seen when it appears later, however deep', async () => {
    const { write, seen, isSeen, unmatched } = watched(['gen/api/v1/*.json'], []);
    expect(unmatched).toEqual([['gen/api/v1/*.json']]);
    write('gen/api/v1/a.json');
    await isSeen('gen/api/v1/a.json');
    expect(unmatched.at(-1)).toEqual([]);
    seen.clear();
    write('gen/api/v1/a.json');
    await isSeen('gen/api/v1/a.json');
  });

  it('is seen when another folder is renamed to it', async () => {
    const { root, write, isSeen } = watched(['dist/**'], ['dist/a.js', 'next/deep/a.js']);
    rmSync(join(root, 'dist'), { recursive: true });
    renameSync(join(root, 'next'), join(root, 'dist'));
    await isSeen('dist/deep/a.js');
    write('dist/deep/b.js');
    await isSeen('dist/deep/b.js');
  });

  it('is followed when its link or the target changes', async () => {
    const { root, write, seen, isSeen } = watched(['current/*.js'], ['releases/1/a.js', 'releases/2/a.js'], {
      prepare: (folder) => symlinkSync('releases/1', join(folder, 'current')),
    });
    write('releases/1/a.js');
    await isSeen('current/a.js');
    symlinkSync('releases/2', join(root, 'next'));
    seen.clear();
    renameSync(join(root, 'next'), join(root, 'current'));
    await isSeen('current/a.js');
    seen.clear();
    write('releases/2/a.js');
    await isSeen('current/a.js');
    rmSync(join(root, 'releases/2'), { recursive: true });
    seen.clear();
    write('releases/2/b.js');
    await isSeen('current/b.js');
  });
});

it('a watch sees a file that an editor saves by a rename', async () => {
  const { root, write, seen, isSeen } = watched(['conf.toml'], ['conf.toml']);
  for (let round = 0; round < 3; round += 1) {
    write('conf.toml~');
    renameSync(join(root, 'conf.toml~'), join(root, 'conf.toml'));
    await isSeen('conf.toml');
    seen.clear();
  }
});

describe('spellings', () => {
  it.each(['src', 'src/', './src', './src/*.txt', 'src/**', 'src//*.txt', 'src/a.txt', './src/../src/a.txt', 's*/'])(
    'takes %s',
    async (glob) => {
      const { write, seen, isSeen, unmatched } = watched([glob], ['src/a.txt', 'other/a.txt']);
      write('other/a.txt');
      write('src/a.txt');
      await isSeen('src/a.txt');
      expect([[...seen], unmatched]).toEqual([['src/a.txt'], []]);
    },
  );

  it('allow absolute paths and paths of the home directory', async () => {
    const { root, write, isSeen } = watched((folder) => [`${folder}/src/*.txt`], ['src/a.txt']);
    write('src/a.txt');
    await isSeen('src/a.txt');
    expect(readWatchGlobs(root, ['~/x/*.txt']).taken[0]?.base).toBe(join(homedir(), 'x'));
  });

  it('excludes patterns with !', async () => {
    const { write, seen, isSeen } = watched(
      ['src', '!src/gen', '!**/*.log'],
      ['src/a.txt', 'src/gen/a.txt', 'src/x.log'],
    );
    for (const name of ['src/gen/a.txt', 'src/x.log', 'src/a.txt']) write(name);
    await isSeen('src/a.txt');
    expect([...seen]).toEqual(['src/a.txt']);
  });
});

it('a watch ignores node_modules and .git, files that do not match, and folders below a flat glob', async () => {
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

it('a watch names globs that match nothing', () => {
  const { problems, unmatched } = watched(['nowhere/**', 'src/*.py', 'src/*.ts'], ['src/a.ts']);
  expect([problems, unmatched]).toEqual([[], [['nowhere/**', 'src/*.py']]]);
});
