import { describe, expect, it } from 'vitest';
import { UpwardScanner } from '../../../src/core/terminal/upward-scanner.ts';

const ESC = '\u001b';

function mayGoUp(...chunks: readonly string[]): boolean {
  const scanner = new UpwardScanner();
  return chunks.map((chunk) => scanner.mayGoUp(Buffer.from(chunk))).includes(true);
}

describe('output that may move the cursor up', () => {
  it('is found for any chunks', () => {
    const output = `text ${ESC}[31mred${ESC}[12Aup`;
    for (let at = 0; at < output.length; at += 1) expect(mayGoUp(output.slice(0, at), output.slice(at))).toBe(true);
  });

  it('is not text with colours, cleared screens and rows', () => {
    expect(mayGoUp(`plain ${ESC}[1;31mred${ESC}[0m ${ESC}[2J${ESC}[H${ESC}[K${ESC}]0;A${ESC}\\`, 'A[A')).toBe(false);
  });
});
