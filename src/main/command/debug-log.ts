// Keeps what is known of a bug of ours where the person can find it and nobody else can read it. A few small files:
// a bug that comes back all day must not fill the disk.

import type { Environment } from '../../core/env/environment.ts';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { inspect } from 'node:util';

export interface DebugFacts {
  readonly argv: readonly string[];
  readonly version: string;
  readonly env: Environment;
  readonly mask: (text: string) => string;
}

const MOST_LOGS = 20;
const MAX_LENGTH = 64 * 1024;
const NAME = /^bug-.*\.log$/;

/** The path of the log, or undefined when it cannot be written. The oldest give way to it. */
export function writeDebugLog(error: unknown, { argv, version, env, mask }: DebugFacts): string | undefined {
  const state = env['XDG_STATE_HOME'];
  const base = state !== undefined && isAbsolute(state) ? state : join(env['HOME'] || homedir(), '.local', 'state');
  const folder = join(base, 'devdeck');
  const time = new Date().toISOString();
  const path = join(folder, `bug-${time.replaceAll(':', '-')}-${process.pid}.log`);
  const facts = [
    `time      ${time}`,
    `devdeck   ${version}`,
    `node      ${process.version} ${process.platform} ${process.arch}`,
    `arguments ${JSON.stringify(argv)}`,
    '',
    inspect(error, { depth: 5, maxStringLength: 10_000 }),
  ];
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // The time is in the name, so the names are by time.
    const logs = readdirSync(folder).filter((name) => NAME.test(name));
    for (const old of logs.toSorted().slice(0, Math.max(0, logs.length - MOST_LOGS + 1))) rmSync(join(folder, old));
    writeFileSync(path, `${mask(facts.join('\n')).slice(0, MAX_LENGTH)}\n`, { mode: 0o600, flag: 'wx' });
    return path;
  } catch {
    return undefined;
  }
}
