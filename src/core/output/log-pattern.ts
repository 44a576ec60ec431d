// A person's search or filter text, as a pattern.

import { compilePattern, escapePattern, PatternError, type Pattern } from './pattern.ts';
import { withoutColour } from './plain-line.ts';

/** A search asks for the same few patterns again every few milliseconds. */
const KEPT = 16;
const kept = new Map<string, Pattern>();

/**
 * Case matters only when the pattern has an upper-case letter, as in less -i and ripgrep -S.
 * @throws PatternError that says what is wrong with the pattern
 */
export function smartCasePattern(source: string): Pattern {
  // An escape such as \S is no upper-case letter.
  const letters = source.replaceAll(/\\(?:[pP]\{[^}]*\}|.)/g, '');
  return compilePattern(source, { ignoresCase: letters === letters.toLowerCase() });
}

/**
 * The same for a pattern typed on the screen, where an invalid regular expression (`foo(`) is literal text.
 * @throws PatternError when it is one, with a construct that is not supported
 */
export function logPattern(text: string): Pattern {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const pattern = patternOrText(text);
  for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size + 1 - KEPT))) kept.delete(oldest);
  kept.set(text, pattern);
  return pattern;
}

/** Whether a line matches each pattern of `matching` and none of `excluding`. Its colours do not matter. */
export function createLineMatcher(patterns: {
  readonly matching: readonly Pattern[];
  readonly excluding: readonly Pattern[];
}): (text: string) => boolean {
  const { matching, excluding } = patterns;
  if (matching.length + excluding.length === 0) return () => true;
  return (text) => {
    const plain = withoutColour(text);
    return matching.every((pattern) => pattern.test(plain)) && !excluding.some((pattern) => pattern.test(plain));
  };
}

function patternOrText(text: string): Pattern {
  try {
    return smartCasePattern(text);
  } catch (error) {
    if (!(error instanceof PatternError) || error.refusal.isUnsupported) throw error;
    return smartCasePattern(escapePattern(text));
  }
}
