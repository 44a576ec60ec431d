// The title of the terminal's window or tab, for those who look at another one: trouble first, else that all is well.

import { plainText } from '../paint/plain-text.ts';
import { selectTotals } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

/** "✖ api failed – shop", "✖ 2 failed – shop", "● 3 ready – shop"; the name alone while nothing is known. */
export function windowTitle({ services, projectName }: ScreenState): string {
  const [worst] = selectTotals(services).counts;
  if (worst === undefined) return projectName;
  const { glyph, word, tone } = worst.label;
  const [only] = worst.services;
  const who = tone === 'fail' && worst.services.length === 1 ? only?.name : worst.services.length;
  return `${glyph} ${who} ${word} – ${projectName}`;
}

/** OSC 2. The text holds no control characters, so it cannot end the sequence early. */
export function titleSequence(title: string): string {
  return `\u001b]2;${plainText(title)}\u001b\\`;
}
