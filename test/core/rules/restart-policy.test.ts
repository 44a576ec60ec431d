import { describe, expect, it } from 'vitest';
import { describeFailure, jitterOf } from '../../../src/core/rules/restart-policy.ts';

describe('a program that a shell could not start', () => {
  it.each([
    ['/bin/sh: 1: vitee: not found', 'vitee'],
    ['sh: vitee: not found', 'vitee'],
    ['bash: line 1: vitee: command not found', 'vitee'],
    ['zsh:1: command not found: vitee', 'vitee'],
    ['/bin/sh: 1: ./my app/run: not found', './my app/run'],
  ])('is named after "%s"', (line, program) => {
    const reason = describeFailure({ code: 127, signal: null }, ['> dev', line, 'npm error code 127']);
    expect(reason).toBe(`command not found: ${program} (exit code 127); is it installed, and its folder on the PATH?`);
  });

  it.each([
    ['/bin/sh: 1: ./run: Permission denied', 'permission denied', 'chmod +x'],
    ['bash: line 1: ./run: cannot execute binary file: Exec format error', 'exec format error', 'another system'],
    ['/bin/sh: 1: ./run: Exec format error', 'exec format error', 'another system'],
    ['bash: line 1: ./run: Is a directory', 'is a directory', 'the program inside'],
  ])('is told with the next step after "%s"', (line, problem, nextStep) => {
    const reason = describeFailure({ code: 126, signal: null }, [line]);
    expect(reason).toContain(`./run is not executable: ${problem} (exit code 126); `);
    expect(reason).toContain(nextStep);
  });

  it('is recognised for a binary that a shell tried to read', () => {
    const reason = describeFailure({ code: 127, signal: null }, ['/shop/bin/api: 1: ^?ELF^B^A: not found']);
    expect(reason).toContain('not executable here: it is built for another system');
  });

  it('is not guessed from a line of the program itself', () => {
    expect(describeFailure({ code: 127, signal: null }, ['user 7: not found'])).toBe(
      'command not found (exit code 127)',
    );
  });
});

it('back-off spreads services that ended together', () => {
  const jitters = Array.from({ length: 50 }, (_, index) => jitterOf(`web.${index}#1`));
  expect(Math.min(...jitters)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...jitters)).toBeLessThanOrEqual(1);
  expect(new Set(jitters).size).toBeGreaterThan(40);
  expect(jitterOf('web#1')).toBe(jitterOf('web#1'));
});
