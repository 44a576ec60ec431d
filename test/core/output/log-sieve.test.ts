// What the sieve leaves out must hold nothing that a look at each line would find.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogGroups } from '../../../src/core/output/log-groups.ts';
import { isErrorLevel } from '../../../src/core/output/log-level.ts';
import { cleanLine } from '../../../src/core/output/log-line.ts';
import { createLineMatcher, smartCasePattern } from '../../../src/core/output/log-pattern.ts';
import { mayHoldErrors, sieveOf } from '../../../src/core/output/log-sieve.ts';
import { PatternError } from '../../../src/core/output/pattern.ts';

const STAMP = '2026-01-31T12:00:00.000Z ';

/** As a file of a log holds the line, read byte by byte. */
function inFile(text: string): string {
  return Buffer.from(`${STAMP}GET / 200\n${STAMP}${text}\n`).toString('latin1');
}

/** One a line, each with its blanks. */
const WORDS = `error
ERR!
Error: 
TypeError [ERR_X]
fatal
FTL
crit
ALERT
emergency
panic: 
severe
Traceback (most recent call last):
Caused by: 
Segmentation fault
thread 'main' panicked at 
{"level":
"severity": 
50
60
5e1
"error"
}
level=
lvl=err
E0131 12:00:00
F0131 12:00:00
✖ 
✘ 
⨯ 
❌ 
⚠ 
    at f (a.js:1:2)
  File "a.py", line 3
\tfrom a.rb:3:in 
: 
[
]
(
)
x
é
語
ſ
K`.split('\n');
const CONTROLS = ['\u001B[31m', '\u001B[0m', '\u001B[2D', '\r', '\b', '\t', '\u009B2D', '\u00A0', '\u2003', ' '];
const fragment = fc.oneof(fc.constantFrom(...WORDS, ...CONTROLS), fc.string({ maxLength: 3 }));
const line = fc.array(fragment, { maxLength: 6 }).map((parts) => parts.join('').replaceAll('\n', ''));

describe('the sieve of errors', () => {
  it('lets through every stretch with a line that counts as one', () => {
    let errors = 0;
    fc.assert(
      fc.property(line, (text) => {
        const { level } = new LogGroups().next(cleanLine(text));
        if (!isErrorLevel(level)) return;
        errors += 1;
        expect(mayHoldErrors(inFile(text))).toBe(true);
      }),
      { numRuns: 20_000 },
    );
    expect(errors).toBeGreaterThan(500);
  });

  it('leaves out what usual programs say', () => {
    for (const text of [
      'INFO GET /health 200 3ms',
      '{"level":30,"msg":"ready"}',
      '\u001B[32mVITE\u001B[0m ready',
      '→ ✓ é 語',
    ])
      expect(mayHoldErrors(inFile(text))).toBe(false);
  });
});

describe('the sieve of a pattern', () => {
  const piece = fc.constantFrom(
    'error',
    'Error',
    'at f',
    'a.js',
    '[a-z]+',
    '.*',
    '(x|y)?',
    '^',
    '$',
    '\\d',
    'kiss',
    'é',
    '\\[',
    '200B',
    'x  x',
  );

  it('lets through every stretch with a line that matches', () => {
    let matches = 0;
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 3 }), line, (pieces, text) => {
        const pattern = patternOf(pieces.join(''));
        const sieve = pattern === undefined ? undefined : sieveOf(pattern);
        if (pattern === undefined || sieve === undefined) return;
        if (!createLineMatcher({ matching: [pattern], excluding: [] })(cleanLine(text))) return;
        matches += 1;
        expect(sieve(inFile(text))).toBe(true);
      }),
      { numRuns: 20_000 },
    );
    expect(matches).toBeGreaterThan(50);
  });

  it('leaves out what does not hold the text that a match needs', () => {
    expect(sieveOf(smartCasePattern('time ?out after \\d+'))?.(inFile('all is well'))).toBe(false);
    expect(sieveOf(smartCasePattern('timeout|refused'))).toBeUndefined();
  });
});

function patternOf(source: string) {
  try {
    return smartCasePattern(source);
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}
