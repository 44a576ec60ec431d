// What the screen sends to the terminal beside its picture, as operating system commands (OSC): the title of the
// window or tab, and text for the clipboard.

import { plainText } from '../paint/plain-text.ts';
import { selectTotals } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

/** Problems first, else the ready services: "✖ api failed – shop", "✖ 2 failed – shop", "● 3 ready – shop". Only the name while nothing is known. */
export function windowTitle({ services, projectName }: ScreenState): string {
  const [worst] = selectTotals(services).counts;
  if (worst === undefined) return projectName;
  const { glyph, word, tone } = worst.label;
  const [only] = worst.services;
  const who = tone === 'fail' && worst.services.length === 1 ? only?.name : worst.services.length;
  return `${glyph} ${who} ${word} – ${projectName}`;
}

/** The progress of the starting services; undefined if none starts. */
export function startProgress({
  services,
}: Pick<ScreenState, 'services'>): { readonly percent: number; readonly isFailing: boolean } | undefined {
  const wanted = services.filter((service) => service.wanted);
  const coming = wanted.filter(
    ({ state, isStuck }) => !isStuck && (state === 'starting' || state === 'waiting' || state === 'backoff'),
  );
  if (coming.length === 0) return undefined;
  const isFailing = wanted.some(({ state }) => state === 'failed' || state === 'backoff');
  return { percent: (100 * (wanted.length - coming.length)) / wanted.length, isFailing };
}

/** OSC 2. The text holds no control characters, so it cannot end the sequence early. */
export function titleSequence(title: string): string {
  return `\u001b]2;${plainText(title)}\u001b\\`;
}

/** Some terminals refuse more. */
export const MAX_CLIPBOARD_BYTES = 74_000;

/** OSC 52 copies to the terminal's clipboard, which may be on another machine. Some terminals ask first, some refuse. */
export function clipboardSequence(text: string): string {
  return `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`;
}
