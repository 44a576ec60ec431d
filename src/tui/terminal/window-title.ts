// The title of the terminal's window or tab, for those who look at another one: trouble first, else that all is well.

import { statusLabel } from '../../format/status-label.ts';
import { plainText } from '../paint/plain-text.ts';
import { selectTotals } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

/** "✖ api failed – shop", "✖ 2 failed – shop", "● 3 ready – shop"; the name alone while nothing is known. */
export function windowTitle({ services, projectName }: ScreenState): string {
  const [worst] = selectTotals(services).counts;
  if (worst === undefined) return projectName;
  const { glyph, word } = statusLabel(worst.state);
  const only = services.find(({ state }) => state === worst.state);
  const isTrouble = statusLabel(worst.state).tone === 'fail' && worst.count === 1;
  return `${glyph} ${isTrouble ? only?.name : worst.count} ${word} – ${projectName}`;
}

/** OSC 2. The text holds no control characters, so it cannot end the sequence early. */
export function titleSequence(title: string): string {
  return `\u001b]2;${plainText(title)}\u001b\\`;
}
