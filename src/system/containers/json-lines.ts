// Answers that are a stream of JSON values: events, and the progress of a pull.

import type { IncomingMessage } from 'node:http';
import { parseJson } from './answers.ts';

const LONGEST_LINE = 1024 * 1024;

/** Each value as it comes; lines that are not JSON are skipped. @throws the error that ends the answer early */
export async function* jsonLines(response: IncomingMessage): AsyncGenerator {
  // Joined once a line has its end: joining at each chunk would copy a long line in small chunks again and again.
  let parts: string[] = [];
  let length = 0;
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    parts.push(chunk);
    length += chunk.length;
    if (chunk.includes('\n')) {
      const lines = parts.join('').split('\n');
      const rest = lines.pop() ?? '';
      parts = [rest];
      length = rest.length;
      for (const line of lines) {
        const value = parseJson(line);
        if (value !== undefined) yield value;
      }
    }
    if (length > LONGEST_LINE) throw new Error('the engine sent a line without an end');
  }
  const last = parseJson(parts.join(''));
  if (last !== undefined) yield last;
}
