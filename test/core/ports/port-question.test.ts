import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { cleanLine } from '../../../src/core/output/log-line.ts';
import { findPortQuestion } from '../../../src/core/ports/port-question.ts';

const CORPUS = join(import.meta.dirname, '../../fixtures/port-question');

function linesOf(file: string): string[] {
  return readFileSync(join(CORPUS, file), 'utf8').replaceAll('<PORT>', '4711').split(/\r?\n/).map(cleanLine);
}

describe('a service that asks for another port', () => {
  it.each([
    ['angular.txt', 'y\r', 'Would you like to use a different port?'],
    ['expo.documented.txt', 'y', 'Use port 39188 instead?'],
    ['gatsby.documented.txt', 'y', 'Would you like to run the app at another port instead?'],
    ['react-scripts.txt', 'y', 'Would you like to run the app on another port instead?'],
    [
      'storybook-6.documented.txt',
      'y',
      'Port 4711 is not available. Would you like to run Storybook on port 6007 instead?',
    ],
    ['storybook.txt', 'y', 'Would you like to run Storybook on port 33948 instead?'],
  ])('is heard, with the port that is taken: %s', (file, answerYes, question) => {
    expect(findPortQuestion(linesOf(file))).toEqual({ answerYes, port: 4711, question });
  });

  it.each([
    ['Port 3000 is in use. Use another port instead? (Y/n) ', 3000],
    ['Use another port? [y/N]: ', undefined],
    ['Use a free port? (yes/no)', undefined],
  ])('is heard when it reads a line: %s', (line, port) => {
    expect(findPortQuestion(['starting', line])).toMatchObject({ answerYes: 'y\r', port });
  });

  it('is no longer recognised once it continued', () => {
    const lines = linesOf('react-scripts.txt');
    expect(findPortQuestion([...lines, 'Starting the development server...'])).toBeUndefined();
  });

  it('is no longer recognised once its question is answered', () => {
    const lines = linesOf('react-scripts.txt');
    const answered = '✔ Would you like to run the app on another port instead? … yes';
    expect(findPortQuestion([...lines.slice(0, -1), answered])).toBeUndefined();
  });

  it.each([
    ['to kill what holds the port', 'Something runs on port 3000. Kill it and use port 3000 instead? (Y/n)'],
    ['something else', 'Would you like to add the defaults to your package.json? › (Y/n)'],
    ['something else on that port', 'Open http://localhost:3000 in the browser? (Y/n)'],
    ['nothing', 'Port 3000 is in use, trying another one...'],
    ['for a word', 'Which other port should be used?'],
  ])('is not heard when it asks %s', (_what, line) => {
    expect(findPortQuestion(['Port 3000 is in use.', line])).toBeUndefined();
  });

  it('is not recognised without output', () => {
    expect(findPortQuestion([])).toBeUndefined();
    expect(findPortQuestion(['', ''])).toBeUndefined();
  });
});
