import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StatusReports } from '../../../src/core/terminal/status-reports.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const bodiesOf = (...chunks: readonly string[]): readonly string[] => {
  const reports = new StatusReports();
  return chunks.flatMap((chunk) => reports.push(bytes(chunk)));
};

describe('the reports in the output of a program', () => {
  it('end with BEL or ST, between other output', () => {
    expect(
      bodiesOf('a\u001b[31m\u001b]7501;state=idle\u0007b\u001b]0;title\u0007\u001b]7501;state=done\u001b\\c'),
    ).toEqual(['state=idle', 'state=done']);
  });

  it('are found in whatever pieces they come', () => {
    const text = '\u001b[1mx\u001b]7501;state=working:progress=1\u001b\\y\u001b\u001b]7501;state=idle\u0007z';
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const chunks = places.slice(1).map((to, index) => text.slice(places[index], to));
        expect(bodiesOf(...chunks)).toEqual(['state=working:progress=1', 'state=idle']);
      }),
    );
  });

  it('without an end, or of more than 4 kB, are passed over, and the next is found', () => {
    const next = '\u001b]7501;state=done\u0007';
    expect(bodiesOf(`\u001b]7501;state=working${next}`)).toEqual(['state=done']);
    expect(bodiesOf('\u001b]7501;msg=', ...Array.from({ length: 100 }, () => 'A'.repeat(1_000)), next)).toEqual([
      'state=done',
    ]);
    expect(bodiesOf('\u001b]7501;state=working\r\nhello', next)).toEqual(['state=done']);
  });
});
