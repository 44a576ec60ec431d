import { chmodSync, chownSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProjectRoot } from '../../src/config/find.ts';
import { ConfigError } from '../../src/config/text/issue.ts';
import { folderWith } from './fixture.ts';

describe('the project root', () => {
  it('is the nearest folder upward with a config', () => {
    const root = folderWith({ '.project.config': '', 'a/.project.config': '', 'a/b/c/x': '', 'd/x': '' });
    expect(findProjectRoot(root)).toBe(root);
    expect(findProjectRoot(join(root, 'd'))).toBe(root);
    expect(findProjectRoot(join(root, 'a/b/c'))).toBe(join(root, 'a'));
  });

  it('is the same through a symbolic link', () => {
    const root = folderWith({ 'real/.project.config': '', 'real/sub/x': '' });
    symlinkSync(join(root, 'real/sub'), join(root, 'link'));
    expect(findProjectRoot(join(root, 'link'))).toBe(join(root, 'real'));
  });

  it('is the root of the session, also when the config was deleted', () => {
    const root = folderWith({ '.project.config': '', 'a/.devdeck/session.json': '{}', 'a/b/x': '' });
    expect(findProjectRoot(join(root, 'a/b'))).toBe(join(root, 'a'));
  });

  it('is not a folder in which .project.config is a folder', () => {
    const root = folderWith({ '.project.config': '' });
    mkdirSync(join(root, 'sub/.project.config'), { recursive: true });
    expect(findProjectRoot(join(root, 'sub'))).toBe(root);
  });

  it('is also a folder whose .project.config links to itself, which reading explains', () => {
    const root = folderWith({ 'sub/x': '' });
    symlinkSync('.project.config', join(root, '.project.config'));
    expect(findProjectRoot(join(root, 'sub'))).toBe(root);
  });

  it.runIf(process.getuid?.() === 0)(
    'is not where a stranger put a config into a folder that everybody can write to',
    () => {
      const root = folderWith({ 'open/.project.config': '', 'open/mine/x': '' });
      const open = join(root, 'open');
      const mine = join(open, 'mine');
      chmodSync(open, 0o1777);
      expect(findProjectRoot(mine)).toBe(open);
      chownSync(join(open, '.project.config'), 65_534, 65_534);
      expect(catching(() => findProjectRoot(mine)).message).toContain(
        `The one in ${open} belongs to user 65534, and everybody can write to that folder: it is not used.`,
      );
      chownSync(open, 65_534, 65_534);
      expect(findProjectRoot(mine)).toBe(open);
      chownSync(open, 0, 0);
      chmodSync(open, 0o775);
      expect(findProjectRoot(mine)).toBe(open);
    },
  );

  it('says where the search began, with an example, when there is none', () => {
    const root = folderWith({});
    const failure = catching(() => findProjectRoot(root));
    expect(failure.message).toBe(`No .project.config in ${root} or in any folder above it.`);
    expect(failure).toMatchObject({ code: 'config_missing', exitCode: 3 });
    expect(failure.hint).toMatch(/^next: devdeck init .* or create \.project\.config/);
    expect(catching(() => findProjectRoot(join(root, 'none'))).message).toBe(
      `The folder ${join(root, 'none')} does not exist.`,
    );
  });
});

function catching(action: () => unknown): ConfigError {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
