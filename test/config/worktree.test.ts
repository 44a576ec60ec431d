import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { worktreeOf } from '../../src/config/worktree.ts';
import { createTempProject } from '../helpers/temp-project.ts';

it('names the linked worktree that a folder lies in, and none for a plain clone', () => {
  const { root } = createTempProject();
  const clone = join(root, 'clone');
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', clone, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args]);
  mkdirSync(join(clone, 'app'), { recursive: true });
  git('init', '-q');
  git('commit', '-q', '--allow-empty', '-m', 'x');
  git('worktree', 'add', '-q', '-b', 'feature/pay', join(root, 'pay'));
  mkdirSync(join(root, 'pay/app'));
  expect(worktreeOf(join(clone, 'app'))).toBeUndefined();
  expect(worktreeOf(join(root, 'pay/app'))).toBe('pay');
  expect(worktreeOf(join(root, 'pay'))).toBe('pay');
  expect(worktreeOf('/')).toBeUndefined();
});
