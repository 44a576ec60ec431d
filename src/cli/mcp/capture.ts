// A command run for a tool: what it would print is its answer, as data; what it would complain about is the error.

import { DevError, EXIT } from '../../errors.ts';
import type { Output } from '../context/output.ts';
import type { CliContext } from '../context/context.ts';
import type { CommandName } from '../arguments/commands-table.ts';
import type { CommandOptions } from '../arguments/request.ts';

export interface Captured {
  readonly exitCode: number;
  /** Lines of stdout. */
  readonly lines: readonly string[];
  /** What was said on stderr. */
  readonly notes: readonly string[];
}

/**
 * @param signal ends the command's connections: a wait is over at once
 * @throws DevError of the command
 */
export async function capture(
  context: CliContext,
  name: CommandName,
  { names = [], options = {}, signal }: { names?: readonly string[]; options?: CommandOptions; signal: AbortSignal },
): Promise<Captured> {
  const lines: string[] = [];
  const notes: string[] = [];
  const abandoned = Promise.withResolvers<never>();
  const abort = (): void => abandoned.reject(cancelled());
  signal.addEventListener('abort', abort, { once: true });
  abandoned.promise.catch(() => undefined);
  try {
    const run = await context.loadCommand(name);
    const command = run(
      { ...context, output: capturing(context.output, lines, notes) },
      { names, options, isExplicit: true },
    );
    return { exitCode: await Promise.race([command, abandoned.promise]), lines, notes };
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** The `data` of the one JSON object that a command prints with --json. */
export function dataOf({ lines }: Captured): Record<string, unknown> {
  const [line = '{}'] = lines;
  return (JSON.parse(line) as { readonly data?: Record<string, unknown> }).data ?? {};
}

function capturing(output: Output, lines: string[], notes: string[]): Output {
  const plain: Output['paint'] = (_tone, text) => text;
  return {
    ...output,
    print: (text) => void lines.push(...text.split('\n')),
    show: (text) => void lines.push(...text.split('\n')),
    write: (text) => void lines.push(...text.replace(/\n$/, '').split('\n')),
    say: (text) => void notes.push(text),
    detail: () => undefined,
    complain: (text) => void notes.push(text),
    paint: plain,
    paintTalk: plain,
    hasColor: false,
    drained: async () => undefined,
  };
}

function cancelled(): DevError {
  return new DevError({
    code: 'interrupted',
    exitCode: EXIT.interrupted,
    message: 'The call was cancelled by the client.',
  });
}
