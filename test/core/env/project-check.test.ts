import { expect, it } from 'vitest';
import { checkProblem } from '../../../src/core/env/project-check.ts';

const problemOf = (output: string, pattern: string) =>
  checkProblem({
    check: { name: 'versions', command: { kind: 'shell', line: 'versions' }, timeoutMs: 1_000, expect: pattern },
    result: { ok: true, message: '' },
    output,
    mask: (text) => text,
  });

it("matches the text of a check's output, not its colours", () => {
  expect(problemOf('node \u001B[32m24\u001B[39m.1\r\nok\r\n', '^node 24\\.1$')).toBeUndefined();
  expect(problemOf('node 22.1\n', '^node 24')).toBe('its output does not match ^node 24: node 22.1');
});
