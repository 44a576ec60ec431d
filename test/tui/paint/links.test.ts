// oxlint-disable no-control-regex -- what goes to a terminal is made of control characters

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../src/format/text.ts';
import { linkUrls } from '../../../src/tui/paint/links.ts';

const COLUMNS = 60;
const LINK = /\u001b\]8;;([^\u0007\u001b]*)\u001b\\/g;

const link = (url: string, text = url): string => `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\`;
const targets = (row: string): readonly (string | undefined)[] => [...row.matchAll(LINK)].map(([, url]) => url);

describe('a row of the screen', () => {
  it.each([
    ['ready on http://localhost:5173/ now', `ready on ${link('http://localhost:5173/')} now`],
    ['see https://a.example/x_(y), or ask', `see ${link('https://a.example/x_(y)')}, or ask`],
    ['(see http://a.example/x).', `(see ${link('http://a.example/x')}).`],
    ['"GET http://[::1]:80/a?b=c;d#e"', `"GET ${link('http://[::1]:80/a?b=c;d#e')}"`],
    ['http://a.example http://b.example', `${link('http://a.example')} ${link('http://b.example')}`],
    [
      '\u001b[36mhttp://a:\u001b[1m80\u001b[22m/\u001b[39m .',
      `\u001b[36m${link('http://a:80/', 'http://a:\u001b[1m80\u001b[22m/\u001b[39m')} .`,
    ],
  ])('%j has its URLs as links', (row, expected) => {
    expect(linkUrls(row, COLUMNS)).toBe(expected);
  });

  it.each([
    'file:///etc/passwd and javascript://x and ssh://host',
    'cut: http://localhost:5173/a/long…',
    'cut: http://localhost:5173/a/long›',
    'http://localhost/stra\u00dfe',
    'http://',
    'http://[nothing',
    `${'x'.repeat(40)} http://localhost:80`,
    `http://a.example/${'x'.repeat(3_000)} end`,
  ])('%j has no link', (row) => {
    expect(linkUrls(row, COLUMNS)).toBe(row);
  });

  it('keeps its characters and columns, and ends each link, whatever stands in it', () => {
    const piece = fc.oneof(
      fc.constantFrom('http://', 'https://a.example/', ' ', '…', '│', ')', ';', '\u001b[31m', '\u001b[0m', '日本'),
      fc.webUrl(),
      fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const row = pieces.join('');
        const linked = linkUrls(row, 200);
        expect(linked.replaceAll(LINK, '')).toBe(row);
        expect(displayWidth(linked)).toBe(displayWidth(row));
        const urls = targets(linked);
        expect(
          urls.every((url, index) => (index % 2 === 0 ? /^https?:\/\/[!-~]+$/i.test(url ?? '') : url === '')),
        ).toBe(true);
        expect(urls.length % 2).toBe(0);
      }),
    );
  });
});
