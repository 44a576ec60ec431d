import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createChoices } from '../../../src/system/state/choice-file.ts';
import { tempDir } from '../temp-dir.ts';

const ROOT = { rootInode: '77' };
const kill = { service: 'backend', choice: 'kill', owner: 'node (foreign)' } as const;
const reroute = { service: 'frontend', choice: 'reroute', owner: undefined } as const;

describe('remembered choices', () => {
  it('are kept for the next session, readable only by the user', () => {
    const path = join(tempDir(), '.devdeck/choices.json');
    createChoices(path, ROOT).remember(kill);
    createChoices(path, ROOT).remember(reroute);
    expect(createChoices(path, ROOT).list()).toEqual([kill, reroute]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('do not count in a copy of the project', () => {
    const path = join(tempDir(), 'choices.json');
    createChoices(path, ROOT).remember(kill);
    const copy = createChoices(path, { rootInode: '78' });
    expect(copy.list()).toEqual([]);
    copy.remember(reroute);
    expect(copy.list()).toEqual([reroute]);
  });

  it('are forgotten for one service or for all', () => {
    const choices = createChoices(join(tempDir(), 'choices.json'), ROOT);
    choices.remember(kill);
    choices.remember(reroute);
    expect(choices.forget('backend')).toEqual([kill]);
    expect(choices.list()).toEqual([reroute]);
    expect(choices.forget(undefined)).toEqual([reroute]);
    expect(choices.forget(undefined)).toEqual([]);
  });

  it.each([
    ['no file', undefined],
    ['a broken file', '{"choices": ['],
    ['a kill of anybody', '{"rootInode":"77","choices":[{"service":"backend","choice":"kill"}]}'],
    [
      'a choice that does not exist',
      '{"rootInode":"77","choices":[{"service":"backend","choice":"explode","owner":"node (foreign)"}]}',
    ],
    ['no list', '{"rootInode":"77","choices":{"service":"backend"}}'],
    ['a file without the folder they were made in', `{"choices":[${JSON.stringify(kill)}]}`],
  ])('are none in %s', (_what, text) => {
    const path = join(tempDir(), 'choices.json');
    if (text !== undefined) writeFileSync(path, text);
    expect(createChoices(path, ROOT).list()).toEqual([]);
  });
});
