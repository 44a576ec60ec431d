// Keeps what is known of a bug of ours where the person can find it and nobody else can read it.

import type { Environment } from '../../core/env/environment.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { inspect } from 'node:util';

export interface DebugFacts {
  readonly argv: readonly string[];
  readonly version: string;
  readonly env: Environment;
}

/** The path of the log, or undefined when it cannot be written. */
export function writeDebugLog(error: unknown, { argv, version, env }: DebugFacts): string | undefined {
  const state = env['XDG_STATE_HOME'];
  const base = state !== undefined && isAbsolute(state) ? state : join(env['HOME'] || homedir(), '.local', 'state');
  const time = new Date().toISOString();
  const path = join(base, 'devdeck', `bug-${time.replaceAll(':', '-')}-${process.pid}.log`);
  const facts = [
    `time      ${time}`,
    `devdeck   ${version}`,
    `node      ${process.version} ${process.platform} ${process.arch}`,
    `arguments ${JSON.stringify(argv)}`,
    '',
    inspect(error, { depth: 5 }),
  ];
  try {
    mkdirSync(join(base, 'devdeck'), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${facts.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
    return path;
  } catch {
    return undefined;
  }
}
