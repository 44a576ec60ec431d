// Starts real processes for a test and sees to it that none of them outlives it.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { afterEach, expect, vi } from 'vitest';

import type { Command } from '../../../src/core/model/project.ts';
import type { ChildProcessHandle, Exit, Processes, SpawnRequest, TreeRoot } from '../../../src/system/system.ts';

// What a test waits for at most: long enough for a busy machine.
const deadline = { timeout: 10_000 };

export interface Spawned {
  readonly handle: ChildProcessHandle;
  readonly root: TreeRoot;
  readonly exit: Promise<Exit>;
  /** Everything it wrote so far. */
  output(stream?: 'out' | 'err'): string;
  bytes(): Buffer;
  /** Waits for output that matches, and returns the match. */
  saw(pattern: RegExp): Promise<RegExpExecArray>;
}

export type SpawnOptions = Partial<Omit<SpawnRequest, 'command'>>;

export function shell(line: string): Command {
  return { kind: 'shell', line };
}

/** A program of test/fixtures/services, run without a shell. */
export function fixture(name: string, ...args: readonly string[]): Command {
  return { kind: 'argv', argv: [process.execPath, fixturePath(name), ...args] };
}

export function fixturePath(name: string): string {
  return join(import.meta.dirname, '../../fixtures/services', name);
}

/** To call at the top of a test file. */
export function spawner(processes: Processes): (command: Command, options?: SpawnOptions) => Spawned {
  const roots: TreeRoot[] = [];

  afterEach(async () => {
    for (const root of roots) processes.signal(root, 'SIGKILL');
    await vi.waitFor(() => {
      for (const root of roots) {
        processes.signal(root, 'SIGKILL');
        expect(processes.members(root, { sweep: true })).toEqual([]);
      }
    }, deadline);
    roots.length = 0;
  });

  return (command, options = {}) => {
    const token = { DEV_SESSION: randomUUID(), DEV_SERVICE: 'test' };
    const chunks: { readonly bytes: Buffer; readonly stream: string }[] = [];
    const exited = Promise.withResolvers<Exit>();
    const env = { PATH: process.env['PATH'] ?? '', ...options.env, ...token };
    const handle = processes.spawn(
      { cwd: import.meta.dirname, tty: false, columns: 80, rows: 24, command, ...options, env },
      {
        onData: (bytes, stream) => chunks.push({ bytes, stream }),
        onExit: exited.resolve,
      },
    );
    const root = { leader: handle.identity, token };
    roots.push(root);
    const bytes = (stream?: string) =>
      Buffer.concat(chunks.filter((chunk) => !stream || chunk.stream === stream).map((chunk) => chunk.bytes));
    const output = (stream?: string) => bytes(stream).toString().replaceAll('\r\n', '\n');
    return {
      handle,
      root,
      exit: exited.promise,
      output,
      bytes,
      saw: (pattern) =>
        vi.waitFor(
          () => {
            const match = pattern.exec(output());
            if (!match) throw new Error(`no output like ${pattern} in:\n${output()}`);
            return match;
          },
          { ...deadline, interval: 5 },
        ),
    };
  };
}
