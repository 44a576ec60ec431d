// Answers that go on as one JSON value after the other: events, and the progress of a pull.

import type { IncomingMessage } from 'node:http';
import { parseJson } from './answers.ts';

const LONGEST_LINE = 1024 * 1024;

/** Each value as it comes; lines that are no JSON are left out. @throws what ends the answer early */
export async function* jsonLines(response: IncomingMessage): AsyncGenerator {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new Error('the engine sent a line without an end');
    for (const line of lines) {
      const value = parseJson(line);
      if (value !== undefined) yield value;
    }
  }
  const last = parseJson(rest);
  if (last !== undefined) yield last;
}
