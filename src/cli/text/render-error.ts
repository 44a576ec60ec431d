// The text and exit code of a failure. A bug of ours gets a debug log, an expected failure does not.

import { DevError, EXIT, type ExitCode, messageOf } from '../../errors.ts';
import { systemFailure } from '../../system-error.ts';
import { jsonError } from '../context/json.ts';
import type { Output } from '../context/output.ts';

export interface FailureOptions {
  readonly output: Output;
  /** On stdout, as JSON, with --json. */
  readonly asJson: boolean;
  readonly isVerbose: boolean;
  /** An error may quote a line of the config, or a command. */
  readonly mask: (text: string) => string;
  /** Writes a debug log about a bug; returns the path, or undefined when it cannot be written. */
  readonly writeDebugLog: (error: unknown) => string | undefined;
}

export function reportFailure(
  error: unknown,
  { output, asJson, isVerbose, mask, writeDebugLog }: FailureOptions,
): ExitCode {
  const expected = error instanceof DevError ? error : systemFailure(error);
  const failure = expected ?? asBug(error, writeDebugLog(error));
  const { code, exitCode } = failure;
  const message = mask(failure.message);
  const hint = failure.hint === undefined ? undefined : mask(failure.hint);
  if (asJson) {
    output.print(jsonError({ code, message, hint: hint ?? null }));
    return exitCode;
  }
  output.complain(`${output.paintTalk('fail', '✖')} ${indent(message)}`);
  if (hint !== undefined) output.complain(`  ${indent(hint)}`);
  if (isVerbose) {
    for (const cause of causes(error)) output.complain(output.paintTalk('muted', `  ${indent(mask(cause))}`));
  }
  return exitCode;
}

function asBug(error: unknown, debugLog: string | undefined): DevError {
  const message = messageOf(error);
  const where = debugLog === undefined ? 'the debug log could not be written; run it again with -v' : debugLog;
  return new DevError({
    code: 'internal',
    exitCode: EXIT.bug,
    message: `This is a bug in devdeck: ${message}`,
    hint: `Debug log: ${where}`,
    cause: error,
  });
}

/** The stack of the error and of what caused it. */
function* causes(error: unknown): Generator<string> {
  let current = error;
  while (current instanceof Error) {
    yield current.stack ?? current.message;
    current = current.cause;
  }
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n  ');
}
