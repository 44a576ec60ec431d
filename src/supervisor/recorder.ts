// Writes a session down so that it can be lived again: what it began with, then each input with its time and the states
// that came of it, one JSON object a line. The core is pure, so the same inputs at the same times lead to the same states.
// Values of environment variables are left out and secrets masked; what a program printed may still tell things.

import type { Input } from '../core/messages/inputs.ts';
import type { Project, ServiceName, ServiceSpec } from '../core/model/project.ts';
import { findReferences } from '../core/env/references.ts';
import { learnProject, type Masker } from '../core/secrets/masker.ts';
import type { ServiceState, SessionState } from '../core/model/service.ts';

export interface RecordedBeginning {
  readonly services: readonly ServiceSpec[];
}

export interface RecordedStep {
  /** Monotonic. */
  readonly atMs: number;
  readonly input: Input;
  /** Services in another state than before; null for one that has left the session. */
  readonly states: Readonly<Record<ServiceName, ServiceState['status'] | null>>;
}

interface RecorderOptions {
  readonly project: Project;
  readonly masker: Masker;
  readonly write: (line: string) => void;
  /** Tells two values apart and does not give them away. */
  readonly digest: (value: string) => string;
}

export class Recorder {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
    learnProject(options.masker, options.project);
    this.#write({ services: options.project.services } satisfies RecordedBeginning);
  }

  step(atMs: number, input: Input, before: SessionState, after: SessionState): void {
    if (input.type === 'applyConfig') learnProject(this.#options.masker, input.project);
    this.#write({ atMs, input, states: changes(before, after) } satisfies RecordedStep);
  }

  #write(value: unknown): void {
    this.#options.write(JSON.stringify(this.#withoutSecrets(value)));
  }

  #withoutSecrets(value: unknown): unknown {
    if (typeof value === 'string') return this.#options.masker.mask(value);
    if (Array.isArray(value)) return value.map((item) => this.#withoutSecrets(item));
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        key === 'env' && isRecord(item) ? this.#withoutValues(item) : this.#withoutSecrets(item),
      ]),
    );
  }

  /** To which services a variable refers decides who follows when one moves, and another value is another config. */
  #withoutValues(env: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(env).map(([name, value]) => {
        const references = findReferences(String(value)).map(({ text }) => text);
        return [name, [...references, this.#options.digest(String(value))].join(' ')];
      }),
    );
  }
}

function changes(before: SessionState, after: SessionState): RecordedStep['states'] {
  const names = new Set([...before.services.keys(), ...after.services.keys()]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const now = after.services.get(name)?.state.status ?? null;
      return now === (before.services.get(name)?.state.status ?? null) ? [] : [[name, now] as const];
    }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
