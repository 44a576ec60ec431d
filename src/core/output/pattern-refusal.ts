// Says why RE2 refuses a pattern, for the person who wrote it: the unsupported construct and its replacement, or the
// mistake.

export interface PatternRefusal {
  /** Ends a sentence: "look-ahead, (?=, is not supported". */
  readonly reason: string;
  readonly hint: string;
  /** False for a pattern that is not a regular expression in JavaScript either. */
  readonly isUnsupported: boolean;
}

interface Construct {
  /** What RE2 calls the trouble, and the text at which it says so. */
  readonly error: string;
  readonly at: RegExp;
  readonly name: string;
  readonly hint: string;
}

const PERL = 'invalid or unsupported Perl syntax';
const ESCAPE = 'invalid escape sequence';

const CONSTRUCTS: readonly Construct[] = [
  {
    error: PERL,
    at: /^\(\?=/,
    name: 'look-ahead',
    hint: 'write what follows as a part of the pattern: foobar, not foo(?=bar)',
  },
  {
    error: PERL,
    at: /^\(\?!/,
    name: 'negative look-ahead',
    hint: 'leave lines out with a filter: f and !PATTERN on the screen, or logs … | grep -v PATTERN',
  },
  { error: PERL, at: /^\(\?>/, name: 'an atomic group', hint: 'write (?:…): matching never backtracks here' },
  { error: PERL, at: /^\(\?\(/, name: 'a conditional', hint: 'write both cases: (?:with|without)' },
  {
    error: PERL,
    at: /^\(\?/,
    name: 'this group',
    hint: 'groups are (…), (?:…), (?<name>…), (?i:…), (?<=…) and (?<!…)',
  },
  {
    error: ESCAPE,
    at: /^\\\d/,
    name: 'a back-reference',
    hint: 'write what may repeat in full: (?:aa|bb), not (a|b)\\1',
  },
  {
    error: ESCAPE,
    at: /^\\k/,
    name: 'a back-reference',
    hint: 'write what may repeat in full: (?:aa|bb), not (a|b)\\1',
  },
  { error: ESCAPE, at: /^\\b/, name: 'a backspace as a character', hint: 'write \\x08' },
  {
    error: 'invalid nested repetition operator',
    at: /^/,
    name: 'a repetition of a repetition',
    hint: 'keep one of them',
  },
  { error: 'invalid capture in lookbehind', at: /^/, name: 'a group inside look-behind', hint: 'write (?:…) in it' },
  {
    error: 'invalid character class range',
    at: /^\\[pP]/,
    name: 'the Unicode class',
    hint: 'write \\p{L}, \\p{Lu} or \\p{Greek}',
  },
  {
    error: 'invalid repeat count',
    at: /^\{\d{4,}|,\d{4,}/,
    name: 'a count above 1000',
    hint: 'repeat at most 1000 times',
  },
];

/** Undefined for anything but a construct that RE2's parser overlooks: `\k<name>` is text to it. */
export function overlooked(source: string): PatternRefusal | undefined {
  return source.replaceAll('\\\\', '').includes('\\k<') ? refusal(source, ESCAPE, '\\k') : undefined;
}

/** @param error what RE2 calls the trouble; @param at the text at which it found it */
export function refusal(source: string, error: string, at: string): PatternRefusal {
  const construct = CONSTRUCTS.find((each) => each.error === error && each.at.test(at));
  const isUnsupported = isRegExp(source);
  if (construct !== undefined) {
    const start = at.startsWith('(?') ? at.slice(0, 3) : at;
    return { reason: `${construct.name}, ${start}, is not supported`, hint: construct.hint, isUnsupported };
  }
  const hint = 'put \\ before a character that stands for itself, as in foo\\(';
  return { reason: `it is not a regular expression: ${error}`, hint, isUnsupported };
}

function isRegExp(source: string): boolean {
  try {
    return Boolean(new RegExp(source));
  } catch {
    return false;
  }
}
