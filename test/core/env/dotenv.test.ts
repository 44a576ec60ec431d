import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDotenv } from '../../../src/core/env/dotenv.ts';
import { expandTemplate } from '../../../src/core/env/template.ts';

function read(text: string, scope: Record<string, string> = {}): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, value } of parseDotenv(text).entries) {
    values[name] = expandTemplate(value, { variable: (wanted) => values[wanted] ?? scope[wanted] }) ?? 'too long';
  }
  return values;
}

describe('a .env file', () => {
  it.each<readonly [string, string, Record<string, string>]>([
    ['plain values', 'A=1\nB = two words \n', { A: '1', B: 'two words' }],
    ['an export prefix', 'export A=1\n  export\tB=2', { A: '1', B: '2' }],
    ['an empty value', 'A=\nB=""\nC=\'\'\n', { A: '', B: '', C: '' }],
    ['comments and blank lines', '# a\n\n  # b\nA=1 # c\nB= # d\n', { A: '1', B: '' }],
    ['a # that starts no comment', 'A=#fff\nB=x#y\nC="a # b"\n', { A: '#fff', B: 'x#y', C: 'a # b' }],
    ['single quotes, taken literally', "A='${HOME}\\n$x' # c\n", { A: '${HOME}\\n$x' }],
    ['back quotes', 'A=`it\'s "so"`\n', { A: 'it\'s "so"' }],
    ['escapes in double quotes', 'A="a\\nb\\t\\"c\\" \\\\n \\z"\n', { A: 'a\nb\t"c" \\n \\z' }],
    ['values over several lines', 'A="one\ntwo"\nB=\'x\ny\'\nC=3', { A: 'one\ntwo', B: 'x\ny', C: '3' }],
    ['a byte order mark and CRLF', '\uFEFFA=1\r\nB="x\r\ny"\r\n', { A: '1', B: 'x\ny' }],
    ['names with dots and dashes', 'a.b-c=1', { 'a.b-c': '1' }],
    [
      'line separators of Unicode, which end no line',
      'A=a\u2028b # \u2028\n# c\u2028d\nB=1',
      { A: 'a\u2028b', B: '1' },
    ],
    ['an equals sign in the value', 'A=b=c==', { A: 'b=c==' }],
    ['the later of two equal names', 'A=1\nA=2', { A: '2' }],
    ['variables', 'A=1\nB=${A}2\nC="${B}3"\nD=${NONE:-${A}}\nE=${NONE}', { A: '1', B: '12', C: '123', D: '1', E: '' }],
    ['dollar signs that mean themselves', 'A=pa$$wo$rd\nB=\\${A}\nC=$A', { A: 'pa$$wo$rd', B: '${A}', C: '$A' }],
    ['what looks like a reference, literally', 'A=${api.port}', { A: '${api.port}' }],
    ['nothing at all', '', {}],
  ])('has %s', (_, text, values) => {
    expect(parseDotenv(text).problems).toEqual([]);
    expect(read(text)).toEqual(values);
  });

  it('names the lines that make no sense and keeps the others', () => {
    const text = "A=1\nnonsense\n=x\n1B=2\nC=\"open\nD='x' y\nE=5\n";
    expect(read(text)).toEqual({ A: '1', E: '5' });
    expect(parseDotenv(text).problems).toEqual([
      { line: 2, message: 'this is not NAME=value' },
      { line: 3, message: 'this is not NAME=value' },
      { line: 4, message: 'this is not NAME=value' },
      { line: 5, message: 'the " is never closed' },
      { line: 6, message: "there is more text after the closing '" },
    ]);
  });

  it('goes on after a line with a line separator of Unicode that makes no sense', () => {
    expect(parseDotenv('one\u2028two\nA=1')).toMatchObject({
      entries: [{ name: 'A' }],
      problems: [{ line: 1, message: 'this is not NAME=value' }],
    });
  });

  it('names the first hundred of many bad lines', () => {
    const { problems } = parseDotenv('bad\n'.repeat(30_000));
    expect(problems.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  it('never throws, and every problem has a line of the file', () => {
    const piece = fc.constantFrom(
      'A',
      '=',
      '"',
      "'",
      '`',
      '\\',
      '$',
      '{',
      '}',
      ':-',
      '#',
      ' ',
      '\n',
      '\r\n',
      'export ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        const lines = text.split('\n').length;
        for (const { line } of parseDotenv(text).problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
        }
      }),
    );
  });

  it('keeps any value that is written in single quotes', () => {
    fc.assert(
      fc.property(
        fc.string().filter((value) => !/['\r]/.test(value)),
        (value) => {
          expect(read(`A='${value}'`)).toEqual({ A: value });
        },
      ),
    );
  });
});
