import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Masker } from '../../../src/core/secrets/masker.ts';
import { writeDebugLog } from '../../../src/main/command/debug-log.ts';
import { tempDir } from '../../system/temp-dir.ts';

const facts = (state: string) => ({
  argv: ['status'],
  version: '1',
  env: { XDG_STATE_HOME: state },
  mask: new Masker().mask,
});

it('the debug log describes a bug, readable only by its owner', () => {
  const path = writeDebugLog(new Error('odd'), facts(tempDir())) ?? '';
  expect(readFileSync(path, 'utf8')).toMatch(/arguments \["status"\]\n\nError: odd\n/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('the newest twenty debug logs are kept, each of bounded length', () => {
  const state = tempDir();
  const paths = Array.from({ length: 30 }, () => writeDebugLog(new Error('x'.repeat(1_000_000)), facts(state)));
  const kept = readdirSync(join(state, 'devdeck')).toSorted();
  expect(kept.length).toBeLessThanOrEqual(20);
  expect(paths.at(-1)).toBe(join(state, 'devdeck', kept.at(-1) ?? ''));
  for (const name of kept) expect(statSync(join(state, 'devdeck', name)).size).toBeLessThan(70_000);
});

it('the debug log contains no secret of the arguments or of the error', () => {
  const bug = new Error('cannot open redis://:q7-secret@db');
  const path = writeDebugLog(bug, { ...facts(tempDir()), argv: ['run', 'api', '--password=q7-word'] }) ?? '';
  expect(readFileSync(path, 'utf8')).not.toMatch(/q7-(?:secret|word)/);
});

it('no path is named when no debug log can be written', () => {
  expect(writeDebugLog(new Error('odd'), facts('/dev/null'))).toBeUndefined();
});
