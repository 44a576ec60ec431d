// Env files that are named pipes, such as a password manager provides: the last content of each. It stays only in
// memory.

import { monotonicMs } from '../clock.ts';
import { systemReason } from '../../system-error.ts';
import { decodeEnvFile, type EnvFile } from '../../core/env/env-file.ts';
import { readNamedPipe } from './named-pipe.ts';

const LIMIT_MS = 10_000;
/** Services that start together read once. */
const SHARED_FOR_MS = 2_000;

interface Reading {
  readonly outcome: Promise<'read' | 'kept' | 'failed'>;
  endedAtMs: number;
}

export class EnvPipes {
  readonly #known = new Map<string, EnvFile>();
  readonly #readings = new Map<string, Reading>();
  readonly #limitMs: number;

  constructor({ limitMs = LIMIT_MS }: { readonly limitMs?: number } = {}) {
    this.#limitMs = limitMs;
  }

  /** Undefined for a pipe that was never read. */
  content(path: string): EnvFile | undefined {
    return this.#known.get(path);
  }

  /** `kept`: nothing was written in time, and the earlier content still counts. */
  read(path: string): Promise<'read' | 'kept' | 'failed'> {
    const known = this.#readings.get(path);
    if (known !== undefined && monotonicMs() < known.endedAtMs + SHARED_FOR_MS) return known.outcome;
    const reading: Reading = { outcome: this.#read(path), endedAtMs: Infinity };
    this.#readings.set(path, reading);
    void reading.outcome.then((outcome) => {
      // A failed reading may be repeated at once.
      reading.endedAtMs = outcome === 'read' ? monotonicMs() : -Infinity;
    });
    return reading.outcome;
  }

  async #read(path: string): Promise<'read' | 'kept' | 'failed'> {
    const got = await this.#contentOf(path);
    if (got.kind === 'unusable' && this.#known.get(path)?.kind === 'text') return 'kept';
    this.#known.set(path, got);
    return got.kind === 'text' ? 'read' : 'failed';
  }

  async #contentOf(path: string): Promise<EnvFile> {
    const limitMs = this.#limitMs;
    try {
      const bytes = await readNamedPipe(path, { limitMs });
      if (bytes !== undefined) return decodeEnvFile(bytes);
      const why = `is a named pipe, and nothing wrote to it within ${limitMs / 1000} s`;
      return { kind: 'unusable', why, hint: 'unlock the password manager that fills it, then start again' };
    } catch (error) {
      const why = `is a named pipe that cannot be read: ${systemReason(error)}`;
      return { kind: 'unusable', why, hint: 'check its owner and mode: ls -l' };
    }
  }
}
