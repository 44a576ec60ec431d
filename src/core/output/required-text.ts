// A text that every match of a pattern contains, found without an engine: most lines do not have it, and need no
// closer check. Only certain text counts; a pattern that this code cannot fully read has none.

/** One step of a pattern: an escape, a set, the start of a group, a repetition, or a single character. */
const STEP =
  /\\[dDwWsSbBtnrfv]|\\[^\p{L}\p{N}]|\[\^?\]?(?:\\.|[^\][\\])*\]|\((?:\?(?::|<[=!]|<\w+>)|(?!\?))|(?:[*+?]|\{\d+(?:,\d*)?\})\??|[^\\[\]{}(]/uy;
const REPETITION = /^[*+?{]/;
const NO_TEXT = /^(?:[.^$]|\[|\\[\p{L}])/u;

/** The longest one; undefined when none is certain. Its case matters only if that of the pattern does. */
export function requiredText(source: string): string | undefined {
  let longest = '';
  let run: readonly string[] = [];
  let depth = 0;
  const endRun = (): void => {
    const text = run.join('');
    if (text.length > longest.length) longest = text;
    run = [];
  };
  for (let at = 0; at < source.length;) {
    STEP.lastIndex = at;
    const step = STEP.exec(source)?.[0];
    if (step === undefined) return undefined;
    at += step.length;
    if (step === '|' && depth === 0) return undefined;
    if (step.startsWith('(')) {
      endRun();
      depth += 1;
    } else if (step === ')') {
      depth -= 1;
    } else if (depth === 0 && REPETITION.test(step)) {
      // What may be missing is not required; what is there once or more ends the text all the same.
      if (!step.startsWith('+')) run = run.slice(0, -1);
      endRun();
    } else if (depth === 0 && NO_TEXT.test(step)) {
      endRun();
    } else if (depth === 0) {
      run = [...run, step.startsWith('\\') ? step.slice(1) : step];
    }
  }
  endRun();
  return longest === '' ? undefined : longest;
}
