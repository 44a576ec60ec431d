import { describe, expect, it } from 'vitest';
import { findPrompt } from '../../../src/core/output/prompt.ts';

describe('a prompt that waits for an answer', () => {
  it.each([
    'Continue? [y/N] ',
    'Overwrite vite.config.ts (yes/no): ',
    'Are you sure you want to continue connecting (yes/no/[fingerprint])? ',
    'Ok to proceed? (y) ',
    '? Project name: › ',
    'Enter a name for the new migration: ',
    'What is your name?',
    'mysql> ',
    'irb(main):001> ',
    '\u001b[32m?\u001b[39m \u001b[1mSelect a framework:\u001b[22m ',
  ])('is recognised: %s', (line) => {
    expect(findPrompt(line)).toMatchObject({ isSecret: false });
  });

  it.each(['Password:', '[sudo] password for ada: ', 'Enter passphrase for key id_ed25519: ', 'API token: ', 'PIN: '])(
    'is kept from view: %s',
    (line) => {
      expect(findPrompt(line)).toEqual({ text: line.trim(), isSecret: true });
    },
  );

  it.each([
    '',
    'Compiling 12 of 80',
    'Listening on :8000',
    '10:32:07',
    'building...',
    'Downloading 45% [=====>     ]',
    '> ',
    'GET /items?page=2 200 OK',
    'x'.repeat(400) + '? ',
  ])('is not what just goes on: %s', (line) => {
    expect(findPrompt(line)).toBeUndefined();
  });
});
