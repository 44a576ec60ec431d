import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keepPreferences, readPreferences } from '../../../src/main/screen/screen-preferences.ts';
import { tempDir } from '../../system/temp-dir.ts';

const PREFERENCES = { layout: 'one', pinned: ['web'], times: 'off', isWrapped: true } as const;

function project(): { readonly root: string; readonly state: string } {
  const root = tempDir();
  const state = join(root, '.devdeck');
  mkdirSync(state, { mode: 0o700 });
  return { root, state };
}

it('a layout is kept for the next screen', () => {
  const { root, state } = project();
  keepPreferences(root, PREFERENCES);
  expect(readPreferences(root)).toMatchObject({ pinned: ['web'], isWrapped: true });
  expect(readdirSync(state)).toEqual(['screen.json']);
});

it('a FIFO or a link in place of the layout is neither waited for nor followed', () => {
  const { root, state } = project();
  execFileSync('mkfifo', [join(state, 'screen.json')]);
  expect(readPreferences(root)).toEqual({});
  const other = project();
  writeFileSync(join(other.root, 'victim'), JSON.stringify(PREFERENCES));
  symlinkSync(join(other.root, 'victim'), join(other.state, 'screen.json'));
  expect(readPreferences(other.root)).toEqual({});
});

it('a layout is not written through a link, or into a folder that others can write to', () => {
  const { root, state } = project();
  writeFileSync(join(root, 'victim'), 'precious');
  symlinkSync(join(root, 'victim'), join(state, `screen.json.${process.pid}.tmp`));
  keepPreferences(root, PREFERENCES);
  expect(readFileSync(join(root, 'victim'), 'utf8')).toBe('precious');
  const open = project();
  chmodSync(open.state, 0o777);
  keepPreferences(open.root, PREFERENCES);
  expect(readdirSync(open.state)).toEqual([]);
});
