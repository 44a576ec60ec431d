// Guesses what a person meant by a word that is not among the known ones.

/** `did you mean "command"?`, or undefined when nothing comes close. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const guess = closest(word, known);
  return guess === undefined ? undefined : `did you mean "${guess}"?`;
}

function closest(word: string, known: Iterable<string>): string | undefined {
  const wanted = folded(word);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of known) {
    const candidate = folded(name);
    if (Math.abs(candidate.length - wanted.length) > limit && !partOf(wanted, candidate)) continue;
    const edits = partOf(wanted, candidate) ? limit : distance(wanted, candidate);
    if (edits <= limit && (best === undefined || edits < best.edits)) best = { name, edits };
  }
  return best?.name;
}

/** `dependsOn`, `depends-on` and `depends_on` are one word. */
function folded(word: string): string {
  return word
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[-_. ]/g, '');
}

function partOf(word: string, candidate: string): boolean {
  return word.length >= 3 && (candidate.startsWith(word) || candidate.endsWith(word));
}

/** Edits by which one word becomes the other, two swapped neighbours counted as one (optimal string alignment). */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let edits = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        edits = Math.min(edits, (before[column - 2] ?? 0) + 1);
      }
      current.push(edits);
    }
    [before, above] = [above, current];
  }
  return above[to.length] ?? 0;
}
