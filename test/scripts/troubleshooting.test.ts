// The runbook keeps up with the code: whoever meets a message can look it up. Messages about a command line (`usage`) say
// themselves what to write, and those of `init` only keep what is there (`refused` in cli/init).

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EXIT_CODE_MEANINGS } from '../../src/cli/arguments/help.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const runbook = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8');

/** Every expected failure with a hint, by the longest piece of its message that is always the same. */
const failures = globSync('src/**/*.{ts,tsx}', {
  cwd: ROOT,
  exclude: ['src/cli/init/**', 'src/cli/commands/project/init.ts'],
}).flatMap((file) => {
  const source = readFileSync(join(ROOT, file), 'utf8').replace(/` \+\n\s*`/g, '');
  return [...source.matchAll(/new DevError\(\{([^]*?)\n\s*\}\)/g)].flatMap(([, body = '']) => {
    const message = /\bmessage:\s*(?:[^'"`]*?)(['"`])([^]*?)\1,?\n/.exec(body)?.[2];
    if (message === undefined || body.includes("code: 'usage'") || !/\bhint\b/.test(body)) return [];
    const pieces = message.split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/).map((piece) => piece.trim());
    const [fixed = ''] = pieces.toSorted((a, b) => b.length - a.length);
    return [{ file, fixed: fixed.replace(/^[.,:;)"’]+|[.,:;("]+$/g, '').trim() }];
  });
});

it.each(failures)('docs/troubleshooting.md explains "$fixed" of $file', ({ fixed }) => {
  const words = fixed.split(' ').slice(0, 5).join(' ');
  expect(runbook).toContain(words);
});

it('the failures are found in the code', () => {
  expect(failures.length).toBeGreaterThan(25);
});

it.each(EXIT_CODE_MEANINGS)('docs/troubleshooting.md says where to look first for exit code %d', (code) => {
  expect(runbook).toMatch(new RegExp(`^\\| (?:\\d+, )?${code}(?:, \\d+)? \\|`, 'm'));
});
