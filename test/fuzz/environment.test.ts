import { describe, it } from 'vitest';
import { expectLinearWork } from './grow.ts';
import { startCounting } from './work.ts';

startCounting();
const { parseDotenv } = await import('../../src/core/env/dotenv.ts');
const { expandTemplate, parseTemplate } = await import('../../src/core/env/template.ts');
const { expandReferences, findReferences } = await import('../../src/core/env/references.ts');

const PIECES = [
  'A',
  '=',
  '"',
  "'",
  '`',
  '\\',
  '$',
  '${A',
  '${A:-',
  '${B}',
  '${a.port}',
  '.',
  '}',
  '#',
  ' ',
  '\t',
  '\n',
  '\u2028',
];

describe('the cost of an environment grows only with its length', () => {
  it('to read from a file', () => {
    expectLinearWork({ pieces: [...PIECES, 'export ', 'junk\n', 'A="', "B='x'\n"], work: parseDotenv });
  });

  it('to fill in', () => {
    const scope = { variable: () => '' };
    expectLinearWork({ pieces: PIECES, work: (text) => expandTemplate(parseTemplate(text).template, scope) });
  });

  it('to look for references in', () => {
    const endpoints = new Map([['a', { host: 'localhost', port: 1 }]]);
    expectLinearWork({ pieces: PIECES, work: (text) => [findReferences(text), expandReferences(text, endpoints)] });
  });
});
