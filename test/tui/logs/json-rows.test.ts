import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonRows } from '../../../src/tui/logs/json-rows.ts';

function spread(text: string): string | undefined {
  const json = jsonRows(text, Infinity);
  return json?.rows.map(({ depth, key, rest }) => '  '.repeat(depth) + key + rest).join('\n');
}

describe('a line of JSON', () => {
  it('is spread as JSON.stringify would', () => {
    const value = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(value, (given) => {
        const text = JSON.stringify(given);
        expect(spread(text)).toBe(JSON.stringify(JSON.parse(text), undefined, 2));
      }),
    );
  });

  it('keeps numbers and equal keys as they are written', () => {
    expect(spread(' {"id": 12345678901234567890, "a":1.0, "a":1e400}')).toBe(
      '{\n  "id": 12345678901234567890,\n  "a": 1.0,\n  "a": 1e400\n}',
    );
  });

  it.each(['plain', '{', '[1', '"text"', '12', '{a: 1}', ''])('is not %j', (text) => {
    expect(jsonRows(text, 10)).toBeUndefined();
  });

  it('names how many rows are left out', () => {
    expect(jsonRows('[1,2,3,4]', 3)).toEqual({
      rows: [
        { depth: 0, key: '', rest: '[' },
        { depth: 1, key: '', rest: '1,' },
        { depth: 1, key: '', rest: '2,' },
      ],
      more: 3,
    });
  });

  it('may be nested deeper than any stack', () => {
    const json = jsonRows('['.repeat(30_000) + ']'.repeat(30_000), 200);
    expect(json?.rows).toHaveLength(200);
    expect(json?.more).toBe(59_999 - 200);
  });
});
