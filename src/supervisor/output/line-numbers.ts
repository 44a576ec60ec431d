// Numbers the shown lines: from 0 on in this session, backward in earlier sessions. The folds of earlier sessions are
// read only when somebody looks that far back.

import { EarlierFolds } from '../../core/logs/earlier-folds.ts';
import type { HiddenLines } from '../../core/logs/hidden-lines.ts';
import type { StoredLog } from '../../system/system.ts';

export type LineNumbers = Pick<HiddenLines, 'has' | 'shownOf' | 'seqOf'>;

/** @param hidden lines of this session */
export function numbersOfAll(hidden: HiddenLines, file: StoredLog): LineNumbers {
  let known: EarlierFolds | undefined | 'not read' = 'not read';
  const earlier = (): EarlierFolds | undefined => {
    if (known !== 'not read') return known;
    const memory = file.foldedBefore();
    known = memory && new EarlierFolds(memory, (from, count) => file.read(from, count));
    return known;
  };
  return {
    has: (seq) => (seq < 0 ? earlier()?.has(seq) === true : hidden.has(seq)),
    shownOf: (seq) => (seq < 0 ? earlier()?.shownOf(seq) : undefined) ?? hidden.shownOf(seq),
    seqOf: (shown) => (shown < 0 ? earlier()?.seqOf(shown) : undefined) ?? hidden.seqOf(shown),
  };
}
