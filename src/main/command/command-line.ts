// One command line, from its words to the exit code of the process.
// Trap: this file is on the path of `status`. What only some commands need is imported where it is used.

import { plainRequest, type ParsedArgs } from '../../cli/arguments/request.ts';
import { createOutput } from '../../cli/context/output.ts';
import { loadCommand } from '../../cli/dispatch.ts';
import { reportFailure } from '../../cli/text/render-error.ts';
import { EXIT, type ExitCode } from '../../errors.ts';
import type { ScreenPlace } from '../screen/screen-place.ts';
import { exitCodeOf, stderr, stdout } from './channels.ts';
import { createContext } from './command-context.ts';
import { writeDebugLog } from './debug-log.ts';

const DRAIN_LIMIT_MS = 500;

/**
 * Runs one command line and ends the process with its exit code, once everything it wrote has been taken.
 * @param early the screen, if its first frame is there already
 */
export async function main(argv: readonly string[], early: ScreenPlace | undefined): Promise<void> {
  // Words after `--` are not for devdeck.
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const has = (...flags: readonly string[]): boolean => words.some((word) => flags.includes(word));
  const output = createOutput({
    stdout,
    stderr,
    env: process.env,
    mayColor: !has('--no-color'),
    isQuiet: has('-q', '--quiet'),
    isVerbose: has('-v', '--verbose'),
  });
  const fail = async (error: unknown): Promise<ExitCode> => {
    early?.terminal.leave();
    const { callerMasker } = await import('../../cli/context/project-masker.ts');
    const { mask } = callerMasker(process.env);
    return reportFailure(error, {
      output,
      asJson: has('--json'),
      isVerbose: has('-v', '--verbose'),
      mask,
      writeDebugLog: (bug) => writeDebugLog(bug, { argv, version: DEVDECK_VERSION, env: process.env, mask }),
    });
  };
  const end = async (code: number): Promise<never> => {
    process.exitCode = code;
    const isInterrupted = code === EXIT.interrupted || code === EXIT.terminated;
    // The end does not wait for a reader that has stopped reading.
    await Promise.race([output.drained(), ...(isInterrupted ? [delay(DRAIN_LIMIT_MS)] : [])]);
    process.exit(exitCodeOf(code));
  };
  let hasFailed = false;
  process.on('uncaughtException', (error) => {
    // During the first report, another one would repeat forever.
    if (hasFailed) process.exit(EXIT.bug);
    hasFailed = true;
    void fail(error).then(end);
  });

  if (argv[0] === '__complete') {
    const { printCompletions } = await import('./completions.ts');
    await printCompletions(argv.slice(2), output);
    await end(EXIT.ok);
  }
  try {
    const { command, globals, ...request } = plainRequest(argv) ?? (await parse(argv));
    const run = await loadCommand(command);
    await end(await run(createContext(globals, output, early), request));
  } catch (error) {
    await end(await fail(error));
  }
}

async function parse(argv: readonly string[]): Promise<ParsedArgs> {
  return (await import('../../cli/arguments/args.ts')).parseArgs(argv);
}

function delay(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
