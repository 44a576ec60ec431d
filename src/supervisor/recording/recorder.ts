// Records a session, so that `replay` can show it and a test can live it again: see format.ts. Values of environment
// variables are left out and secrets masked. The output of a program may still contain private data.

import type { Input } from '../../core/messages/inputs.ts';
import type { SessionFact } from '../../core/session/events.ts';
import type { Project } from '../../core/model/project.ts';
import { findReferences } from '../../core/env/references.ts';
import { learnProject, type Masker } from '../../core/secrets/masker.ts';
import type { SessionState } from '../../core/model/service.ts';
import {
  RECORDING_FORMAT,
  type RecordedBeginning,
  type RecordedEntry,
  type RecordedLines,
  type RecordedStep,
  type Seen,
} from './format.ts';

interface RecorderOptions {
  readonly project: Project;
  readonly masker: Masker;
  readonly write: (line: string) => void;
  /** Distinguishes two values without revealing them. */
  readonly digest: (value: string) => string;
  /** Of devdeck. */
  readonly version: string;
  /** A monotonic time plus this is milliseconds since the epoch. */
  readonly wallOffsetMs: number;
}

export class Recorder {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    const { project, masker, version, wallOffsetMs } = options;
    this.#options = options;
    learnProject(masker, project);
    this.#write({
      recording: RECORDING_FORMAT,
      version,
      project: { name: project.name, root: project.root },
      wallOffsetMs,
      services: project.services,
    });
  }

  step(atMs: number, input: Input, before: SessionState, after: SessionState): void {
    if (input.type === 'applyConfig') learnProject(this.#options.masker, input.project);
    this.#write({ atMs, input, states: changes(before, after) });
  }

  fact(atMs: number, fact: SessionFact): void {
    this.#write({ atMs, fact });
  }

  seen(atMs: number, seen: Seen): void {
    this.#write({ atMs, seen });
  }

  lines(lines: RecordedLines): void {
    this.#write(lines);
  }

  #write(value: RecordedBeginning | RecordedEntry): void {
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

  /** The references of a variable decide which services restart after a reroute, and another value is another config. */
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
