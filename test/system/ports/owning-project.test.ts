import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { owningProject } from '../../../src/system/ports/owning-project.ts';
import { temporaryFolder } from './port-fixture.ts';

describe('the project a process works in', () => {
  it('is the nearest folder upward that looks like a project', () => {
    const root = folderWith({ 'package.json': '{}' });
    const inner = join(root, 'server', 'src');
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(root, 'server', 'pyproject.toml'), '');

    expect(owningProject(inner)).toEqual({
      name: 'server',
      root: join(root, 'server'),
      branch: null,
      isConfigured: false,
    });
  });

  it('is the folder with .project.config rather than a nearer package, with the name of the config', () => {
    const root = folderWith({ '.project.config': '# comment\nname: shop  # for customers\nservices: {}\n' });
    mkdirSync(join(root, 'web'));
    writeFileSync(join(root, 'web', 'package.json'), '{}');

    expect(owningProject(join(root, 'web'))).toMatchObject({ name: 'shop', root, isConfigured: true });
  });

  it.each([
    ['quoted', 'name: "my shop"\n', 'my shop'],
    ['as JSON', '{\n"name": "shop",\n"services": {}}', 'shop'],
  ])('has the name of a config that is written %s', (_how, text, name) => {
    expect(owningProject(folderWith({ '.project.config': text }))?.name).toBe(name);
  });

  it('has the name of its folder when the config gives none', () => {
    const root = folderWith({ '.project.config': 'services: {web: {command: "x"}}\n' });
    expect(owningProject(root)?.name).toBe(basename(root));
  });

  it('is none outside of any project', () => {
    expect(owningProject('/proc/self')).toBeUndefined();
  });

  it('is on the branch of its repository, of its worktree, or on none', () => {
    const root = folderWith({ 'package.json': '{}' });
    const worktree = join(temporaryFolder(), 'tree');
    git(root, 'init', '--quiet', '--initial-branch=feature/cart');
    git(root, 'commit', '--quiet', '--allow-empty', '--message=first');
    git(root, 'worktree', 'add', '--quiet', '-b', 'hotfix', worktree);

    expect(owningProject(root)?.branch).toBe('feature/cart');
    expect(owningProject(worktree)).toMatchObject({ root: worktree, branch: 'hotfix' });
    git(worktree, 'checkout', '--quiet', '--detach');
    expect(owningProject(worktree)?.branch).toMatch(/^detached at [0-9a-f]{7}$/);
  });

  it('is not delayed by a pipe in place of a file', () => {
    const root = folderWith({ 'package.json': '{}' });
    mkdirSync(join(root, '.git'));
    execFileSync('mkfifo', [join(root, '.git', 'HEAD'), join(root, '.project.config')]);

    expect(owningProject(root)).toMatchObject({ name: basename(root), branch: null });
  });
});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function git(cwd: string, ...args: readonly string[]): void {
  const author = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
  execFileSync('git', args, { cwd, env: { ...process.env, ...author, GIT_CONFIG_GLOBAL: '/dev/null' } });
}
