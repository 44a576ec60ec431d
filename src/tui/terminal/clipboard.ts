// Copies to the clipboard of the terminal, which may be on another machine: OSC 52. Some terminals ask, some refuse.

/** More is refused by some terminals, and nobody pastes it. */
export const MAX_CLIPBOARD_BYTES = 74_000;

export function clipboardSequence(text: string): string {
  return `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`;
}
