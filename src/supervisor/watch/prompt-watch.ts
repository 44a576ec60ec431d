// After a service has written and then is silent for a second: does the end of its output wait for an answer? A known
// prompt is checked again when output follows it. It costs nothing without output, and one check a second for steady
// output.

import type { Observation } from '../../core/messages/inputs.ts';
import { findPrompt } from '../../core/output/prompt.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Clock } from '../../system/system.ts';
import type { Runs } from '../runs/runs.ts';

const SILENT_FOR_MS = 1_000;

interface PromptWatchOptions {
  readonly clock: Clock;
  readonly runs: Runs;
  /** The last line, cleaned, when it has no end yet. */
  readonly openLine: (service: ServiceName) => string | undefined;
  readonly report: (observation: Observation) => void;
}

export class PromptWatch {
  readonly #options: PromptWatchOptions;
  /** The last output time of each service with a pending check. */
  readonly #wroteAtMs = new Map<ServiceName, number>();
  readonly #known = new Map<ServiceName, { readonly run: number; readonly text: string }>();

  constructor(options: PromptWatchOptions) {
    this.#options = options;
  }

  /** The service has written something. */
  notice(service: ServiceName): void {
    const isDue = this.#wroteAtMs.has(service);
    this.#wroteAtMs.set(service, this.#options.clock.nowMs());
    if (this.#known.has(service)) this.#look(service);
    if (!isDue) this.#lookAfter(service, SILENT_FOR_MS);
  }

  #lookAfter(service: ServiceName, delayMs: number): void {
    const { clock } = this.#options;
    clock.after(delayMs, () => {
      const leftMs = (this.#wroteAtMs.get(service) ?? 0) + SILENT_FOR_MS - clock.nowMs();
      if (leftMs > 0) return this.#lookAfter(service, leftMs);
      this.#wroteAtMs.delete(service);
      this.#look(service);
    });
  }

  #look(service: ServiceName): void {
    const { runs, openLine, report } = this.#options;
    const run = runs.current(service)?.number;
    const known = this.#known.get(service);
    const line = run === undefined ? undefined : openLine(service);
    const found = line === undefined ? undefined : findPrompt(line);
    // During output, only the end of a known prompt can be recognised.
    const prompt = this.#wroteAtMs.has(service) && found?.text !== known?.text ? undefined : found;
    if (known?.text === prompt?.text && known?.run === run) return;
    if (run === undefined || prompt === undefined) this.#known.delete(service);
    else this.#known.set(service, { run, text: prompt.text });
    if (run !== undefined && (prompt !== undefined || known?.run === run)) {
      report({ type: 'promptSeen', service, run, prompt });
    }
  }
}
