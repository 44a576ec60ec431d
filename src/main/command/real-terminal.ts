// The terminal of a command: its ends, its size, signals, and a question to the person at it.

import { isatty } from 'node:tty';
import type { EndSignal, Terminal } from '../../cli/context/context.ts';
import { stdout } from './channels.ts';

export const realTerminal: Terminal = {
  hasInput: isatty(0),
  hasOutput: stdout.isTerminal,
  size: () => {
    if (!stdout.isTerminal) return undefined;
    const { columns, rows } = process.stdout;
    // A terminal that does not know its size says 0.
    return columns > 0 ? { columns, rows: rows > 0 ? rows : 24 } : undefined;
  },
};

const END_SIGNALS: readonly EndSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export function onSignal(listener: (signal: EndSignal) => void): () => void {
  for (const signal of END_SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of END_SIGNALS) process.off(signal, listener);
  };
}

/** Asks on standard error, so that the answer of the command stays clean. */
export async function ask(question: string): Promise<string> {
  // Not import(): the bundle's stand-in for a builtin owns no names that could be taken out of it (scripts/lean-plugin.mjs).
  const { createInterface } = process.getBuiltinModule('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}
