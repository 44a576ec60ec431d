import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readGitHead } from '../../../src/system/history/git-head.ts';

function createRepository() {
  const dir = mkdtempSync(join(tmpdir(), 'devdeck-git-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=ada', '-c', 'user.email=ada@example.org', ...args], {
      cwd: dir,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  git('init', '-q', '-b', 'main');
  return { dir, git };
}

it('commit and branch are read as git does, also packed, detached, from a subfolder, and in a worktree', () => {
  const { dir, git } = createRepository();
  expect(readGitHead(dir)).toBeUndefined();
  git('commit', '-q', '--allow-empty', '-m', 'one');
  const first = git('rev-parse', 'HEAD');
  expect(readGitHead(dir)).toEqual({ commit: first, branch: 'main' });
  mkdirSync(join(dir, 'a/b'), { recursive: true });
  expect(readGitHead(join(dir, 'a/b'))).toEqual({ commit: first, branch: 'main' });
  git('pack-refs', '--all');
  expect(readGitHead(dir)).toEqual({ commit: first, branch: 'main' });
  git('worktree', 'add', '-q', '-b', 'feature/x', join(dir, 'tree'));
  expect(readGitHead(join(dir, 'tree'))).toEqual({ commit: first, branch: 'feature/x' });
  git('checkout', '-q', '--detach');
  expect(readGitHead(dir)).toEqual({ commit: first, branch: null });
});

it.each<[string, (git: string) => void]>([
  ['its HEAD is a named pipe', (git) => (mkdirSync(git), execFileSync('mkfifo', [join(git, 'HEAD')]))],
  ['.git is a link to itself', (git) => symlinkSync('.git', git)],
  ['.git names itself', (git) => writeFileSync(git, 'gitdir: .git\n')],
  ['the name of the branch is longer than any path', (git) => writeLongBranch(git)],
])('tells nothing, and waits for nobody, where %s', (_what, make) => {
  const dir = mkdtempSync(join(tmpdir(), 'devdeck-git-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  make(join(dir, '.git'));
  expect(readGitHead(dir)).toBeUndefined();
});

function writeLongBranch(git: string): void {
  const ref = `refs/heads/${'b'.repeat(5_000)}`;
  mkdirSync(git);
  writeFileSync(join(git, 'HEAD'), `ref: ${ref}\n`);
  writeFileSync(join(git, 'packed-refs'), `${'0'.repeat(40)} ${ref}\n`);
}
