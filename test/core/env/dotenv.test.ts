import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDotenv } from '../../../src/core/env/dotenv.ts';
import { expandTemplate } from '../../../src/core/env/template.ts';

function read(text: string, scope: Record<string, string> = {}): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, value } of parseDotenv(text).entries) {
    values[name] = expandTemplate(value ?? [], { variable: (wanted) => values[wanted] ?? scope[wanted] }) ?? 'too long';
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
    [
      'dollar signs that mean themselves',
      'A=pa$$wo$rd\nB=\\${A}\nC=$1\nD=$',
      { A: 'pa$$wo$rd', B: '${A}', C: '$1', D: '$' },
    ],
    [
      'variables without braces, where they are set',
      'A=1\nB=$A-2\nC="$B"\nD=\'$A\'\nE=\\$A',
      { A: '1', B: '1-2', C: '1-2', D: '$A', E: '$A' },
    ],
    ['what looks like a reference, literally', 'A=${api.port}', { A: '${api.port}' }],
    ['nothing at all', '', {}],
  ])('has %s', (_, text, values) => {
    expect(parseDotenv(text).problems).toEqual([]);
    expect(read(text)).toEqual(values);
  });

  it('names invalid lines and keeps the others', () => {
    const text = "A=1\nsuch nonsense\n=x\n1B=2\nC=\"open\nD='x' y\nE=5\n";
    expect(read(text)).toEqual({ A: '1', E: '5' });
    expect(parseDotenv(text).strangeLines).toEqual([
      { line: 2, message: 'this is not NAME=value' },
      { line: 3, message: 'this is not NAME=value' },
      { line: 4, message: 'this is not NAME=value' },
    ]);
    expect(parseDotenv(text).problems).toEqual([
      { line: 5, message: 'the " is never closed' },
      { line: 6, message: "there is more text after the closing '" },
    ]);
  });

  it('says how to write a line with a colon', () => {
    expect(parseDotenv('A: b\n').strangeLines).toEqual([
      { line: 1, message: 'this is not NAME=value: write A=… with an equals sign' },
    ]);
  });

  it('passes on variables whose line is only a name', () => {
    expect(parseDotenv('A\n  export B # why\nC').entries).toEqual([
      { name: 'A', value: undefined },
      { name: 'B', value: undefined },
      { name: 'C', value: undefined },
    ]);
  });

  it('expands the home directory where a shell would', () => {
    const text = 'A=~/a\nB=~\nC="~/c"\nD=x~/d\nTOOLS_PATH=bin:~/bin\nE=x:~/e\nF=~other/f';
    const home = { A: '/home/me/a', B: '/home/me', C: '~/c', D: 'x~/d', TOOLS_PATH: 'bin:/home/me/bin' };
    expect(read(text, { HOME: '/home/me' })).toEqual({ ...home, E: 'x:~/e', F: '~other/f' });
    expect(read('A=~/a')).toEqual({ A: '~/a' });
  });

  it('continues after an invalid line with a Unicode line separator', () => {
    expect(parseDotenv('one\u2028two\nA=1')).toMatchObject({
      entries: [{ name: 'A' }],
      strangeLines: [{ line: 1, message: 'this is not NAME=value' }],
    });
  });

  it('names the first hundred of many bad lines', () => {
    const { strangeLines } = parseDotenv('bad line\n'.repeat(30_000));
    expect(strangeLines.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
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
