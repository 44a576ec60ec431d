// Runs the programs that replace /proc. Each has a time limit: lsof can hang on a dead network mount.

import { spawnSync } from 'node:child_process';

const TIMEOUT_MS = 3000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** So that they print the same everywhere. */
const ENV = { LC_ALL: 'C', TZ: 'UTC' };

export interface Programs {
  /** The output of the program. Undefined when it is missing or took too long; its exit code does not matter. */
  readonly run: (program: string, args: readonly string[]) => Promise<string | undefined>;
  readonly runSync: (program: string, args: readonly string[]) => string | undefined;
  /** The one pid that find-process has for the port. */
  readonly findProcess: (port: number) => Promise<readonly number[]>;
}

export const installedPrograms: Programs = {
  run: async (program, args) => {
    const { execa } = await import('execa');
    const options = {
      timeout: TIMEOUT_MS,
      reject: false,
      stdin: 'ignore',
      env: ENV,
      maxBuffer: MAX_OUTPUT_BYTES,
    } as const;
    const result = await execa(program, args, options);
    return result.exitCode === undefined ? undefined : result.stdout;
  },
  runSync: (program, args) => {
    const result = spawnSync(program, args, {
      timeout: TIMEOUT_MS,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...ENV },
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return result.status === null ? undefined : result.stdout;
  },
  findProcess: async (port) => {
    const { default: findProcess } = await import('find-process');
    return (await findProcess('port', port, { logLevel: 'error' })).map(({ pid }: { readonly pid: number }) => pid);
  },
};
