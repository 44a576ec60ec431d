// Cleans text from outside (names, commands, messages) before it enters the state. It removes every control character
// and escape sequence, so that drawn text cannot control the terminal.

import { printable } from '../../core/output/log-line.ts';

/** One line of printable text; line ends become spaces. */
export function plainText(text: string): string {
  return printable(text.replace(/[\r\n]+/g, ' '), Infinity);
}

/** The same for every string inside a plain JSON value. */
export function plainDeep<Value>(value: Value): Value {
  if (typeof value === 'string') return plainText(value) as Value;
  if (Array.isArray(value)) return value.map((item: unknown) => plainDeep(item)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainDeep(item as unknown)])) as Value;
}
