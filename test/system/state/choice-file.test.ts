import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createChoices } from '../../../src/system/state/choice-file.ts';
import { tempDir } from '../temp-dir.ts';

const kill = { service: 'backend', choice: 'kill', owner: 'node (foreign)' } as const;
const reroute = { service: 'frontend', choice: 'reroute', owner: undefined } as const;

describe('remembered choices', () => {
  it('are there for the next session, and for nobody else to read', () => {
    const path = join(tempDir(), '.devdeck/choices.json');
    createChoices(path).remember(kill);
    createChoices(path).remember(reroute);
    expect(createChoices(path).list()).toEqual([kill, reroute]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('are forgotten for one service or for all', () => {
    const choices = createChoices(join(tempDir(), 'choices.json'));
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
    ['a kill of anybody', '{"choices":[{"service":"backend","choice":"kill"}]}'],
    ['a choice that does not exist', '{"choices":[{"service":"backend","choice":"explode","owner":"node (foreign)"}]}'],
    ['no list', '{"choices":{"service":"backend"}}'],
  ])('are none in %s', (_what, text) => {
    const path = join(tempDir(), 'choices.json');
    if (text !== undefined) writeFileSync(path, text);
    expect(createChoices(path).list()).toEqual([]);
  });
});
